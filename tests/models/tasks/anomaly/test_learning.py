"""A memory holds what good parts look like, and what is usual around each patch of it."""

import numpy as np
import pytest

from models.tasks.anomaly.learning import judged, learn_memory, usual_at_places
from models.tasks.anomaly.memory import Memory
from models.tasks.anomaly.taps import N_DIMS, Taps
from tests.models.tasks.anomaly.stripes import GRID, taps_of


@pytest.fixture(scope="module")
def memory() -> Memory:
    return learn_memory(taps_of(12), taps_of(8, seed=1), 50, np.random.default_rng(0))


def spoiled(taps: Taps) -> Taps:
    """With one place that looks like nothing on good parts."""
    eight, sixteen = taps.stride_8.copy(), taps.stride_16.copy()
    eight[:, 2:4, 2:4], sixteen[:, 1, 1] = eight[:, 2:4, 2:4] * -3, sixteen[:, 1, 1] * -3
    return Taps(stride_8=eight, stride_16=sixteen)


def test_banks_have_the_size_asked_for_and_something_usual_everywhere(memory: Memory) -> None:
    fine, coarse = memory.fine, memory.coarse
    assert fine.entries.shape == coarse.entries.shape == (50, N_DIMS)
    assert (fine.usual_at.shape, coarse.usual_at.shape) == ((2 * GRID[0], 2 * GRID[1]), GRID)
    for bank in (fine, coarse):
        assert bank.usual.min() >= 0.5 * bank.usual.mean() * 0.8
        assert bank.usual_at.min() > 0


def test_usual_picture_scores_about_one_and_a_spoiled_one_more(memory: Memory) -> None:
    others = taps_of(9, seed=2)
    scores, peaks = judged(others, memory)
    worse, hotter = judged(spoiled(others), memory)
    assert 0.8 < np.median(scores) < 1.25
    assert (worse > 1.5 * scores).all()
    assert (hotter > 1.5 * peaks).all()


def test_small_memory_takes_all_there_is() -> None:
    memory = learn_memory(taps_of(2), taps_of(1, seed=1), 5000, np.random.default_rng(0))
    assert len(memory.fine.entries) == 2 * 4 * GRID[0] * GRID[1]
    assert len(memory.coarse.entries) == 2 * GRID[0] * GRID[1]


def test_same_numbers_give_the_same_memory() -> None:
    first, second = (
        learn_memory(taps_of(6), taps_of(3, seed=1), 20, np.random.default_rng(4)).to_arrays()
        for _ in range(2)
    )
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_equal_pictures_drift_nowhere() -> None:
    one = taps_of(1)
    copies = one.some([0] * 8)
    memory = learn_memory(copies, copies, 20, np.random.default_rng(0))
    assert not memory.axis.any()
    assert not memory.drift.any()
    assert np.isfinite(judged(one, memory)[0]).all()


def test_usual_has_a_floor_where_good_parts_never_differ() -> None:
    maps = np.ones((3, 20, 20), np.float32)
    maps[:, :5] = 0.0
    usual = usual_at_places(maps)
    assert usual[0, 0] == pytest.approx(0.5)
    assert usual[19, 19] == pytest.approx(1.0)
