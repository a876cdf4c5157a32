"""The size of the network's input, chosen so that defects stay large enough to be seen."""

import logging
import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from inspector.geometry import label_regions
from models.dataset.pictures import load_mask, mask_size_px
from models.dataset.sample import Sample

LEAST_ACROSS_PX = 8.0  # of a defect on the input: of smaller ones the maps keep little
_QUANTILE = 0.25  # three quarters of the defects are at least as large as this
STANDARD_AREA_PX = 256 * 256
LARGEST_AREA_PX = 150_000  # takes 40 ms on two cores of a line PC
STEP_PX = 32  # the backbone's deepest stride
_OFTEN_ENOUGH = 1.3  # times the largest area: defects are then a little smaller than they should be
_ALIKE = 0.1  # of logarithms of shapes: pictures that differ by more are of all shapes
_log = logging.getLogger(__name__)


def size_for(samples: Iterable[Sample]) -> tuple[int, int]:
    """(H, W), multiples of `STEP_PX`, in the pictures' shape where they have one.

    As large as it takes for three quarters of the outlined defects to be `LEAST_ACROSS_PX` across,
    as the side of a square of the same area; at least `STANDARD_AREA_PX`, at most
    `LARGEST_AREA_PX`.

    Raises:
        DataError: A mask cannot be read or understood.
    """
    sizes_px: list[tuple[int, int]] = []
    across_px: list[float] = []
    for sample in samples:
        if not sample.masks:
            continue
        size_px = mask_size_px(sample)
        largest = _largest_region_px2(load_mask(sample, size_px))
        if largest:
            sizes_px.append(size_px)
            across_px.append(math.sqrt(largest))
    if not sizes_px:
        return _rounded(STANDARD_AREA_PX, 1.0)
    scale = LEAST_ACROSS_PX / float(np.quantile(across_px, _QUANTILE))
    area_px = scale**2 * float(np.median([height * width for height, width in sizes_px]))
    if area_px > _OFTEN_ENOUGH * LARGEST_AREA_PX:
        left_px = LEAST_ACROSS_PX * math.sqrt(LARGEST_AREA_PX / area_px)
        _log.warning(
            "a quarter of the outlined defects are smaller than %.1f px across on the largest "
            "input that is judged in time, and will hardly be found: list pictures of a region of "
            "the part, or say height_px and width_px in a --config",
            left_px,
        )
    return _rounded(min(max(area_px, STANDARD_AREA_PX), LARGEST_AREA_PX), _shape_of(sizes_px))


def _largest_region_px2(mask: NDArray[np.bool_]) -> int:
    numbers, count = label_regions(mask)
    return int(np.bincount(numbers.ravel())[1:].max()) if count else 0


def _shape_of(sizes_px: Sequence[tuple[int, int]]) -> float:
    """Width over height; 1 where pictures are of all shapes."""
    logs = np.log([width / height for height, width in sizes_px])
    usual = float(np.median(logs))
    return math.exp(usual) if np.median(np.abs(logs - usual)) < _ALIKE else 1.0


def _rounded(area_px: float, shape: float) -> tuple[int, int]:
    """Sides in steps that have about that area and shape."""
    height = STEP_PX * max(2, round(math.sqrt(area_px / shape) / STEP_PX))
    width = STEP_PX * max(2, round(area_px / height / STEP_PX))
    return height, width
