"""Decides on one frame: a pure function of what the network said and what the recipe allows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import QualityLimits
from inspector.errors import InferenceError, InspectorError
from inspector.flow import Decision, Prediction, Reason, Region, Verdict
from inspector.geometry import AxisMap, Box, label_regions, region_boxes
from inspector.recipe import Recipe
from inspector.tolerance import not_tolerated

GOOD = "good"  # the label of a part that is free of defects
MAX_REGIONS = 16  # the worst ones; more outlines than that hide the part


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a bundle and a recipe together decide by.

    Attributes:
        threshold: A part whose score is above it fails, model units.
        region_level: A pixel of the heat map above it belongs to a region, model units.
        faint_level: Above it a pixel may be a defect, where a recipe tolerates others; model units.
        labels: The bundle's.
        quality: What a picture must be like to be judged; None: nobody learnt it.
    """

    recipe: Recipe
    threshold: float
    region_level: float
    labels: tuple[str, ...]
    quality: QualityLimits | None = None
    faint_level: float = math.inf


def judge(prediction: Prediction, to_sensor: AxisMap, criteria: Criteria) -> Verdict:
    """PASS when the score is at most the threshold, else FAIL with the regions that stand out.

    A part above the threshold passes all the same when everything that stands out on it is of
    kinds that the recipe tolerates, none of them on more of the part than it may cover, and nothing
    else about it is unusual.

    Args:
        to_sensor: From the heat map's pixels to the sensor's.

    Raises:
        InferenceError: The score is not finite.
    """
    if not math.isfinite(prediction.score):
        raise InferenceError(f"the score is {prediction.score}")
    recipe, threshold = criteria.recipe, criteria.threshold
    regions: tuple[Region, ...] = ()
    reasons: tuple[Reason, ...] = ()
    if not prediction.score <= threshold:
        reasons = (Reason(rule="score", measured=prediction.score, limit=threshold),)
        found = _regions(prediction, to_sensor, criteria)
        if recipe.tolerated_area_px2 and found:
            reasons = _excused(prediction, found, criteria, reasons)
        regions = _shown(found, recipe.min_region_px) if reasons else ()
    decision = Decision.FAIL if reasons else Decision.PASS
    return Verdict(
        decision=decision,
        label=_label(decision, prediction.probabilities, criteria.labels),
        reasons=reasons,
        regions=regions,
        recipe_id=recipe.recipe_id,
        threshold=threshold,
    )


def unjudged(error: InspectorError, criteria: Criteria) -> Verdict:
    """The verdict on a part that could not be judged: ERROR, with the error as its reason."""
    return Verdict(
        decision=Decision.ERROR,
        label="",
        reasons=(Reason(rule=type(error).__name__, detail=str(error)),),
        regions=(),
        recipe_id=criteria.recipe.recipe_id,
        threshold=criteria.threshold,
    )


def _label(
    decision: Decision, probabilities: NDArray[np.float32] | None, labels: tuple[str, ...]
) -> str:
    """The class that the decision stands for; it never contradicts the decision."""
    if GOOD not in labels and probabilities is not None:
        return labels[int(probabilities.argmax())]
    if decision is Decision.PASS:
        return labels[0]
    return labels[1 if probabilities is None else 1 + int(probabilities[1:].argmax())]


def _excused(
    prediction: Prediction, found: Sequence[Region], criteria: Criteria, reasons: tuple[Reason, ...]
) -> tuple[Reason, ...]:
    """What is left of the reasons where the recipe tolerates some kinds."""
    recipe, labels = criteria.recipe, criteria.labels
    names = {GOOD, *(label for label, _ in recipe.tolerated_area_px2)}
    places = [place for place, label in enumerate(labels) if label in names]
    faint_level = min(criteria.region_level, criteria.faint_level)
    why = not_tolerated(prediction, found, recipe, places, faint_level)
    return reasons if why is None else why


def _regions(prediction: Prediction, to_sensor: AxisMap, criteria: Criteria) -> tuple[Region, ...]:
    """Regions of the map above the level, worst first.

    Where nothing is above it, the peak alone, which covers no area and is of no kind: so no
    tolerance can excuse a score that no place explains.
    """
    heatmap = prediction.heatmap
    if heatmap is None:
        return ()
    peak = float(heatmap.max())
    is_explained = peak > criteria.region_level
    numbers, count = label_regions(heatmap >= min(criteria.region_level, peak))
    sizes = np.bincount(numbers.ravel(), minlength=count + 1)[1:]
    kinds = [""] * count
    if is_explained and prediction.class_map is not None:
        votes = _most_frequent(numbers, prediction.class_map, count)
        kinds = [criteria.labels[place] for place in votes]
    pixel_px2 = to_sensor.scale_x * to_sensor.scale_y
    regions = [
        Region(
            box_sensor_px=to_sensor.box(box_px),
            peak=highest,
            label=kind,
            area_px2=int(size) * pixel_px2,
        )
        for (box_px, highest), kind, size in zip(
            region_boxes(numbers, heatmap), kinds, sizes, strict=True
        )
    ]
    return tuple(sorted(regions, key=lambda region: -region.peak))


def _most_frequent(
    numbers: NDArray[np.int32], class_map: NDArray[np.uint8], count: int
) -> list[int]:
    """The class that most pixels of each region have, in the regions' numbering."""
    inside = numbers > 0
    votes = np.zeros((count + 1, int(class_map.max()) + 1), dtype=np.int64)
    np.add.at(votes, (numbers[inside], class_map[inside]), 1)
    winners: list[int] = votes[1:].argmax(axis=1).tolist()
    return winners


def _shown(found: Sequence[Region], min_region_px: int) -> tuple[Region, ...]:
    """Those large enough to draw; where all are too small, the worst of them."""
    large = [region for region in found if _side_px(region.box_sensor_px) >= min_region_px]
    return tuple((large or found[:1])[:MAX_REGIONS])


def _side_px(box_px: Box) -> float:
    return max(box_px.width_px, box_px.height_px)
