"""From views to parts: every part that was begun comes to exactly one result, in time or as ERROR.

No thread and no clock of its own: whoever calls says what time it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inspector.errors import DeadlineMissed
from inspector.flow import Decision, Stage
from inspector.pipeline.inspected import Inspected

# What a part is worth goes by its worst view. An ERROR comes last, for nobody knows what it hides.
_SEVERITY = {Decision.PASS: 0, Decision.FAIL: 1, Decision.ERROR: 2}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """What one camera came to on one part."""

    camera: str
    inspected: Inspected


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartResult:
    """The one result of a part.

    Attributes:
        views: One for each camera that was in time, in the order of the station's cameras.
        deciding: The worst of them; where several are equally bad, the first.
        triggered_ns: Monotonic, ns.
        total_ms: From the trigger to this result, ms.
    """

    part_number: int
    views: tuple[View, ...]
    deciding: View
    triggered_ns: int
    total_ms: float

    @property
    def decision(self) -> Decision:
        """What becomes of the part."""
        return self.deciding.inspected.verdict.decision

    @property
    def stage_ms(self) -> dict[Stage, float]:
        """Ms per stage: those of the deciding view, and the total of the part."""
        return {**self.deciding.inspected.stage_ms, Stage.TOTAL: self.total_ms}


@dataclass(slots=True, kw_only=True)
class _Waiting:
    triggered_ns: int
    views: dict[str, Inspected]


class Parts:
    """The parts that are on their way. Not for several threads at once.

    Args:
        cameras: Their names; a part is complete with a view from each.
        deadline_ns: From trigger to result, ns.
    """

    def __init__(self, cameras: Sequence[str], deadline_ns: int) -> None:
        self._cameras = tuple(cameras)
        self._deadline_ns = deadline_ns
        self._waiting: dict[int, _Waiting] = {}  # in the order of their triggers
        self.n_late = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def begin(self, part_number: int, triggered_ns: int) -> None:
        """A part was triggered; from now on it will have a result."""
        if part_number in self._waiting:
            raise ValueError(f"part {part_number} was begun already")
        self._waiting[part_number] = _Waiting(triggered_ns=triggered_ns, views={})

    def add(
        self, part_number: int, camera: str, inspected: Inspected, now_ns: int
    ) -> PartResult | None:
        """One camera's view; gives the part's result when it was the last one.

        A view of a part that has its result already, because its deadline had passed, changes
        nothing; it is counted in `n_late`.
        """
        waiting = self._waiting.get(part_number)
        if waiting is None:
            self.n_late += 1
            return None
        if camera in waiting.views:
            raise ValueError(f"part {part_number} has a view of camera {camera!r} already")
        waiting.views[camera] = inspected
        if len(waiting.views) < len(self._cameras):
            return None
        if now_ns - waiting.triggered_ns > self._deadline_ns:
            return None  # `expire` gives it its ERROR: a PASS that comes too late is none
        return self._settle(part_number, waiting.views, now_ns)

    def next_deadline_ns(self) -> int | None:
        """When the oldest part must have its result; None while none waits."""
        for waiting in self._waiting.values():
            return waiting.triggered_ns + self._deadline_ns
        return None

    def overdue(self, now_ns: int) -> list[int]:
        """The numbers of the parts whose deadline has passed, oldest first."""
        return [
            number
            for number, waiting in self._waiting.items()
            if now_ns - waiting.triggered_ns > self._deadline_ns
        ]

    def is_waiting(self, part_number: int) -> bool:
        """Whether the part has no result yet."""
        return part_number in self._waiting

    def waiting(self) -> list[int]:
        """The numbers of all parts without a result, oldest first."""
        return list(self._waiting)

    def expire(self, part_number: int, missed: Inspected, now_ns: int) -> PartResult:
        """Give an overdue part its result: `missed` for every camera without a view, or for all.

        Args:
            missed: An ERROR with `DeadlineMissed` as its reason.
        """
        views = self._waiting[part_number].views
        absent = [camera for camera in self._cameras if camera not in views]
        # Where every view came but the last was late, the part itself is late.
        for camera in absent or self._cameras:
            views[camera] = missed
        return self._settle(part_number, views, now_ns)

    def missed(self, part_number: int) -> DeadlineMissed:
        """Why an overdue part is an ERROR."""
        views = self._waiting[part_number].views
        absent = [camera for camera in self._cameras if camera not in views]
        return DeadlineMissed(self._deadline_ns // 1_000_000, absent)

    def _settle(self, part_number: int, views: dict[str, Inspected], now_ns: int) -> PartResult:
        triggered_ns = self._waiting.pop(part_number).triggered_ns
        ordered = tuple(View(camera=name, inspected=views[name]) for name in self._cameras)
        worst = max(ordered, key=lambda view: _SEVERITY[view.inspected.verdict.decision])
        return PartResult(
            part_number=part_number,
            views=ordered,
            deciding=worst,
            triggered_ns=triggered_ns,
            total_ms=(now_ns - triggered_ns) / 1e6,
        )
