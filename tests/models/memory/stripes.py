"""Good parts that differ by noise, and what an unproven network would see of them."""

import numpy as np
from numpy.typing import NDArray

from models.memory.taps import N_CHANNELS, Taps

GRID = (6, 4)  # of the coarse maps; a multiple of 2


def striped(count: int, seed: int = 1) -> NDArray[np.uint8]:
    """Vertical stripes with noise, (count, 128, 96, 3): of one kind but never equal."""
    rng = np.random.default_rng(seed)
    stripes = 120 + 60 * np.sin(np.arange(96) / 3)[None, None, :, None]
    noisy = stripes + rng.normal(0, 4, (count, 128, 96, 3))
    return noisy.clip(0, 255).astype(np.uint8)


def taps_of(count: int, seed: int = 0) -> Taps:
    """Maps as a backbone gives them, around a pattern that all share."""
    pattern, rng = np.random.default_rng(99), np.random.default_rng(seed)
    rows, columns = GRID

    def maps(height: int, width: int, channels: int) -> NDArray[np.float16]:
        shared = pattern.normal(0, 1, (1, height, width, channels))
        return (shared + rng.normal(0, 0.3, (count, height, width, channels))).astype(np.float16)

    sides = ((2 * rows, 2 * columns), (rows, columns), (rows // 2, columns // 2))
    return Taps(
        maps=tuple(maps(*side, depth) for side, depth in zip(sides, N_CHANNELS, strict=True))
    )
