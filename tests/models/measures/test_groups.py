"""Two cameras or lights in one list are found; one group is never cut in two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.measures.groups import two_groups

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("n_upper", [12, 60, 190])
def test_two_clear_groups_are_told_apart(n_upper: int) -> None:
    values = np.concatenate([RNG.normal(0, 1, 200 - n_upper), RNG.normal(12, 1, n_upper)])
    order = RNG.permutation(200)
    found = two_groups(values[order])
    assert found is not None
    assert found.tolist() == (order >= 200 - n_upper).tolist()


@pytest.mark.parametrize(
    "values",
    [
        RNG.normal(0, 1, 300),
        RNG.uniform(0, 1, 300),
        RNG.exponential(1, 300),
        np.repeat(np.arange(6.0), 50),
        np.concatenate([RNG.normal(0, 1, 150), RNG.normal(2.5, 1, 150)]),
        np.full(50, 3.0),
        np.array([]),
        np.array([1.0, 9.0]),
    ],
)
def test_one_group_is_not_cut_in_two(values: np.ndarray) -> None:
    assert two_groups(values) is None


def test_a_few_odd_ones_are_no_group() -> None:
    assert two_groups([*RNG.normal(0, 1, 100), 90.0, 91.0]) is None


@given(st.lists(st.floats(-1e6, 1e6), max_size=60))
def test_groups_are_never_small_and_never_mixed(values: list[float]) -> None:
    found = two_groups(values)
    if found is not None:
        upper, lower = np.array(values)[found], np.array(values)[~found]
        assert min(len(upper), len(lower)) >= 3
        assert lower.max() < upper.min()


@pytest.mark.parametrize("count", [12, 18, 25, 40])
def test_few_values_of_one_group_are_rarely_cut_in_two_by_chance(count: int) -> None:
    rng = np.random.default_rng(1)
    n_cut = sum(two_groups(rng.random(count)) is not None for _ in range(400))
    assert n_cut <= 20


def test_few_values_far_apart_are_two_groups() -> None:
    values = np.concatenate([RNG.normal(0, 1, 9), RNG.normal(12, 1, 9)])
    assert two_groups(values) is not None
