"""Percentiles and rate of the last parts, for whoever looks at a running line."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from inspector.flow import Stage
from inspector.store.summary import Percentiles, percentiles

WINDOW_PARTS = 1_000  # half a minute at 30 parts/s: the p99 still rests on ten of them
RATE_WINDOW_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFigures:
    """How the line did lately.

    Attributes:
        stage_ms: Percentiles over the last `WINDOW_PARTS` parts; a stage none reached is absent.
        parts_per_s: Over the last `RATE_WINDOW_S`, or since the first part where that is less.
    """

    stage_ms: Mapping[Stage, Percentiles]
    parts_per_s: float


class FigureWindow:
    """Collects the times of parts. Not for several threads at once."""

    def __init__(self) -> None:
        self._times: dict[Stage, deque[float]] = {
            stage: deque(maxlen=WINDOW_PARTS) for stage in Stage
        }
        self._finished_ns: deque[int] = deque()
        self._first_ns: int | None = None

    def add(self, stage_ms: Mapping[Stage, float], finished_ns: int) -> None:
        """Count one part and its times.

        Args:
            finished_ns: Monotonic, ns.
        """
        for stage, time_ms in stage_ms.items():
            self._times[stage].append(time_ms)
        if self._first_ns is None:
            self._first_ns = finished_ns
        self._finished_ns.append(finished_ns)
        self._forget_before(finished_ns)

    def add_time(self, stage: Stage, time_ms: float) -> None:
        """Count the time of a stage that is known only later."""
        self._times[stage].append(time_ms)

    def figures(self, now_ns: int) -> LiveFigures:
        """What the window shows now."""
        self._forget_before(now_ns)
        return LiveFigures(
            stage_ms={stage: percentiles(sorted(t)) for stage, t in self._times.items() if t},
            parts_per_s=self._rate(now_ns),
        )

    def _rate(self, now_ns: int) -> float:
        if self._first_ns is None or len(self._finished_ns) < 2:
            return 0.0
        window_s = min(RATE_WINDOW_S, (now_ns - self._first_ns) / 1e9)
        # The part that opens a window of its own stands at its edge: n parts are n - 1 gaps.
        n_gaps = len(self._finished_ns) - (window_s < RATE_WINDOW_S)
        return n_gaps / window_s if window_s > 0 else 0.0

    def _forget_before(self, now_ns: int) -> None:
        while self._finished_ns and self._finished_ns[0] < now_ns - RATE_WINDOW_S * 1e9:
            self._finished_ns.popleft()
