"""What the verdict banner shows when: nothing flickers, and no fail goes by unseen.

At thirty parts a second nobody reads single verdicts: there a fail stays for a while, with how many
failed lately. On a slow line each part is shown.
"""

from collections import deque
from dataclasses import dataclass

from inspector.flow import Decision

HOLD_S = 1.5  # a fail is seen by somebody who looks up because of it
CALM_S = 0.5  # passes are renewed no more often than this
SLOW_PER_S = 2.0  # below it each part is shown
RATE_OVER_S = 2.0
RECENT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What the banner says.

    Attributes:
        n_recent: How many parts did not pass in the last `RECENT_S`, this one among them.
    """

    decision: Decision
    part_number: int | None
    score: float | None
    threshold: float
    total_ms: float | None
    n_recent: int = 0


class BannerMemory:
    """Remembers just enough of the last parts. No clock of its own; times are s, ascending."""

    def __init__(self) -> None:
        self._newest: Face | None = None
        self._shown: Face | None = None
        self._shown_since_s = 0.0
        self._times_s: deque[float] = deque(maxlen=1_000)
        self._bad_s: deque[float] = deque(maxlen=10_000)

    def clear(self) -> None:
        """Forget everything, as when a line starts."""
        self._newest = self._shown = None
        self._times_s.clear()
        self._bad_s.clear()

    def add(self, face: Face, now_s: float) -> None:
        """A part has its result."""
        self._times_s.append(now_s)
        self._newest = face
        if face.decision is not Decision.PASS:
            self._bad_s.append(now_s)
            self._show(face, now_s)

    def face(self, now_s: float) -> Face | None:
        """What to show now; None before the first part."""
        if self._newest is not None and self._newest is not self._shown:
            is_bad = self._shown is not None and self._shown.decision is not Decision.PASS
            stays_s = HOLD_S if is_bad else CALM_S
            if self._is_slow(now_s):
                stays_s = CALM_S if is_bad else 0.0  # two parts may come at once here too
            if self._shown is None:
                stays_s = 0.0
            if now_s - self._shown_since_s >= stays_s:
                self._show(self._newest, now_s)
        if self._shown is None or self._shown.decision is Decision.PASS:
            return self._shown
        return self._with_recent(self._shown, now_s)

    def _show(self, face: Face, now_s: float) -> None:
        self._shown, self._shown_since_s = face, now_s

    def _is_slow(self, now_s: float) -> bool:
        lately = sum(1 for time_s in self._times_s if time_s > now_s - RATE_OVER_S)
        return lately <= SLOW_PER_S * RATE_OVER_S

    def _with_recent(self, face: Face, now_s: float) -> Face:
        while self._bad_s and self._bad_s[0] <= now_s - RECENT_S:
            self._bad_s.popleft()
        return Face(
            decision=face.decision,
            part_number=face.part_number,
            score=face.score,
            threshold=face.threshold,
            total_ms=face.total_ms,
            n_recent=len(self._bad_s),
        )
