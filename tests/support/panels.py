"""Values that panels of the window are driven with."""

from datetime import timedelta

import numpy as np

from inspector.flow import Decision, Prediction, Reason, Record, Region, Stage, Verdict
from inspector.geometry import AxisMap, Box
from inspector.pipeline.events import CameraSnapshot, Counts, Phase, RunSnapshot
from inspector.pipeline.inspected import Inspected
from inspector.pipeline.live_figures import LiveFigures
from inspector.pipeline.parts import PartResult, View
from inspector.store.summary import Percentiles
from tests.support.fakes import BUNDLE_ID, RECIPE_ID, START, frame, record

STAGE_MS = {Stage.QUEUE: 0.2, Stage.INFER: 7.8, Stage.TOTAL: 9.0, Stage.STORE: 0.6}


def part(number: int, decision: Decision = Decision.PASS) -> Record:
    """The stored record of a part of a line."""
    made = record(decision=decision)
    return Record(
        record_id=f"{number:012d}",
        part_number=number,
        source_id="top",
        frame_id=number,
        part_id=None,
        image=made.image,
        captured_at=START + timedelta(seconds=number),
        judged_at=START + timedelta(seconds=number),
        verdict=made.verdict,
        score=made.score,
        bundle_id=BUNDLE_ID,
        stage_ms=STAGE_MS,
    )


def view(decision: Decision = Decision.FAIL, size_px: tuple[int, int] = (96, 128)) -> View:
    """What a camera saw: a grey part, warm in one corner."""
    heat = np.zeros((32, 32), dtype=np.float32)
    heat[4:9, 10:16] = 0.8
    box = Box(x_px=40.0, y_px=12.0, width_px=24.0, height_px=15.0)
    is_bad = decision is Decision.FAIL
    verdict = Verdict(
        decision=decision,
        label="defect" if is_bad else "good",
        reasons=(Reason(rule="score", measured=0.8, limit=0.5),) if is_bad else (),
        regions=(Region(box_sensor_px=box, peak=0.8),) if is_bad else (),
        recipe_id=RECIPE_ID,
        threshold=0.5,
    )
    prediction = Prediction(frame_id=0, score=0.8, heatmap=heat, bundle_id=BUNDLE_ID)
    pixels = np.full((*size_px, 3), 128, dtype=np.uint8)
    inspected = Inspected(
        frame=frame(pixels),
        verdict=verdict,
        prediction=prediction,
        to_sensor=AxisMap(scale_x=size_px[1] / 32, scale_y=size_px[0] / 32),
        stage_ms={},
    )
    return View(camera="top", inspected=inspected)


def result(number: int, decision: Decision = Decision.FAIL) -> PartResult:
    """A part's result as the line tells it."""
    seen = view(decision)
    return PartResult(
        part_number=number, views=(seen,), deciding=seen, triggered_ns=0, total_ms=9.0
    )


def snapshot(
    phase: Phase = Phase.RUNNING,
    *,
    decisions: dict[Decision, int] | None = None,
    trouble: str = "",
    is_open: bool = True,
) -> RunSnapshot:
    """A running line."""
    counted = decisions or {Decision.PASS: 12_248, Decision.FAIL: 152, Decision.ERROR: 8}
    return RunSnapshot(
        phase=phase,
        cameras=(
            CameraSnapshot(name="top", is_open=is_open, trouble=trouble, size_px=(2048, 2448)),
        ),
        figures=LiveFigures(
            stage_ms={
                stage: Percentiles(p50=t, p95=2 * t, p99=3 * t) for stage, t in STAGE_MS.items()
            },
            parts_per_s=29.97,
        ),
        shift=Counts(started_at=START, first_part=1, decisions=counted),
    )
