"""A map keeps its values where it is enlarged, and is itself where it has the size already."""

import numpy as np
import pytest

from models.importing.heads.enlarging import enlarged


def test_map_of_the_right_size_is_the_same() -> None:
    maps = np.ones((1, 4, 6), np.float32)
    assert enlarged(maps, (4, 6)) is maps


def test_slope_stays_a_slope_between_the_centres_of_the_outermost_cells() -> None:
    maps = np.arange(4, dtype=np.float32).reshape(1, 1, 4).repeat(2, axis=1)
    wide = enlarged(maps, (2, 8))
    assert wide[0, 0] == pytest.approx([0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3])
