"""One inspection: what goes wrong with a frame makes it an ERROR, and no more than that frame."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.bundle import InputSpec, QualityLimits
from inspector.clock import Clock
from inspector.errors import CorruptFrame, InferenceError
from inspector.flow import Decision, Prediction, Preprocessed, Reason, Stage
from inspector.geometry import AxisMap
from inspector.inference.backend import InferenceBackend
from inspector.pipeline.inspected import Inspected
from inspector.pipeline.inspection import Inspection
from inspector.recipe import Recipe
from inspector.verdict import Criteria
from tests.support.fakes import BUNDLE_ID, FakeClock, StubBackend, frame

RECIPE = Recipe(name="bolt")
SPEC = InputSpec(height_px=8, width_px=16, color="rgb", resize="stretch")


def inspection(
    backend: InferenceBackend,
    *,
    spec: InputSpec = SPEC,
    threshold: float = 0.5,
    clock: Clock | None = None,
) -> Inspection:
    return Inspection(
        spec=spec,
        backend=backend,
        bundle_id=BUNDLE_ID,
        criteria=Criteria(
            recipe=RECIPE,
            threshold=threshold,
            region_level=threshold,
            labels=("good", "defect"),
        ),
        clock=clock or FakeClock(),
    )


def test_good_part_passes_with_all_that_was_found() -> None:
    heatmap = np.zeros((8, 16), dtype=np.float32)
    backend = StubBackend(0.25, heatmap)
    inspected = inspection(backend).inspect(frame(frame_id=9))
    assert inspected.verdict.decision is Decision.PASS
    assert inspected.prediction is not None
    assert (inspected.prediction.frame_id, inspected.prediction.score) == (9, 0.25)
    assert inspected.prediction.heatmap is heatmap
    assert inspected.to_sensor == AxisMap(scale_x=2.0, scale_y=3.0)


def test_network_is_given_the_prepared_frame() -> None:
    backend = StubBackend()
    inspection(backend).inspect(frame(frame_id=4))
    assert [(seen.frame_id, seen.tensor.shape) for seen in backend.seen] == [(4, (1, 8, 16, 3))]


QUALITY = QualityLimits(brightness_low=100.0, size_px=(24, 32), channels=1)


def gated(pixels: NDArray[np.uint8], *, of_a_file: bool = False) -> tuple[Inspected, StubBackend]:
    """What comes of a picture where the bundle learnt what one must be like."""
    backend = StubBackend(0.25)
    criteria = Criteria(
        recipe=RECIPE, threshold=0.5, region_level=0.5, labels=("good", "defect"), quality=QUALITY
    )
    gate = Inspection(
        spec=SPEC, backend=backend, bundle_id=BUNDLE_ID, criteria=criteria, clock=FakeClock()
    )
    shown = replace(frame(pixels), content_sha256="0" * 64 if of_a_file else None)
    return gate.inspect(shown), backend


def test_picture_outside_the_limits_is_an_error_and_never_judged() -> None:
    inspected, backend = gated(np.full((24, 32), 50, np.uint8))
    assert inspected.verdict.decision is Decision.ERROR
    assert inspected.verdict.reasons[0].text() == (
        "TooDark: 50 grey levels, limit 100; look at light, lens and cable"
    )
    assert backend.seen == []


def test_picture_within_the_limits_is_judged() -> None:
    inspected, _ = gated(np.full((24, 32), 150, np.uint8))
    assert inspected.verdict.decision is Decision.PASS


def test_camera_is_bound_to_the_form_that_was_learnt_and_a_file_is_not() -> None:
    pixels = np.full((12, 32, 3), 150, np.uint8)
    inspected, backend = gated(pixels)
    assert inspected.verdict.reasons[0].rule == "WrongForm"
    assert backend.seen == []
    inspected, _ = gated(pixels, of_a_file=True)
    assert inspected.verdict.decision is Decision.PASS


def test_bad_part_fails_with_its_region_on_the_sensor() -> None:
    heatmap = np.zeros((8, 16), dtype=np.float32)
    heatmap[2, 5] = 0.75
    verdict = inspection(StubBackend(0.75, heatmap)).inspect(frame()).verdict
    assert verdict.decision is Decision.FAIL
    (region,) = verdict.regions
    box_px = region.box_sensor_px
    assert (box_px.x_px, box_px.y_px, box_px.width_px, box_px.height_px) == (10.0, 6.0, 2.0, 3.0)


def test_each_stage_is_timed() -> None:
    clock = FakeClock(step_ns=1_500_000)
    inspected = inspection(StubBackend(), clock=clock).inspect(frame())
    assert inspected.stage_ms == {"preprocess": 1.5, "infer": 1.5, "judge": 1.5}


def test_verdict_names_the_limit_and_the_recipe_in_force() -> None:
    verdict = inspection(StubBackend(0.25), threshold=0.125).inspect(frame()).verdict
    assert (verdict.decision, verdict.threshold) == (Decision.FAIL, 0.125)
    assert verdict.recipe_id == RECIPE.recipe_id


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_nan_score_gives_unjudged_never_pass(score: float) -> None:
    inspected = inspection(StubBackend(score)).inspect(frame())
    assert inspected.verdict.decision is Decision.ERROR
    assert inspected.verdict.reasons == (
        Reason(rule="InferenceError", detail=f"the score is {score}"),
    )
    assert (inspected.prediction, inspected.to_sensor) == (None, None)


def test_failing_network_makes_the_part_an_error_with_the_times_so_far() -> None:
    backend = StubBackend(error=InferenceError("the runtime failed: out of memory"))
    clock = FakeClock(step_ns=1_000_000)
    inspected = inspection(backend, clock=clock).inspect(frame())
    assert inspected.verdict.decision is Decision.ERROR
    assert [reason.text() for reason in inspected.verdict.reasons] == [
        "InferenceError: the runtime failed: out of memory"
    ]
    assert inspected.stage_ms == {"preprocess": 1.0, "infer": 1.0}


def test_frame_that_does_not_fit_never_reaches_the_network() -> None:
    backend = StubBackend(0.0)
    spec = InputSpec(height_px=8, width_px=8, color="mono", resize="tile")
    large = frame(np.zeros((8, 8 * 257), dtype=np.uint8))
    inspected = inspection(backend, spec=spec, clock=FakeClock(step_ns=1)).inspect(large)
    assert inspected.verdict.decision is Decision.ERROR
    assert [reason.rule for reason in inspected.verdict.reasons] == ["PreprocessError"]
    assert list(inspected.stage_ms) == ["preprocess"]
    assert backend.seen == []


def test_next_frame_is_judged_after_one_that_failed() -> None:
    class FailsOnce(StubBackend):
        def infer(self, prepared: Preprocessed) -> Prediction:
            if not self.seen:
                self.seen.append(prepared)
                raise InferenceError("once")
            return super().infer(prepared)

    judge = inspection(FailsOnce(0.25))
    decisions = [judge.inspect(frame(frame_id=n)).verdict.decision for n in range(3)]
    assert decisions == [Decision.ERROR, Decision.PASS, Decision.PASS]


def test_bug_is_not_taken_for_a_bad_frame() -> None:
    class Broken(StubBackend):
        def infer(self, prepared: Preprocessed) -> Prediction:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        inspection(Broken()).inspect(frame())


def test_part_that_never_came_is_an_error_under_the_recipe() -> None:
    errored = inspection(StubBackend(), threshold=0.125).errored(
        CorruptFrame("a.png: cut"), None, {Stage.DECODE: 2.0}
    )
    assert errored.verdict.decision is Decision.ERROR
    assert errored.verdict.reasons == (Reason(rule="CorruptFrame", detail="a.png: cut"),)
    assert (errored.verdict.threshold, errored.verdict.recipe_id) == (0.125, RECIPE.recipe_id)
    assert (errored.prediction, errored.to_sensor, errored.stage_ms) == (
        None,
        None,
        {"decode": 2.0},
    )
