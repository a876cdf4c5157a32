"""A share of parts that were counted, and how far it can be trusted."""

import math
from dataclasses import dataclass

import numpy as np

TAIL = 0.025  # on each side of a 95 % interval
FEWEST_DEFECTS = 10  # of which a share says something
_N_HALVINGS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many of so many held-out parts."""

    count: int
    total: int

    @property
    def share(self) -> float:
        """As measured."""
        return self.count / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies in 95 of 100 such samples.

        The exact interval of C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial
        limits illustrated in the case of the binomial", 1934.
        """
        low = 0.0 if self.count == 0 else 1.0 - _upper(self.total - self.count, self.total)
        return low, _upper(self.count, self.total)

    def text(self) -> str:
        """For people."""
        low, high = self.interval
        return (
            f"{self.share:.1%} ({self.count} of {self.total}; 95 % interval {low:.1%}..{high:.1%})"
        )


def _upper(count: int, total: int) -> float:
    """The share at which so few as `count` of `total` would come with a chance of 2.5 % only."""
    if count == total:
        return 1.0
    places = np.arange(count + 1)
    log_ways = np.array(
        [
            math.lgamma(total + 1) - math.lgamma(place + 1) - math.lgamma(total - place + 1)
            for place in places
        ]
    )
    low, high = count / total, 1.0
    for _ in range(_N_HALVINGS):
        middle = (low + high) / 2
        logs = log_ways + places * math.log(middle) + (total - places) * math.log1p(-middle)
        if float(np.exp(logs).sum()) > TAIL:
            low = middle
        else:
            high = middle
    return (low + high) / 2
