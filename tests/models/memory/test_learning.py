"""A memory holds what good parts look like, and what is usual around each patch of it."""

from dataclasses import replace

import numpy as np
import pytest

from models.graphs.training_library import tensorflow
from models.memory import judging
from models.memory.learning import judged, learn_memory, usual_at_places
from models.memory.memory import Memory
from models.memory.taps import Taps
from tests.models.memory.stripes import GRID, taps_of


@pytest.fixture(scope="module")
def memory() -> Memory:
    return learn_memory(taps_of(12), taps_of(8, seed=1), 50, np.random.default_rng(0))


def spoiled(taps: Taps) -> Taps:
    """With one place that looks like nothing on good parts."""
    eight, sixteen, thirty_two = (maps.copy() for maps in taps.maps)
    eight[:, 2:4, 2:4], sixteen[:, 1, 1] = eight[:, 2:4, 2:4] * -3, sixteen[:, 1, 1] * -3
    return Taps(maps=(eight, sixteen, thirty_two))


def test_banks_have_the_size_asked_for_and_something_usual_everywhere(memory: Memory) -> None:
    assert [bank.entries.shape for bank in memory.banks] == [(50, 152), (50, 152), (25, 320)]
    rows, columns = GRID
    assert [bank.usual_at.shape for bank in memory.banks] == [
        (2 * rows, 2 * columns),
        (rows, columns),
        (rows // 2, columns // 2),
    ]
    for bank in memory.banks:
        assert bank.usual.min() >= 0.5 * bank.usual.mean() * 0.8
        assert bank.usual_at.min() > 0


def test_usual_picture_scores_about_one_and_a_spoiled_one_more(memory: Memory) -> None:
    others = taps_of(9, seed=2)
    scores, peaks = judged(others, memory)
    worse, hotter = judged(spoiled(others), memory)
    assert 0.8 < np.median(scores) < 1.25
    assert (worse > 1.5 * scores).all()
    assert (hotter > 1.5 * peaks).all()


def test_part_that_is_wrong_as_a_whole_scores_more_by_half_of_the_third_term(
    memory: Memory,
) -> None:
    others = taps_of(9, seed=2)
    eight, sixteen, thirty_two = others.maps
    worse = judged(Taps(maps=(eight, sixteen, thirty_two * -3)), memory)[0]
    much_worse = judged(Taps(maps=(eight, sixteen, np.zeros_like(thirty_two))), memory)[0]
    assert (np.minimum(worse, much_worse) > judged(others, memory)[0]).all()


def test_small_memory_takes_all_there_is() -> None:
    memory = learn_memory(taps_of(2), taps_of(1, seed=1), 5000, np.random.default_rng(0))
    n_cells = GRID[0] * GRID[1]
    assert [len(bank.entries) for bank in memory.banks] == [8 * n_cells, 2 * n_cells, n_cells // 2]


def test_same_numbers_give_the_same_memory() -> None:
    first, second = (
        learn_memory(taps_of(6), taps_of(3, seed=1), 20, np.random.default_rng(4)).to_arrays()
        for _ in range(2)
    )
    assert all(np.array_equal(first[name], second[name]) for name in first)


def unusual_terms(pictures: Taps, memory: Memory) -> np.ndarray:
    """By how much each term of each picture is above that of a usual one, (N, 3)."""
    tf = tensorflow()
    grids = judging.descriptions(tf, [maps.astype(np.float32) for maps in pictures.maps])
    maps = [
        judging.over_usual(tf, grid, bank) / (bank.usual_at * bank.peak)
        for grid, bank in zip(grids, memory.banks, strict=True)
    ]
    drift = judging.drift_of(tf, grids[1], memory.mean, memory.axis)
    above = judging.terms(tf, maps) - drift * memory.drift - memory.medians
    return np.asarray(above)


def test_drift_of_light_is_taken_out_of_the_score() -> None:
    """Every map moves along one pattern, as by light: pictures at both ends score alike."""
    rng = np.random.default_rng(7)
    usual, along = taps_of(60, seed=3), taps_of(1, seed=98)
    strengths = rng.normal(0, 1, 60)

    def lit(taps: Taps, strengths: np.ndarray) -> Taps:
        return Taps(
            maps=tuple(
                (maps + 0.25 * strengths[:, None, None, None] * pattern).astype(np.float16)
                for maps, pattern in zip(taps.maps, along.maps, strict=True)
            )
        )

    lots = lit(usual, strengths)
    memory = learn_memory(
        lots.some(range(30)), lots.some(range(30, 60)), 60, np.random.default_rng(0)
    )
    assert np.abs(memory.drift).max() > 0.005
    assert np.median(unusual_terms(lots.some(range(30, 60)), memory), axis=0) == pytest.approx(
        [0.0, 0.0, 0.0], abs=1e-5
    )
    ends = np.array([-2.0, 2.0] * 10)
    tried = lit(taps_of(20, seed=4), ends)
    blind = replace(memory, drift=np.zeros(3, np.float32))
    apart, apart_blind = (
        np.abs(np.log(np.median(scores[ends > 0]) / np.median(scores[ends < 0])))
        for scores in (judged(tried, one)[0] for one in (memory, blind))
    )
    assert apart < 0.8 * apart_blind


def test_entry_whose_good_neighbours_are_far_has_more_that_is_usual() -> None:
    """One half of each picture is noisier than the other: its patches are usually farther."""

    def lots(count: int, seed: int) -> Taps:
        taps = taps_of(count, seed=seed)
        noisy = np.random.default_rng(seed + 50)
        maps = [values.astype(np.float32) for values in taps.maps]
        for values in maps:
            half = values[:, : values.shape[1] // 2]
            half += noisy.normal(0, 0.9, half.shape)
        return Taps(maps=tuple(values.astype(np.float16) for values in maps))

    memory = learn_memory(lots(20, 1), lots(20, 2), 40, np.random.default_rng(0))
    usual = np.sort(memory.banks[1].usual)
    assert usual[-5:].mean() > 1.3 * usual[:5].mean()


def test_whitening_leaves_half_of_the_exponent_of_the_variances() -> None:
    taps = taps_of(40, seed=6)
    memory = learn_memory(taps, taps_of(4), 60, np.random.default_rng(0))
    patches = judging.descriptions(tensorflow(), next(taps.batches()))[0].numpy()
    patches = patches.reshape(-1, patches.shape[-1]).astype(np.float64)
    variances = np.linalg.eigvalsh(np.cov(patches, rowvar=False))
    mixed = np.linalg.eigvalsh(np.cov(patches @ memory.banks[0].mixing, rowvar=False))
    expected = variances / np.sqrt(variances + 0.1 * variances.mean())
    assert np.sort(mixed) == pytest.approx(np.sort(expected), rel=0.2)


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
