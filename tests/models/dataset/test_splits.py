"""Parts are divided, and none is torn."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import DataError
from models.dataset.reader import load_samples
from models.dataset.sample import Sample, of_split
from models.dataset.splits import (
    N_FOLDS,
    fold_places,
    places_in,
    split_parts,
    with_enough_parts,
)
from tests.support.shared_data import SHARED_DATA, needs_shared_data


def samples_of(sizes: list[int]) -> list[Sample]:
    return [
        Sample(
            name=f"{part}-{number}",
            image=Path("x"),
            label="good",
            masks=(),
            split="train",
            part=f"p{part}",
        )
        for part, size in enumerate(sizes)
        for number in range(size)
    ]


SHARES = {"fit": 0.7, "calibrate": 0.2, "proof": 0.1}


@given(st.lists(st.integers(1, 30), min_size=3, max_size=40), st.integers(0, 9), st.randoms())
def test_split_tears_no_part_loses_no_picture_and_ignores_the_order(
    sizes: list[int], seed: int, random: object
) -> None:
    samples = samples_of(sizes)
    groups = split_parts(samples, SHARES, seed)
    parts = [{sample.part for sample in group} for group in groups.values()]
    assert sum(len(group) for group in groups.values()) == len(samples)
    assert sum(len(group) for group in parts) == len(sizes)
    assert all(parts)
    turned = split_parts(samples[::-1], SHARES, seed)
    assert {name: set(group) for name, group in turned.items()} == {
        name: set(group) for name, group in groups.items()
    }


def test_split_of_many_small_parts_has_the_wanted_shares() -> None:
    groups = split_parts(samples_of([1] * 100), SHARES, 0)
    assert {name: len(group) for name, group in groups.items()} == {
        "fit": 70,
        "calibrate": 20,
        "proof": 10,
    }


def test_split_depends_on_its_seed() -> None:
    samples = samples_of([1] * 100)
    assert split_parts(samples, SHARES, 0) == split_parts(samples, SHARES, 0)
    assert split_parts(samples, SHARES, 0)["fit"] != split_parts(samples, SHARES, 1)["fit"]


def test_as_many_parts_as_groups_give_each_one() -> None:
    groups = split_parts(samples_of([1, 40, 1]), SHARES, 0)
    assert sorted(len(group) for group in groups.values()) == [1, 1, 40]


@pytest.mark.parametrize("shares", [{}, {"fit": 0.0}, {"fit": 1.0, "proof": -0.1}])
def test_shares_that_are_none_are_misuse(shares: Mapping[str, float]) -> None:
    with pytest.raises(ValueError, match="shares must be above 0"):
        split_parts(samples_of([5, 5]), shares, 0)


def test_fewer_parts_than_groups_are_refused() -> None:
    with pytest.raises(DataError, match="2 different parts; at least 3"):
        split_parts(samples_of([50, 50]), SHARES, 0)


@needs_shared_data
def test_split_of_real_parts_tears_none() -> None:
    training = of_split(load_samples(SHARED_DATA / "magnetic-tile/good-only.csv"), "train")
    parts = [{s.part for s in group} for group in split_parts(training, SHARES, 0).values()]
    assert sum(map(len, parts)) == len({sample.part for sample in training})


@given(st.lists(st.integers(1, 9), min_size=N_FOLDS, max_size=20), st.integers(0, 3))
def test_folds_hold_every_picture_once_and_tear_no_part(sizes: list[int], seed: int) -> None:
    samples = samples_of(sizes)
    folds = fold_places(samples, seed)
    assert sorted(place for fold in folds for place in fold) == list(range(len(samples)))
    parts = [{samples[place].part for place in fold} for fold in folds]
    assert sum(map(len, parts)) == len(sizes)
    assert len(parts) == N_FOLDS
    assert all(parts)


def test_places_are_those_among_all() -> None:
    samples = samples_of([1, 1, 1])
    assert places_in(samples, {"a": samples[1:], "b": samples[:1]}) == ((1, 2), (0,))


def test_pictures_count_as_parts_where_there_are_too_few() -> None:
    samples = samples_of([3, 2])
    assert with_enough_parts(samples, 2) == tuple(samples)
    assert len({sample.part for sample in with_enough_parts(samples, 3)}) == 5
