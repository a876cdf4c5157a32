"""Probabilities, however the model gives them."""

import numpy as np
import pytest

from models.importing.heads.shares import shares_of


def test_probabilities_stay_what_they_are_and_logits_become_them() -> None:
    shares = np.array([[0.2, 0.5, 0.3]])
    assert shares_of(shares, is_logits=False) == pytest.approx(shares)
    assert shares_of(np.log(shares) + 40, is_logits=True) == pytest.approx(shares)


def test_one_column_is_the_second_of_two_classes() -> None:
    assert shares_of(np.array([[0.2]]), is_logits=False) == pytest.approx(np.array([[0.8, 0.2]]))
    assert shares_of(np.array([[0.0]]), is_logits=True).tolist() == [[0.5, 0.5]]
