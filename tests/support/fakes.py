"""Stand-ins for time and the network, and makers of the values that flow between the stages."""

import hashlib
import threading
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from inspector.errors import InspectionError
from inspector.flow import (
    Decision,
    Frame,
    Prediction,
    Preprocessed,
    Reason,
    Record,
    Region,
    Stage,
    StoredImage,
    Verdict,
)
from inspector.geometry import AxisMap, Box
from inspector.pipeline.inspected import Inspected

START = datetime(2026, 3, 4, 5, 6, 7, 89_000, tzinfo=UTC)
BUNDLE_ID = "b" * 64
RECIPE_ID = "0123456789ab"


class FakeClock:
    """Time that passes only when told: by `step`, or by `step_ns` after each monotonic reading."""

    def __init__(self, *, step_ns: int = 0, start: datetime = START) -> None:
        self._step_ns = step_ns
        self._start = start
        self._passed_ns = 0
        self._lock = threading.Lock()

    def step(self, passed_ns: int) -> None:
        """Let this much time pass, on both clocks."""
        with self._lock:
            self._passed_ns += passed_ns

    def monotonic_ns(self) -> int:
        with self._lock:
            reading_ns = self._passed_ns
            self._passed_ns += self._step_ns
            return reading_ns

    def now(self) -> datetime:
        with self._lock:
            return self._start + timedelta(microseconds=self._passed_ns // 1000)


class StubBackend:
    """A network that says the same of every frame, or fails in the same way.

    Attributes:
        seen: What it was given.
    """

    def __init__(
        self,
        score: float = 0.7,
        heatmap: NDArray[np.float32] | None = None,
        *,
        error: InspectionError | None = None,
    ) -> None:
        self._score = score
        self._heatmap = heatmap
        self._error = error
        self.seen: list[Preprocessed] = []

    def infer(self, prepared: Preprocessed) -> Prediction:
        self.seen.append(prepared)
        if self._error is not None:
            raise self._error
        return Prediction(
            frame_id=prepared.frame_id,
            score=self._score,
            heatmap=self._heatmap,
            bundle_id=BUNDLE_ID,
        )


def frame(pixels: NDArray[np.uint8] | None = None, *, frame_id: int = 0) -> Frame:
    """A frame; grey, mono and 24 x 32 px unless told otherwise."""
    return Frame(
        frame_id=frame_id,
        source_id="camera",
        captured_ns=0,
        captured_at=START,
        pixels=np.full((24, 32), 128, dtype=np.uint8) if pixels is None else pixels,
    )


def inspected(
    decision: Decision = Decision.PASS,
    *,
    frame: Frame | None = None,
    stage_ms: dict[Stage, float] | None = None,
) -> Inspected:
    """What an inspection came to, with the verdict of `record`."""
    like = record(decision=decision)
    prediction = None
    if frame is not None and like.score is not None:
        prediction = Prediction(
            frame_id=frame.frame_id, score=like.score, heatmap=None, bundle_id=BUNDLE_ID
        )
    return Inspected(
        frame=frame,
        verdict=like.verdict,
        prediction=prediction,
        to_sensor=None if prediction is None else AxisMap(scale_x=1.0, scale_y=1.0),
        stage_ms=stage_ms or {},
    )


def record(
    image: str = "part.png",
    decision: Decision = Decision.PASS,
    score: float | None = None,
    *,
    threshold: float = 0.5,
) -> Record:
    """A record as a run makes it: its score lies on the side of the threshold that it must."""
    usual = {Decision.PASS: threshold / 2, Decision.FAIL: threshold * 1.5, Decision.ERROR: None}
    score = usual[decision] if score is None else score
    reasons = {
        Decision.PASS: (),
        Decision.FAIL: (Reason(rule="score", measured=score, limit=threshold),),
        Decision.ERROR: (Reason(rule="CorruptFrame", detail=f"{image}: the file is truncated"),),
    }
    regions: tuple[Region, ...] = ()
    if decision is Decision.FAIL and score is not None:
        box_px = Box(x_px=4.5, y_px=6.0, width_px=12.25, height_px=8.0)
        regions = (Region(box_sensor_px=box_px, peak=score),)
    stage_ms = {
        Stage.DECODE: 2.5,
        Stage.PREPROCESS: 0.25,
        Stage.INFER: 7.125,
        Stage.JUDGE: 0.5,
        Stage.TOTAL: 10.375,
    }
    if decision is Decision.ERROR:
        stage_ms = {Stage.DECODE: 2.5, Stage.TOTAL: 2.5}
    return Record(
        record_id=hashlib.sha256(image.encode()).hexdigest()[:32],
        source_id=image,
        frame_id=0,
        part_id=None,
        image=StoredImage(path=image, sha256=hashlib.sha256(b"pixels").hexdigest()),
        captured_at=START,
        judged_at=START + timedelta(seconds=1),
        verdict=Verdict(
            decision=decision,
            label={Decision.PASS: "good", Decision.FAIL: "defect", Decision.ERROR: ""}[decision],
            reasons=reasons[decision],
            regions=regions,
            recipe_id=RECIPE_ID,
            threshold=threshold,
        ),
        score=score,
        bundle_id=BUNDLE_ID,
        stage_ms=stage_ms,
    )
