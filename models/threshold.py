"""Chooses the threshold from good parts alone."""

import math

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import Threshold

# Good parts that may be rejected, as a share. A good part looked at twice costs a minute; a bad one
# that slips through may hurt somebody, and every step of this number towards 0 lets more slip.
DEFAULT_OVERKILL = 0.05


def threshold_on_good(scores: NDArray[np.float32], overkill: float = DEFAULT_OVERKILL) -> Threshold:
    """The split-conformal quantile of held-out good scores.

    With n scores, a new good part exceeds the one of rank ceil((n + 1) * (1 - overkill)) with a
    chance of at most `overkill` (V. Vovk et al., "Algorithmic Learning in a Random World", 2005).
    Where n is too small for such a rank, the highest score is taken.

    Args:
        scores: Of good pictures that the model was not fitted to, at least one.
        overkill: The share of good parts that may be rejected, above 0 and below 1.
    """
    ascending = np.sort(scores.astype(np.float64))
    count = len(ascending)
    share = f"{overkill:.1%} of good parts"
    rank = math.ceil((count + 1) * (1.0 - overkill))
    if rank <= count:
        value = float(ascending[rank - 1])
        method = f"rank {rank} of {count} scores of held-out good pictures: {share} exceed it"
    else:
        value = float(ascending[-1])
        method = f"highest of {count} scores of held-out good pictures: too few to tell {share}"
    return Threshold(value=value, method=method, n_images=count)
