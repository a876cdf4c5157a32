"""The form of the network's input, chosen so that defects stay large enough to be seen."""

import logging
import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import InputSpec
from inspector.geometry import label_regions
from inspector.preprocess import tile_count
from models.dataset.pictures import load_mask, mask_size_px
from models.dataset.sample import Sample

LEAST_ACROSS_PX = 8.0  # of a defect on the input: of smaller ones the maps keep little
_QUANTILE = 0.25  # three quarters of the defects are at least as large as this
STANDARD_AREA_PX = 256 * 256
LARGEST_AREA_PX = 150_000  # takes 40 ms on two cores of a line PC
STEP_PX = 32  # the backbone's deepest stride
OVERLAP_PX = 64  # a defect up to that large is whole in one tile
MOST_TILES = 64  # of a picture: more would take over three seconds for one part
MAX_ENLARGED = 2.0  # there is nothing more to see in a picture that is made larger still
MIN_TILE_STEPS = 4  # a shorter tile would be overlap for the most part
_FEWEST_OUTLINED = 12  # tiles are learnt from what is outlined alone,
_LEAST_OUTLINED = 0.5  # and what is not would be lost: of the defects at most so many
_TILE_S = 0.04
_MANY_TILES = 20  # take nearly as long as a line waits where its station does not say longer
_LARGER_THAN_MOST = 0.9
_SHRINK = 0.95
_SCALE_DIGITS = 4
_OFTEN_ENOUGH = 1.3  # times an area: defects are then a little smaller than they should be
_ALIKE = 0.1  # of logarithms of shapes: pictures that differ by more are of all shapes
_log = logging.getLogger(__name__)


def input_for(samples: Iterable[Sample]) -> InputSpec:
    """Sides in multiples of `STEP_PX`, in the pictures' shape where they have one.

    As large as it takes for three quarters of the outlined defects to be `LEAST_ACROSS_PX` across,
    as the side of a square of the same area; at least `STANDARD_AREA_PX`, at most
    `LARGEST_AREA_PX`. Pictures that would have to be larger are judged in tiles of that area.

    Raises:
        DataError: A mask cannot be read or understood.
    """
    sizes_px: list[tuple[int, int]] = []
    across_px: list[float] = []
    n_defects = 0
    for sample in samples:
        n_defects += not sample.is_good
        if not sample.masks:
            continue
        size_px = mask_size_px(sample)
        largest = _largest_region_px2(load_mask(sample, size_px))
        if largest:
            sizes_px.append(size_px)
            across_px.append(math.sqrt(largest))
    if not sizes_px:
        return _whole(_rounded(STANDARD_AREA_PX, 1.0))
    scale = LEAST_ACROSS_PX / float(np.quantile(across_px, _QUANTILE))
    area_px = scale**2 * float(np.median([height * width for height, width in sizes_px]))
    if area_px > _OFTEN_ENOUGH * LARGEST_AREA_PX:
        if len(sizes_px) >= max(_FEWEST_OUTLINED, n_defects * _LEAST_OUTLINED):
            return _in_tiles(scale, sizes_px)
        _log.warning(
            "a quarter of the outlined defects are smaller than %.1f px across on the largest "
            "input that is judged in time, and will hardly be found: %d of %d defects are "
            "outlined; with at least %d, and half of all, pictures are judged in tiles; or list "
            "pictures of a region of the part",
            LEAST_ACROSS_PX * math.sqrt(LARGEST_AREA_PX / area_px),
            len(sizes_px),
            n_defects,
            _FEWEST_OUTLINED,
        )
    return _whole(
        _rounded(min(max(area_px, STANDARD_AREA_PX), LARGEST_AREA_PX), _shape_of(sizes_px))
    )


def finer_of(kept: InputSpec | None, wanted: InputSpec) -> InputSpec:
    """The form that a bundle has, unless defects which came since want to be seen larger.

    What is about large enough stays, and so does the time that a part takes. Tiles are finer than
    whole pictures.
    """
    if kept is None:
        return wanted
    if wanted.is_in_tiles != kept.is_in_tiles:
        is_finer = wanted.is_in_tiles
    elif wanted.is_in_tiles:
        is_finer = (wanted.scale / kept.scale) ** 2 > _OFTEN_ENOUGH
    else:
        kept_px = kept.height_px * kept.width_px
        is_finer = wanted.height_px * wanted.width_px > _OFTEN_ENOUGH * kept_px
    return wanted if is_finer else kept


def _whole(size_px: tuple[int, int]) -> InputSpec:
    return InputSpec(height_px=size_px[0], width_px=size_px[1], color="rgb", resize="stretch")


def _in_tiles(wished: float, sizes_px: Sequence[tuple[int, int]]) -> InputSpec:
    """At the scale at which defects are large enough, or as near to it as `MOST_TILES` allow."""
    spec = _tiles_at(min(wished, MAX_ENLARGED), sizes_px)
    while (n_tiles := _usual_count(sizes_px, spec)) > MOST_TILES:
        spec = _tiles_at(_SHRINK * spec.scale, sizes_px)
    _log.log(
        logging.WARNING if n_tiles > _MANY_TILES else logging.INFO,
        "the defects are small: pictures are judged in %d tiles of %d x %d px, at %.2f of their "
        "size, which takes some %.1f s on two cores; for less, list pictures of a region of the "
        "part, or say height_px and width_px in a --config to have them judged whole",
        n_tiles,
        spec.width_px,
        spec.height_px,
        spec.scale,
        n_tiles * _TILE_S,
    )
    if spec.scale < wished / _OFTEN_ENOUGH:
        _log.warning(
            "a quarter of the outlined defects are smaller than %.1f px across even so, and will "
            "hardly be found: list pictures of a region of the part",
            LEAST_ACROSS_PX * spec.scale / wished,
        )
    return spec


def _usual_count(sizes_px: Sequence[tuple[int, int]], spec: InputSpec) -> int:
    """Tiles of a picture that is larger than most; a single huge one does not count for all."""
    counts = [tile_count(size_px, spec) for size_px in sizes_px]
    return round(float(np.quantile(counts, _LARGER_THAN_MOST)))


def _tiles_at(scale: float, sizes_px: Sequence[tuple[int, int]]) -> InputSpec:
    """Squares, but no longer than the pictures are on either side."""
    height, width = (scale * float(np.median(sides)) for sides in zip(*sizes_px, strict=True))
    square = math.floor(math.sqrt(LARGEST_AREA_PX) / STEP_PX)
    short = max(MIN_TILE_STEPS, min(math.ceil(min(height, width) / STEP_PX), square))
    long = max(short, round(LARGEST_AREA_PX / (short * STEP_PX) / STEP_PX))
    long = max(short, min(long, math.ceil(max(height, width) / STEP_PX)))
    rows, columns = (long, short) if height > width else (short, long)
    return InputSpec(
        height_px=rows * STEP_PX,
        width_px=columns * STEP_PX,
        color="rgb",
        resize="tile",
        overlap_px=OVERLAP_PX,
        scale=round(scale, _SCALE_DIGITS),
    )


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
