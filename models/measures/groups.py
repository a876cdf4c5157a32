"""Finds out whether numbers fall into two clear groups."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEAST_SHARE = 0.05  # of the values in the smaller group; fewer are odd ones, not a group
_LEAST_COUNT = 3
# One group that is cut in two explains 64 % of the variance if it is normal, 75 % if it is flat.
_LEAST_EXPLAINED = 0.8
_LEAST_GAP = 0.4  # between the groups, in standard deviations of all
_MANY = 40  # values; among fewer, chance leaves wider gaps


def two_groups(values: ArrayLike) -> NDArray[np.bool_] | None:
    """Which of the values are in the upper group; None where there are no two clear ones.

    The cut is where the variance between the groups is largest (N. Otsu, "A threshold selection
    method from gray-level histograms", 1979). It is clear where it explains most of the variance
    and falls into a gap.
    """
    numbers = np.asarray(values, np.float64)
    count = len(numbers)
    least = max(_LEAST_COUNT, round(LEAST_SHARE * count))
    if count < 2 * least or (spread := float(numbers.std())) == 0.0:
        return None
    ascending = np.sort(numbers)
    below = np.arange(1, count)
    sums = np.cumsum(ascending)[:-1]
    apart = sums / below - (ascending.sum() - sums) / (count - below)
    explained = below * (count - below) / count**2 * apart**2 / spread**2
    cut = int(explained[least - 1 : count - least].argmax()) + least
    gap = (ascending[cut] - ascending[cut - 1]) / spread
    if explained[cut - 1] < _LEAST_EXPLAINED or gap < _LEAST_GAP * max(1.0, _MANY / count):
        return None
    is_upper: NDArray[np.bool_] = numbers >= ascending[cut]
    return is_upper
