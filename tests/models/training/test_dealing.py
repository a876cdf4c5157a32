"""Every picture comes about as often as the others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.training.dealing import dealt


@given(st.integers(1, 40), st.integers(1, 200), st.integers(0, 9))
def test_pictures_come_as_often_but_for_one_time(n_places: int, count: int, seed: int) -> None:
    places = np.arange(n_places) * 3
    came = dealt(places, count, np.random.default_rng(seed))
    assert len(came) == count
    counts = [int((came == place).sum()) for place in places]
    assert sum(counts) == count
    assert max(counts) - min(counts) <= 1


def test_same_chance_deals_the_same() -> None:
    first, again, other = (
        dealt(np.arange(50), 70, np.random.default_rng(seed)).tolist() for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_nothing_cannot_be_dealt() -> None:
    with pytest.raises(ZeroDivisionError):
        dealt(np.arange(0), 3, np.random.default_rng(0))
