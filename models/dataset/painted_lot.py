"""Many pictures with painted defects, strong and weak ones, and how large and plain each is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.dataset.painted_defects import paint_defects, paint_weak_defect

_LEAST_SIDE_PX = 8  # a smaller picture has no room for a defect


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PaintedLot:
    """Spoiled pictures.

    Attributes:
        tensors: uint8 (N, H, W, C); N may be 0.
        areas: (N,), share of the picture that visibly differs from the good one.
        contrasts: (N,), by how many grey levels it differs there on average.
    """

    tensors: NDArray[np.uint8]
    areas: NDArray[np.float64]
    contrasts: NDArray[np.float64]


def painted_lot(good: NDArray[np.uint8], count: int, rng: np.random.Generator) -> PaintedLot:
    """Spoil good pictures by turns in an order of chance, each strongly and then weakly.

    Args:
        good: uint8 (N, H, W, C), N at least 1.
        count: How many; fewer come where nothing visible can be painted.
    """
    spoiled, areas, contrasts = [], [], []
    order = rng.permutation(len(good))
    for number in range(count if min(good.shape[1:3]) >= _LEAST_SIDE_PX else 0):
        place = number // 2 % len(good)
        index, other = order[place], order[place - 1]
        paint = paint_weak_defect if number % 2 else paint_defects
        painted = paint(good[index], good[other], rng)
        if not painted.mask.any():
            continue
        change = np.abs(painted.pixels.astype(np.int16) - good[index]).max(axis=2)
        spoiled.append(painted.pixels)
        areas.append(float(painted.mask.mean()))
        contrasts.append(float(change[painted.mask].mean()))
    return PaintedLot(
        tensors=np.stack(spoiled) if spoiled else good[:0],
        areas=np.array(areas),
        contrasts=np.array(contrasts),
    )
