"""Of a part in tiles, what a mark on the next tile explains is explained."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.flow import TilePlace
from inspector.inference.unexplained import (
    EXPLAINED_WITHIN_PX,
    highest_within,
    unexplained_in_tiles,
)

STRIDE_PX = 4
REACH = EXPLAINED_WITHIN_PX // STRIDE_PX
LEFT, RIGHT = TilePlace(x_px=0, y_px=0), TilePlace(x_px=99, y_px=0)  # on no whole cell


def found(*, hot_at: int, marked_at: int | None, chance: float = 1.0) -> float:
    """Heat on the left tile, in a column of it, and a mark in a column of the right one."""
    heat, mask = np.zeros((2, 32, 32), np.float32), np.zeros((2, 32, 32), np.float32)
    heat[0, 16, hot_at] = 5.0
    if marked_at is not None:
        mask[1, 16, marked_at] = chance
    return unexplained_in_tiles(heat, mask, (LEFT, RIGHT), STRIDE_PX)


def test_mark_beyond_the_border_explains_what_is_near_it() -> None:
    assert found(hot_at=31, marked_at=31 - 24 + 8) == 0.0
    assert found(hot_at=31, marked_at=31 - 24 + REACH) == 0.0
    assert found(hot_at=31, marked_at=31 - 24 + REACH + 1) == 5.0


def test_what_nothing_explains_counts_wherever_it_lies() -> None:
    for hot_at in (0, 15, 31):
        assert found(hot_at=hot_at, marked_at=None) == 5.0


def test_faint_mark_explains_little() -> None:
    assert found(hot_at=31, marked_at=10, chance=0.25) == pytest.approx(3.75)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 5), st.integers(0, 99))
def test_highest_within_is_the_highest_of_a_square(
    rows: int, columns: int, reach: int, seed: int
) -> None:
    values = np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)
    highest = highest_within(values, reach)
    for row in range(rows):
        for column in range(columns):
            square = values[
                max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1
            ]
            assert highest[row, column] == square.max()
