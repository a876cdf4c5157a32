"""A memory takes the shape that pictures of another size ask for."""

import numpy as np
import pytest

from models.memory.learning import learn_memory
from models.memory.resizing import in_size
from models.memory.taps import Taps
from tests.models.memory.stripes import taps_of


@pytest.mark.parametrize(
    ("size_px", "n_banks", "grids"),
    [((96, 128), 2, [(12, 16), (6, 8)]), ((320, 320), 3, [(40, 40), (20, 20), (10, 10)])],
)
def test_memory_has_the_banks_and_places_of_the_size(
    size_px: tuple[int, int], n_banks: int, grids: list[tuple[int, int]]
) -> None:
    taps = Taps(maps=taps_of(8).maps[:2])
    memory = learn_memory(taps, taps, 20, np.random.default_rng(0))
    resized = in_size(memory, size_px)
    assert [bank.usual_at.shape for bank in resized.banks] == grids
    assert len(resized.drift) == len(resized.medians) == n_banks
