"""Whether all that stands out on a part is of kinds that its recipe tolerates: a pure function.

A defect that nobody tolerates must not be excused by one beside it that is. So each place counts by
its own kind, though most of its region be of another; and what would be too faint to be outlined is
looked at as well, for it may be what the part failed by alone.
"""

from collections.abc import Sequence

import numpy as np

from inspector.flow import Prediction, Reason, Region
from inspector.geometry import holds_square
from inspector.recipe import Recipe

OTHER_KIND, UNKNOWN = "mark of another kind", "beside what is tolerated"  # rules
_USUAL = 1.0  # of what no kind of defect explains
_SPECK_PX = 6  # at the border of a region single cells of the mask, 4 px, are of any kind


def not_tolerated(
    prediction: Prediction,
    found: Sequence[Region],
    recipe: Recipe,
    places: Sequence[int],
    faint_level: float,
) -> tuple[Reason, ...] | None:
    """Why the recipe's tolerances do not cover the part; empty when they do.

    None where a region is of a kind that is not tolerated: then the score is the reason.

    Args:
        found: Regions of the part, with their kinds.
        places: Of the tolerated kinds and of `good` among the labels.
        faint_level: A pixel of the heat map above it may be a defect, model units.
    """
    tolerated = dict(recipe.tolerated_area_px2)
    covered: dict[str, float] = {}
    for region in found:
        covered[region.label] = covered.get(region.label, 0.0) + region.area_px2
    if not covered.keys() <= tolerated.keys():
        return None
    too_large = tuple(
        Reason(rule=f"area of {label}", measured=area, limit=tolerated[label], unit="px²")
        for label, area in covered.items()
        if not area <= tolerated[label]
    )
    return too_large or _beside(prediction, places, faint_level) or _unexplained(prediction)


def _beside(
    prediction: Prediction, places: Sequence[int], faint_level: float
) -> tuple[Reason, ...]:
    """Marks of other kinds."""
    heatmap, class_map = prediction.heatmap, prediction.class_map
    if heatmap is None or class_map is None:
        return ()
    is_other = (heatmap > faint_level) & ~np.isin(class_map, places)
    if not holds_square(is_other, _SPECK_PX):
        return ()
    peak = float(heatmap[is_other].max())
    return (Reason(rule=OTHER_KIND, measured=peak, limit=faint_level),)


def _unexplained(prediction: Prediction) -> tuple[Reason, ...]:
    """Why a part fails on which all that stands out is tolerated: a defect that nobody knows yet.

    NaN is no reason to pass.
    """
    measured = prediction.unexplained
    if measured is None or measured <= _USUAL:
        return ()
    return (Reason(rule=UNKNOWN, measured=measured, limit=_USUAL),)
