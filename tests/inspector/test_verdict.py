"""The decision: never PASS by default, exact at the limit, and always a place to look at."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.errors import CorruptFrame, InferenceError
from inspector.flow import Decision, Prediction, Reason, Region
from inspector.geometry import AxisMap, Box
from inspector.recipe import Recipe
from inspector.verdict import MAX_REGIONS, Criteria, judge, unjudged

AS_IT_IS = AxisMap(scale_x=1.0, scale_y=1.0)
RECIPE = Recipe(name="bolt")


def prediction(score: float, heatmap: NDArray[np.float32] | None = None) -> Prediction:
    return Prediction(frame_id=7, score=score, heatmap=heatmap, bundle_id="b" * 64)


def criteria(threshold: float = 0.5, recipe: Recipe = RECIPE) -> Criteria:
    return Criteria(
        recipe=recipe, threshold=threshold, region_level=threshold, labels=("good", "defect")
    )


def heat(height_px: int = 6, width_px: int = 8, **at: float) -> NDArray[np.float32]:
    """A cold map with single hot pixels, named like y2x5."""
    values = np.zeros((height_px, width_px), dtype=np.float32)
    for place, value in at.items():
        y, x = place[1:].split("x")
        values[int(y), int(x)] = value
    return values


def box(x_px: float, y_px: float, width_px: float, height_px: float) -> Box:
    return Box(x_px=x_px, y_px=y_px, width_px=width_px, height_px=height_px)


@pytest.mark.parametrize("score", [math.nan, -math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("threshold", [0.5, math.inf, -math.inf, math.nan])
def test_score_that_is_not_finite_is_never_judged(score: float, threshold: float) -> None:
    with pytest.raises(InferenceError, match=f"the score is {score}"):
        judge(prediction(score), AS_IT_IS, criteria(threshold))


@pytest.mark.parametrize("threshold", [0.5, 0.0, -3.25, 1e-300, 1 / 3, 1e9])
def test_score_at_the_threshold_passes_and_the_next_number_above_fails(threshold: float) -> None:
    above = math.nextafter(threshold, math.inf)
    below = math.nextafter(threshold, -math.inf)
    decisions = [
        judge(prediction(score), AS_IT_IS, criteria(threshold)).decision
        for score in (below, threshold, above)
    ]
    assert decisions == [Decision.PASS, Decision.PASS, Decision.FAIL]


def test_threshold_that_is_no_number_fails_the_part() -> None:
    assert judge(prediction(0.1), AS_IT_IS, criteria(math.nan)).decision is Decision.FAIL


def test_pass_has_no_reasons_and_no_regions() -> None:
    verdict = judge(prediction(0.4, heat(y1x1=0.4)), AS_IT_IS, criteria())
    assert (verdict.decision, verdict.reasons, verdict.regions) == (Decision.PASS, (), ())
    assert (verdict.threshold, verdict.recipe_id) == (0.5, RECIPE.recipe_id)


def test_fail_says_what_was_measured_and_what_was_allowed() -> None:
    verdict = judge(prediction(0.75), AS_IT_IS, criteria())
    assert verdict.reasons == (Reason(rule="score", measured=0.75, limit=0.5),)
    assert [reason.text() for reason in verdict.reasons] == ["score 0.75 over 0.5"]


def test_regions_come_worst_first_each_with_its_peak() -> None:
    hot = heat(y0x0=0.75, y4x6=1.5, y4x7=2.5, y5x7=1.0, y3x2=0.5)
    verdict = judge(prediction(2.5, hot), AS_IT_IS, criteria())
    assert verdict.regions == (
        Region(box_sensor_px=box(6, 4, 2, 2), peak=2.5, area_px2=3.0),
        Region(box_sensor_px=box(0, 0, 1, 1), peak=0.75, area_px2=1.0),
        Region(box_sensor_px=box(2, 3, 1, 1), peak=0.5, area_px2=1.0),
    )


def test_regions_are_told_in_pixels_of_the_sensor() -> None:
    to_sensor = AxisMap(scale_x=4.0, scale_y=2.5, offset_x_px=-8.0, offset_y_px=10.0)
    verdict = judge(prediction(1.0, heat(y2x3=1.0)), to_sensor, criteria())
    assert [region.box_sensor_px for region in verdict.regions] == [box(4.0, 15.0, 4.0, 2.5)]


def test_fail_without_a_hot_place_points_at_the_warmest() -> None:
    verdict = judge(prediction(0.9, heat(y1x2=0.125, y3x3=0.0625)), AS_IT_IS, criteria())
    assert verdict.regions == (Region(box_sensor_px=box(2, 1, 1, 1), peak=0.125, area_px2=1.0),)


def test_fail_without_a_heat_map_has_no_regions() -> None:
    assert judge(prediction(0.9), AS_IT_IS, criteria()).regions == ()


def test_small_regions_are_left_out_by_their_longer_side_on_the_sensor() -> None:
    hot = heat(y0x0=3.0, y5x4=1.0, y5x5=1.0, y5x6=1.0)
    to_sensor = AxisMap(scale_x=2.0, scale_y=2.0)
    kept = [
        [
            region.peak
            for region in judge(prediction(3.0, hot), to_sensor, criteria(recipe=recipe)).regions
        ]
        for recipe in (Recipe(name="r", min_region_px=size) for size in (2, 3, 6))
    ]
    assert kept == [[3.0, 1.0], [1.0], [1.0]]


def test_fail_keeps_its_worst_region_when_all_are_too_small() -> None:
    recipe = Recipe(name="r", min_region_px=100)
    verdict = judge(prediction(1.0, heat(y0x0=0.75, y4x4=1.0)), AS_IT_IS, criteria(recipe=recipe))
    assert verdict.regions == (Region(box_sensor_px=box(4, 4, 1, 1), peak=1.0, area_px2=1.0),)


def test_only_the_worst_regions_are_kept() -> None:
    hot = np.zeros((12, 12), dtype=np.float32)
    hot[::2, ::2] = np.arange(1, 37, dtype=np.float32).reshape(6, 6)
    verdict = judge(prediction(36.0, hot), AS_IT_IS, criteria())
    assert [region.peak for region in verdict.regions] == [36.0 - n for n in range(MAX_REGIONS)]


def test_fail_with_a_heat_map_always_has_a_region() -> None:
    rng = np.random.default_rng(11)
    without = []
    for trial in range(300):
        height_px, width_px = rng.integers(1, 20, 2)
        hot = rng.normal(size=(height_px, width_px)).astype(np.float32)
        hot = [hot, np.full_like(hot, hot[0, 0]), np.round(hot)][trial % 3]
        # Right at a value of the map, where float32 and float64 may disagree, and anywhere.
        threshold = [float(hot.max()), math.nextafter(float(hot.max()), -9), 0.1][trial // 3 % 3]
        recipe = Recipe(name="r", min_region_px=int(rng.integers(0, 30)))
        verdict = judge(prediction(99.0, hot), AS_IT_IS, criteria(threshold, recipe))
        worst = max((region.peak for region in verdict.regions), default=None)
        if verdict.decision is not Decision.FAIL or worst is None:
            without.append(trial)
    assert without == []


def test_unjudged_part_is_an_error_that_names_its_cause() -> None:
    verdict = unjudged(CorruptFrame("a.png: cut"), criteria(0.25))
    assert verdict.decision is Decision.ERROR
    assert verdict.reasons == (Reason(rule="CorruptFrame", detail="a.png: cut"),)
    assert (verdict.regions, verdict.threshold) == ((), 0.25)


KINDS = Criteria(
    recipe=Recipe(name="r", tolerated_area_px2=(("dent", 8.0), ("scratch", 4.0))),
    threshold=0.5,
    region_level=0.25,
    labels=("good", "dent", "scratch", "hole"),
)
TWICE = AxisMap(scale_x=2.0, scale_y=2.0)


def with_kinds(heatmap: NDArray[np.float32], **at: int) -> Prediction:
    """A clear defect whose pixels are dents, but for the places named like y2x5."""
    kinds = np.ones(heatmap.shape, dtype=np.uint8)
    for place, kind in at.items():
        y, x = place[1:].split("x")
        kinds[int(y), int(x)] = kind
    return Prediction(frame_id=7, score=0.9, heatmap=heatmap, bundle_id="b" * 64, class_map=kinds)


def test_regions_say_what_they_are_and_how_much_they_cover() -> None:
    hot = heat(y0x0=0.75, y0x1=0.75, y0x2=0.5, y4x6=0.3)
    verdict = judge(with_kinds(hot, y0x0=3, y0x1=3, y4x6=2), TWICE, KINDS)
    assert [(region.label, region.area_px2) for region in verdict.regions] == [
        ("hole", 12.0),
        ("scratch", 4.0),
    ]


def test_part_passes_when_all_that_stands_out_is_tolerated() -> None:
    verdict = judge(with_kinds(heat(y0x0=0.75, y4x6=0.75, y2x2=0.75), y2x2=2), TWICE, KINDS)
    assert (verdict.decision, verdict.label, verdict.reasons, verdict.regions) == (
        Decision.PASS, "good", (), (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("unexplained", "decision"),
    [(None, Decision.PASS), (0.9, Decision.PASS), (1.5, Decision.FAIL)],
)
def test_what_is_tolerated_does_not_excuse_what_nobody_knows(
    unexplained: float | None, decision: Decision
) -> None:
    prediction = replace(with_kinds(heat(y0x0=0.75)), unexplained=unexplained)
    verdict = judge(prediction, TWICE, KINDS)
    assert verdict.decision is decision
    assert [reason.text() for reason in verdict.reasons] == (
        ["beside what is tolerated 1.5 over 1"] if decision is Decision.FAIL else []
    )


def test_part_fails_when_tolerated_defects_cover_too_much_together() -> None:
    hot = heat(y0x0=0.75, y4x6=0.75, y2x2=0.75)
    verdict = judge(with_kinds(hot), TWICE, KINDS)
    assert [reason.text() for reason in verdict.reasons] == ["area of dent 12 over 8 px²"]
    assert len(verdict.regions) == 3


def test_part_fails_when_something_not_tolerated_is_among_what_stands_out() -> None:
    verdict = judge(with_kinds(heat(y0x0=0.75, y4x6=0.3), y4x6=3), TWICE, KINDS)
    assert [reason.text() for reason in verdict.reasons] == ["score 0.9 over 0.5"]


def test_score_that_no_place_explains_is_never_tolerated() -> None:
    verdict = judge(with_kinds(heat(y0x0=0.125)), TWICE, KINDS)
    assert verdict.decision is Decision.FAIL
    assert [(region.label, region.peak) for region in verdict.regions] == [("", 0.125)]


@pytest.mark.parametrize(
    ("labels", "score", "probabilities", "label"),
    [
        (("good", "dent", "hole"), 0.4, (0.6, 0.1, 0.3), "good"),
        (("good", "dent", "hole"), 0.6, (0.6, 0.1, 0.3), "hole"),  # a strict threshold
        (("good", "dent", "hole"), 0.4, (0.2, 0.7, 0.1), "good"),  # a lax one
        (("dent", "hole", "unknown"), 0.4, (0.2, 0.7, 0.1), "hole"),
        (("dent", "hole", "unknown"), 0.9, (0.05, 0.05, 0.9), "unknown"),
    ],
)
def test_label_is_the_most_probable_that_the_decision_allows(
    labels: tuple[str, ...], score: float, probabilities: tuple[float, ...], label: str
) -> None:
    said = Prediction(
        frame_id=7,
        score=score,
        heatmap=None,
        bundle_id="b" * 64,
        probabilities=np.array(probabilities, dtype=np.float32),
    )
    assert judge(said, AS_IT_IS, replace(criteria(), labels=labels)).label == label


def test_unjudged_part_has_no_label() -> None:
    assert unjudged(CorruptFrame("cut"), criteria()).label == ""
