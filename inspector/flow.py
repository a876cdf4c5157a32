"""The five values that flow from a source to the store, each made by one stage."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from inspector.errors import CorruptFrame
from inspector.geometry import AxisMap, Box


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # arrays have no single truth value
class Frame:
    """One exposure as the source delivered it.

    Attributes:
        frame_id: Count given by the source; a gap means frames lost before us.
        source_id: Which source: a camera's name, or the name of a file.
        captured_ns: Monotonic time of arrival, ns. For durations only.
        captured_at: When the picture was taken, for people, UTC.
        pixels: uint8, (H, W) mono or (H, W, 3) BGR. Read-only; the source keeps no view of it.
        part_id: The part in the picture, where the source knows it.
        exposure_us: Exposure time, us, where the source knows it.
        content_sha256: Hash of the file the pixels came from; None for a camera.
    """

    frame_id: int
    source_id: str
    captured_ns: int
    captured_at: datetime
    pixels: NDArray[np.uint8]
    part_id: str | None = None
    exposure_us: float | None = None
    content_sha256: str | None = None

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        if (
            self.pixels.dtype != np.uint8
            or not (len(shape) == 2 or (len(shape) == 3 and shape[2] == 3))
            or 0 in shape
        ):
            raise CorruptFrame(f"frame {self.frame_id}: {self.pixels.dtype} {shape}")
        self.pixels.setflags(write=False)  # frozen dataclasses do not freeze their arrays


@dataclass(frozen=True, slots=True, kw_only=True)
class TilePlace:
    """Where one tile lies on the canvas: its upper left corner, canvas px."""

    x_px: int
    y_px: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Preprocessed:
    """A frame in the form the bundle asks for.

    The canvas is the whole picture at the network's scale. It is the tensor itself when the
    picture fits into one; a tiled picture is cut into overlapping pieces of it, which reach beyond
    it where it is smaller than one.

    Attributes:
        tensor: uint8, (N, H, W, C), one entry per tile. Normalisation lives in the graph.
        places: Where each tile lies on the canvas; N entries.
        canvas_size_px: (H, W) of the canvas.
        to_sensor: Canvas px to sensor px.
    """

    frame_id: int
    tensor: NDArray[np.uint8]
    places: tuple[TilePlace, ...]
    canvas_size_px: tuple[int, int]
    to_sensor: AxisMap


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """What the network says of one frame.

    Attributes:
        score: Model units, finite; higher is worse, always.
        heatmap: float32, (h, w) over the whole canvas, or None where the model has none.
        probabilities: float32, one for each of the bundle's labels, or None.
        class_map: uint8, (h, w) over the whole canvas: at each pixel the most probable of the
            bundle's labels but the first, by its place among them; or None.
        unexplained: What is unusual about the part where no known kind of defect explains it;
            above 1 more than good parts are; or None, where the map explains all of the score.
    """

    frame_id: int
    score: float
    heatmap: NDArray[np.float32] | None
    bundle_id: str
    probabilities: NDArray[np.float32] | None = None
    class_map: NDArray[np.uint8] | None = None
    unexplained: float | None = None


class Stage(StrEnum):
    """What takes time on the way of a part, in this order; the names are those of the store."""

    DECODE = "decode"  # of a file
    QUEUE = "queue"  # from a frame's arrival to the beginning of its inspection
    PREPROCESS = "preprocess"
    INFER = "infer"
    JUDGE = "judge"
    TOTAL = "total"  # from the part's trigger, or the reading of its file, to its verdict
    STORE = "store"  # from the verdict to the disk


_STAGES = frozenset(Stage)


class Decision(StrEnum):
    """What becomes of a part. FAIL and ERROR are both rejected."""

    PASS = "PASS"  # noqa: S105  (no password)
    FAIL = "FAIL"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a part was not passed: the rule, and where there are numbers, what was measured.

    Attributes:
        rule: Name of the limit that was passed, or of the error.
        measured, limit: In `unit`; None for an error.
        detail: For an error, its text.
    """

    rule: str
    measured: float | None = None
    limit: float | None = None
    unit: str = ""
    detail: str = ""

    def text(self) -> str:
        """One line for people and for the CSV."""
        if self.measured is None or self.limit is None:
            return f"{self.rule}: {self.detail}" if self.detail else self.rule
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.rule} {self.measured:.6g} over {self.limit:.6g}{unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One place on the part that looks wrong.

    Attributes:
        box_sensor_px: Where, in sensor px.
        peak: The highest value of the heat map inside, model units.
        label: What it is, where the model tells kinds of defects apart; else empty.
        area_px2: How much of the part it covers, sensor px².
    """

    box_sensor_px: Box
    peak: float
    label: str = ""
    area_px2: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The decision on one frame and what it rests on.

    Attributes:
        label: The class that it stands for; empty for an ERROR.
        threshold: What was in force, model units.
    """

    decision: Decision
    label: str
    reasons: tuple[Reason, ...]
    regions: tuple[Region, ...]
    recipe_id: str
    threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """The picture a record speaks of.

    Attributes:
        path: As the source names it, or relative to the store for one we saved.
        sha256: Of the file's bytes; empty when it could not be read.
    """

    path: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewRecord:
    """What one of several cameras came to on a part.

    Attributes:
        frame_id: -1 where no frame came.
        score: None where the view was not judged.
    """

    camera: str
    frame_id: int
    decision: Decision
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One part's result, as it stands on the disk; it exists once it is committed.

    Attributes:
        source_id, frame_id: Of the picture that decided; -1 where no frame came.
        part_number: The line's own count of parts; None for the pictures of a batch.
        views: By camera, where the part was seen by a line.
        captured_at, judged_at: UTC; None where the picture could not even be looked at.
        score: None where the part was not judged.
        stage_ms: ms per stage; a stage that was not reached is absent.
    """

    record_id: str
    source_id: str
    frame_id: int
    part_id: str | None
    image: StoredImage
    captured_at: datetime | None
    judged_at: datetime
    verdict: Verdict
    score: float | None
    bundle_id: str
    stage_ms: Mapping[Stage, float] = field(default_factory=dict)
    part_number: int | None = None
    views: tuple[ViewRecord, ...] = ()

    def __post_init__(self) -> None:
        unknown = [name for name in self.stage_ms if name not in _STAGES]
        if unknown:  # it would silently not be stored
            raise ValueError(f"stage {unknown[0]!r}; known: {', '.join(Stage)}")
