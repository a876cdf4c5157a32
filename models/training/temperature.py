"""Makes the probabilities of a classifier mean what they say."""

import numpy as np
from numpy.typing import NDArray

_COLDEST, _HOTTEST = 0.05, 20.0
_N_STEPS = 60  # of a golden section: the last interval is 1e-12 of the first


def fit_temperature(logits: NDArray[np.float32], truth: NDArray[np.intp]) -> float:
    """The number that logits are to be divided by, so that of 0.9s nine in ten are right.

    Found on pictures that the network was not fitted to, by the smallest cross-entropy (C. Guo et
    al., "On Calibration of Modern Neural Networks", 2017). It never changes which class is first.

    Args:
        logits: (N, classes), N at least 1.
        truth: (N,), the place of each picture's class.
    """
    low, high = np.log(_COLDEST), np.log(_HOTTEST)
    share = (np.sqrt(5.0) - 1) / 2
    for _ in range(_N_STEPS):
        left, right = high - share * (high - low), low + share * (high - low)
        if cross_entropy(logits, truth, np.exp(left)) <= cross_entropy(
            logits, truth, np.exp(right)
        ):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def cross_entropy(
    logits: NDArray[np.float32], truth: NDArray[np.intp], temperature: float = 1.0
) -> float:
    """The mean surprise at the truth, natural units."""
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    total = np.log(np.exp(scaled).sum(axis=1))
    return float((total - scaled[np.arange(len(truth)), truth]).mean())
