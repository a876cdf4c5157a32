"""A memory is the same after it was kept in a file."""

import numpy as np
import pytest

from models.memory.learning import learn_memory
from models.memory.memory import memory_of
from models.memory.taps import Taps
from tests.models.memory.stripes import taps_of


@pytest.mark.parametrize("n_banks", [2, 3])
def test_memory_is_rebuilt_from_its_arrays(n_banks: int) -> None:
    remembered, others = (
        Taps(maps=taps.maps[:n_banks]) for taps in (taps_of(6), taps_of(3, seed=1))
    )
    memory = learn_memory(remembered, others, 20, np.random.default_rng(0))
    assert len(memory.banks) == len(memory.drift) == len(memory.medians) == n_banks
    arrays = memory.to_arrays()
    again = memory_of(arrays)
    assert len(again.banks) == n_banks
    assert again.to_arrays().keys() == arrays.keys()
    assert all(np.array_equal(again.to_arrays()[name], arrays[name]) for name in arrays)
    assert {values.dtype for values in arrays.values()} == {np.dtype(np.float32)}


def test_missing_array_is_named() -> None:
    arrays = learn_memory(taps_of(6), taps_of(3), 20, np.random.default_rng(0)).to_arrays()
    del arrays["coarse.usual"]
    with pytest.raises(KeyError, match=r"coarse\.usual"):
        memory_of(arrays)
