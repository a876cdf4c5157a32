"""Turns a raw score into the chance of a defect."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

_N_STEPS = 100  # of Newton's method; it settles after a dozen
_SETTLED = 1e-10


class Logistic(NamedTuple):
    """Of a score s the chance 1 / (1 + exp(-(slope * s + offset))).

    Attributes:
        slope: At least 0: more is never better.
    """

    slope: float
    offset: float


def fit_logistic(scores: ArrayLike, is_defect: ArrayLike) -> Logistic:
    """The chance that a part is defective if good parts and defects came equally often.

    So a chance of 0.5 is where their mean share of wrong decisions is least, as far as the scores
    of both are what the curve takes them for. J. Platt, "Probabilistic Outputs for Support Vector
    Machines and Comparisons to Regularized Likelihood Methods", 1999, with his targets a little
    inside 0 and 1, so that scores which tell all apart still give a finite slope.

    Args:
        scores: Of pictures that the model was not fitted to.
        is_defect: For each; both kinds occur.
    """
    values = np.asarray(scores, np.float64)
    middle, spread = float(np.median(values)), float(values.std()) or 1.0
    found = _fitted(((values - middle) / spread)[:, None], np.asarray(is_defect, np.bool_))
    slope = max(float(found[0]), 0.0) / spread
    return Logistic(slope=slope, offset=float(found[1]) - slope * middle)


def fit_slopes(scores: ArrayLike, is_defect: ArrayLike) -> NDArray[np.float64]:
    """(K,): how much each of several scores should count in one, in the manner of `fit_logistic`.

    Args:
        scores: (N, K), each of a spread of about 1, of pictures that no model was fitted to.
        is_defect: For each; both kinds occur.
    """
    values = np.asarray(scores, np.float64)
    return _fitted(values - np.median(values, axis=0), np.asarray(is_defect, np.bool_))[:-1]


def _fitted(values: NDArray[np.float64], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Slopes and, at last, the offset, by Newton's method."""
    n_defect, n_good = int(truth.sum()), int((~truth).sum())
    if not n_defect or not n_good:
        raise ValueError("scores of both good parts and defects are needed")
    inputs = np.hstack([values, np.ones((len(values), 1))])
    targets = np.where(truth, (n_defect + 1) / (n_defect + 2), 1 / (n_good + 2))
    weights = np.where(truth, 0.5 / n_defect, 0.5 / n_good)
    found = np.zeros(inputs.shape[1])
    for _ in range(_N_STEPS):
        chances = _sigmoid(inputs @ found)
        gradient = inputs.T @ (weights * (chances - targets))
        curvature = (inputs * (weights * chances * (1 - chances))[:, None]).T @ inputs
        step = np.linalg.solve(curvature + _SETTLED * np.eye(len(found)), gradient)
        found -= step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < _SETTLED:
            break
    return found


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    chances: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.clip(values, -500, 500)))
    return chances
