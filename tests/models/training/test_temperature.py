"""Probabilities come to mean what they say, and the first class stays the first."""

import numpy as np
import pytest

from models.training.temperature import cross_entropy, fit_temperature

RNG = np.random.default_rng(4)
CALIBRATED = RNG.normal(0, 2, (4000, 3))
SHARES = np.exp(CALIBRATED) / np.exp(CALIBRATED).sum(axis=1, keepdims=True)
TRUTH = (SHARES.cumsum(axis=1) < RNG.random((4000, 1))).sum(axis=1)


@pytest.mark.parametrize("factor", [0.2, 1.0, 7.0])
def test_logits_that_are_too_bold_or_too_shy_are_set_right(factor: float) -> None:
    logits = (CALIBRATED * factor).astype(np.float32)
    assert fit_temperature(logits, TRUTH) == pytest.approx(factor, rel=0.06)


def test_temperature_found_is_the_best_near_it() -> None:
    logits = CALIBRATED.astype(np.float32)
    best = fit_temperature(logits, TRUTH)
    at_best = cross_entropy(logits, TRUTH, best)
    assert at_best <= min(cross_entropy(logits, TRUTH, best * step) for step in (0.9, 1.1))


def test_faultless_logits_get_as_cold_as_is_allowed() -> None:
    logits = 9 * np.eye(3, dtype=np.float32)
    assert fit_temperature(logits, np.arange(3)) == pytest.approx(0.05, rel=1e-3)


def test_cross_entropy_of_even_odds_is_that_of_a_coin() -> None:
    assert cross_entropy(np.zeros((5, 2), np.float32), np.zeros(5, np.intp)) == pytest.approx(
        np.log(2)
    )
