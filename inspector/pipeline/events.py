"""What a running line tells: one protocol for screens, terminals and factory interfaces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from inspector.errors import InspectorError
from inspector.flow import Decision, Record
from inspector.pipeline.live_figures import LiveFigures
from inspector.pipeline.parts import PartResult
from inspector.store.health import Growth


class Phase(StrEnum):
    """What a runner is doing; see `pipeline.runner` for the way from one to the next."""

    IDLE = "idle"
    STARTING = "starting"
    READY = "ready"
    RUNNING = "running"
    BLOCKED = "blocked"
    STOPPING = "stopping"
    FAULTED = "faulted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSnapshot:
    """One camera as it was a moment ago.

    Attributes:
        is_open: False while it is lost, and being looked for.
        trouble: Why it is lost or silent; empty while all is well.
        n_frames: Pictures taken since the start.
        n_lost: Pictures that came broken or never.
    """

    name: str
    is_open: bool
    trouble: str = ""
    description: str = ""
    size_px: tuple[int, int] | None = None
    n_frames: int = 0
    n_lost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Stored parts since a shift's start.

    Attributes:
        first_part: The number that the shift began with.
    """

    started_at: datetime
    first_part: int
    decisions: Mapping[Decision, int] = field(default_factory=lambda: dict.fromkeys(Decision, 0))

    @property
    def n_parts(self) -> int:
        """All stored parts of the shift."""
        return sum(self.decisions.values())

    @property
    def pass_share(self) -> float | None:
        """The yield: passed parts / all parts; None without any."""
        return self.decisions[Decision.PASS] / self.n_parts if self.n_parts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedBy:
    """What judges the parts that are triggered now.

    Attributes:
        recipe: Its name.
        threshold: The score from which a part fails, model units.
    """

    bundle_id: str
    recipe: str
    threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSnapshot:
    """The whole line at one instant.

    Attributes:
        finish_reason: Why it ended or is ending; empty while nobody asked it to.
        failure: What broke the run; None while nothing did.
        shift: None before the store is open.
        store_fault: Why this run began a new store; None: it goes on in the one that was there.
        blocked_by: Why no result can be kept, and every part is an ERROR; None: they are kept.
        n_begun: Parts that were given a number in this run.
        n_waiting: Parts that were triggered and have no result yet.
        n_images_skipped: Pictures that were to be kept and were not, for want of time or room.
        n_late: Views that came after their part's deadline.
        n_not_taken: Triggers, or pictures of a free camera, for which no part was begun: so many
            results waited for the disk.
        growth: What of the program itself only grows.
        judged_by: None where nothing does.
        change_trouble: Why what the station file names now is not in force; None where it is.
    """

    phase: Phase
    cameras: tuple[CameraSnapshot, ...]
    figures: LiveFigures
    shift: Counts | None = None
    finish_reason: str = ""
    failure: InspectorError | None = None
    store_fault: InspectorError | None = None
    blocked_by: InspectorError | None = None
    n_begun: int = 0
    n_waiting: int = 0
    n_images_skipped: int = 0
    n_late: int = 0
    n_not_taken: int = 0
    growth: tuple[Growth, ...] = ()
    judged_by: JudgedBy | None = None
    change_trouble: InspectorError | None = None

    @property
    def n_frames_lost(self) -> int:
        """Pictures that came broken or never, of all cameras."""
        return sum(camera.n_lost for camera in self.cameras)


class Listener(Protocol):
    """Hears what happens on the line. Called from its threads: be quick, never block, never raise.

    It may not call back into the runner. What it raises all the same ends the run.

    A reject signal follows `on_verdict`. A PASS may be told only after `on_records`: nothing is
    passed that was not kept.
    """

    def on_verdict(self, result: PartResult) -> None:
        """A part has its result; it is not stored yet. In the order of the results."""
        ...

    def on_records(self, records: Sequence[Record]) -> None:
        """These are on the disk; counts go by them."""
        ...

    def on_state(self, snapshot: RunSnapshot) -> None:
        """The phase changed, or a moment passed."""
        ...
