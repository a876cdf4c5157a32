"""What a run of a station is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from inspector.capture.source import FrameSource
from inspector.errors import StoreCorrupt
from inspector.flow import Decision
from inspector.geometry import PixelRegion
from inspector.keeping import KEEP_FAILS, KeepRule
from inspector.pipeline.hooks import Hooks
from inspector.pipeline.inspection import Inspection
from inspector.pipeline.kept_images import KeptImages
from inspector.store.schema import Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraPlan:
    """One camera of a station.

    Attributes:
        region: What of its pictures is inspected, sensor px; None: all.
    """

    name: str
    source: FrameSource
    region: PixelRegion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePlan:
    """Where a run keeps its results, and what is there already.

    Attributes:
        path: Of a store that was made or checked a moment ago, under a lock that outlives the run.
        next_part: The number of the first part of this run.
        shift: The one that goes on.
        decisions: What is stored of that shift.
        images: None: no pictures are kept.
        keeps: Which parts' pictures are kept, where the recipe does not say otherwise.
        fault: What was wrong with the store before this one; None: nothing.
        free_space_floor_bytes: What the disk must have left; below it every part is an ERROR.
    """

    path: Path
    next_part: int
    shift: Shift
    decisions: Mapping[Decision, int]
    images: KeptImages | None = None
    keeps: KeepRule = KEEP_FAILS
    fault: StoreCorrupt | None = None
    free_space_floor_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """Everything a run needs.

    Attributes:
        cameras: At least one.
        is_free: The pictures of the one camera are the parts.
        trigger_every_ms: A timer's period; None without a timer.
        deadline_s: From a part's trigger to its verdict; later it is an ERROR.
        inspection: What judges, until another one is to.
        n_parts: End after so many; None: go on until somebody stops it.
        hooks: For scripted faults.
    """

    cameras: tuple[CameraPlan, ...]
    is_free: bool
    deadline_s: float
    inspection: Inspection
    store: StorePlan
    trigger_every_ms: float | None = None
    n_parts: int | None = None
    hooks: Hooks = field(default_factory=Hooks)
