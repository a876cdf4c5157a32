"""Decides on one frame: a pure function of what the network said and what the recipe allows."""

import math

import numpy as np
from numpy.typing import NDArray

from inspector.errors import InferenceError, InspectorError
from inspector.flow import Decision, Prediction, Reason, Region, Verdict
from inspector.geometry import AxisMap, Box, label_regions, region_boxes
from inspector.recipe import Recipe

MAX_REGIONS = 16  # the worst ones; more outlines than that hide the part


def judge(prediction: Prediction, to_sensor: AxisMap, recipe: Recipe, threshold: float) -> Verdict:
    """PASS when the score is at most the threshold, else FAIL with the regions that stand out.

    Args:
        to_sensor: From the heat map's pixels to the sensor's.
        threshold: What is in force, model units.

    Raises:
        InferenceError: The score is not finite.
    """
    if not math.isfinite(prediction.score):
        raise InferenceError(f"the score is {prediction.score}")
    if prediction.score <= threshold:
        return Verdict(
            decision=Decision.PASS,
            reasons=(),
            regions=(),
            recipe_id=recipe.recipe_id,
            threshold=threshold,
        )
    reason = Reason(rule="score", measured=prediction.score, limit=threshold)
    regions: tuple[Region, ...] = ()
    if prediction.heatmap is not None:
        regions = _outstanding(prediction.heatmap, threshold, to_sensor, recipe.min_region_px)
    return Verdict(
        decision=Decision.FAIL,
        reasons=(reason,),
        regions=regions,
        recipe_id=recipe.recipe_id,
        threshold=threshold,
    )


def unjudged(error: InspectorError, recipe: Recipe, threshold: float) -> Verdict:
    """The verdict on a part that could not be judged: ERROR, with the error as its reason."""
    return Verdict(
        decision=Decision.ERROR,
        reasons=(Reason(rule=type(error).__name__, detail=str(error)),),
        regions=(),
        recipe_id=recipe.recipe_id,
        threshold=threshold,
    )


def _outstanding(
    heatmap: NDArray[np.float32], threshold: float, to_sensor: AxisMap, min_region_px: int
) -> tuple[Region, ...]:
    """Regions of the map above the threshold, worst first; at least one.

    Where nothing is above it, the peak alone; where all are too small to draw, the worst of them.
    """
    labels, _ = label_regions(heatmap >= min(threshold, float(heatmap.max())))
    regions = [
        Region(box_sensor_px=to_sensor.box(box_px), peak=peak)
        for box_px, peak in region_boxes(labels, heatmap)
    ]
    regions.sort(key=lambda region: -region.peak)
    large = [region for region in regions if _side_px(region.box_sensor_px) >= min_region_px]
    return tuple((large or regions[:1])[:MAX_REGIONS])


def _side_px(box_px: Box) -> float:
    return max(box_px.width_px, box_px.height_px)
