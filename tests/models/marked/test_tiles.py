"""Tiles are learnt from where somebody has said what they show."""

import numpy as np
import pytest

from models.marked.tiles import MAX_LEARNT, judged_pictures, learnt_tiles

PICTURES = np.repeat(np.arange(4), 6)
IS_GOOD = [True, False, False, True]  # of the third nobody said where its defect is


def marks(*shown: int) -> np.ndarray:
    marked = np.zeros((24, 1), np.intp)
    marked[6 : 6 + len(shown), 0] = shown
    return marked


def test_defect_is_learnt_from_the_tiles_that_show_most_of_it() -> None:
    learnt = learnt_tiles(marks(100, 24, 25, 0, 90), PICTURES, IS_GOOD, seed=0).tolist()
    assert [tile for tile in learnt if 6 <= tile < 18] == [6, 8, 10]
    learnt = learnt_tiles(marks(1, 2, 3, 4, 4, 4), PICTURES, IS_GOOD, seed=0).tolist()
    assert [tile for tile in learnt if 6 <= tile < 18] == [8, 9, 10, 11]


def test_small_defect_beside_a_large_one_of_another_kind_is_learnt_too() -> None:
    marked = np.hstack([marks(400, 300), marks(0, 0, 0, 3)])
    learnt = learnt_tiles(marked, PICTURES, IS_GOOD, seed=0).tolist()
    assert [tile for tile in learnt if 6 <= tile < 18] == [6, 7, 9]


def test_good_pictures_are_drawn_from_the_whole_list() -> None:
    n_pictures = 3 * MAX_LEARNT
    learnt = learnt_tiles(
        np.zeros((n_pictures, 1), np.intp), np.arange(n_pictures), [True] * n_pictures, seed=0
    )
    thirds = np.bincount(learnt // MAX_LEARNT, minlength=3)
    assert thirds.min() > MAX_LEARNT // 5


def test_no_tile_of_a_defective_part_counts_as_good() -> None:
    learnt = learnt_tiles(marks(100), PICTURES, IS_GOOD, seed=0).tolist()
    assert learnt == [*range(7), *range(18, 24)]


def test_every_good_picture_has_its_share_where_tiles_are_too_many() -> None:
    n_pictures, n_tiles = MAX_LEARNT, 3
    pictures = np.repeat(np.arange(n_pictures), n_tiles)
    is_good = [place % 2 == 0 for place in range(n_pictures)]
    marked = np.where(np.array(is_good)[pictures], 0, 50)
    learnt = learnt_tiles(marked[:, np.newaxis], pictures, is_good, seed=0)
    assert len(learnt) == MAX_LEARNT == len(set(learnt.tolist()))
    assert (marked[learnt] > 0).sum() == MAX_LEARNT // 2
    good = pictures[learnt][marked[learnt] == 0]
    assert sorted(set(good.tolist())) == list(range(0, n_pictures, 2))


def test_same_seed_draws_the_same_tiles() -> None:
    many = np.repeat(np.arange(300), 9)
    of_good = [True] * 300
    first, again, other = (
        learnt_tiles(np.zeros((2700, 1), np.intp), many, of_good, seed=seed).tolist()
        for seed in (1, 1, 2)
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("n_good", "n_defects", "at_most", "expected"),
    [
        (190, 10, 49, (39, 10)),
        (190, 10, 16, (8, 8)),
        (190, 100, 50, (25, 25)),
        (5, 100, 50, (5, 45)),
        (30, 20, 50, (30, 20)),
        (30, 20, 0, (1, 1)),
    ],
)
def test_defects_are_judged_before_good_ones(
    n_good: int, n_defects: int, at_most: int, expected: tuple[int, int]
) -> None:
    is_good = [True] * n_good + [False] * n_defects
    places = judged_pictures(is_good, at_most, seed=0)
    assert places == sorted(set(places))
    good = sum(is_good[place] for place in places)
    assert (good, len(places) - good) == expected
