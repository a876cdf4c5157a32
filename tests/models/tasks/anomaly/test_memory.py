"""A memory is the same after it was kept in a file."""

from dataclasses import fields

import numpy as np
import pytest

from models.tasks.anomaly.learning import learn_memory
from models.tasks.anomaly.memory import Bank, Memory, memory_of
from tests.models.tasks.anomaly.stripes import taps_of


def test_memory_is_rebuilt_from_its_arrays() -> None:
    memory = learn_memory(taps_of(6), taps_of(3, seed=1), 20, np.random.default_rng(0))
    arrays = memory.to_arrays()
    again = memory_of(arrays)
    for entry in fields(Memory):
        kept, read = getattr(memory, entry.name), getattr(again, entry.name)
        if isinstance(kept, Bank):
            assert all(
                np.array_equal(getattr(kept, part.name), getattr(read, part.name))
                for part in fields(Bank)
            )
        else:
            assert np.array_equal(kept, read)
    assert {values.dtype for values in arrays.values()} == {np.dtype(np.float32)}


def test_missing_array_is_named() -> None:
    arrays = learn_memory(taps_of(6), taps_of(3), 20, np.random.default_rng(0)).to_arrays()
    del arrays["coarse.usual"]
    with pytest.raises(KeyError, match=r"coarse\.usual"):
        memory_of(arrays)
