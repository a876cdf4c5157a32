"""The threshold is a rank of held-out good scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.threshold import threshold_on_good


def scores(count: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.arange(count, dtype=np.float32)[::-1].copy()


@pytest.mark.parametrize(
    ("count", "overkill", "value"),
    [(99, 0.05, 94.0), (100, 0.05, 95.0), (199, 0.01, 197.0), (99, 0.01, 98.0), (19, 0.05, 18.0)],
)
def test_threshold_is_the_conformal_rank(count: int, overkill: float, value: float) -> None:
    assert threshold_on_good(scores(count), overkill).value == value


def test_too_few_scores_give_the_highest_and_say_so() -> None:
    threshold = threshold_on_good(scores(18), 0.05)
    assert threshold.value == 17.0
    assert "too few" in threshold.method
    assert threshold.n_images == 18


@given(st.integers(1, 400), st.floats(0.001, 0.5))
def test_no_more_good_scores_exceed_it_than_allowed(count: int, overkill: float) -> None:
    values = scores(count)
    threshold = threshold_on_good(values, overkill)
    assert (values > threshold.value).sum() <= overkill * (count + 1)
