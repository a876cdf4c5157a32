"""The chance of a defect is what held-out scores say, whatever the lot was made of."""

import numpy as np
import pytest

from models.training.calibration import fit_logistic, fit_slopes


def drawn(n_good: int, n_defect: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores of two normal distributions around 0 and 2: even at 1, with a slope of 2."""
    rng = np.random.default_rng(0)
    scores = np.concatenate([rng.normal(0, 1, n_good), rng.normal(2, 1, n_defect)])
    return scores, np.arange(n_good + n_defect) >= n_good


@pytest.mark.parametrize(("n_good", "n_defect"), [(4000, 4000), (4000, 400), (400, 4000)])
def test_curve_is_that_of_equally_many_good_and_defective(n_good: int, n_defect: int) -> None:
    logistic = fit_logistic(*drawn(n_good, n_defect))
    assert logistic.slope == pytest.approx(2.0, rel=0.1)
    assert -logistic.offset / logistic.slope == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_curve_does_not_depend_on_the_unit(scale: float) -> None:
    scores, is_defect = drawn(300, 100)
    plain, scaled = fit_logistic(scores, is_defect), fit_logistic(scores * scale, is_defect)
    assert scaled.slope * scale == pytest.approx(plain.slope, rel=1e-4)
    assert scaled.offset == pytest.approx(plain.offset, abs=1e-4)


def test_scores_that_tell_all_apart_give_a_finite_slope() -> None:
    logistic = fit_logistic(np.arange(20.0), np.arange(20) >= 10)
    assert 0.1 < logistic.slope < 10
    assert -logistic.offset / logistic.slope == pytest.approx(9.5, abs=0.01)


@pytest.mark.parametrize("scores", [[1.0, 1.0, 1.0, 1.0], [3.0, 2.0, 1.0, 0.0]])
def test_scores_that_tell_nothing_or_the_contrary_give_no_slope(scores: list[float]) -> None:
    logistic = fit_logistic(scores, [False, False, True, True])
    assert logistic.slope == pytest.approx(0.0, abs=1e-6)


def test_scores_count_by_how_well_each_tells_defects() -> None:
    clear, is_defect = drawn(4000, 400)
    noise = np.random.default_rng(1).normal(0, 1, len(clear))
    doubled = fit_slopes(np.stack([clear, noise], axis=1), is_defect)
    assert doubled == pytest.approx([2.0, 0.0], abs=0.2)
    blurred = clear + 2 * noise
    slopes = fit_slopes(np.stack([clear, blurred], axis=1), is_defect)
    assert slopes[0] > 10 * abs(slopes[1])


@pytest.mark.parametrize("is_defect", [[True, True], [False, False]])
def test_one_kind_alone_is_refused(is_defect: list[bool]) -> None:
    with pytest.raises(ValueError, match="both good parts and defects"):
        fit_logistic([0.0, 1.0], is_defect)
