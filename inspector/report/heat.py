"""How strongly a place of a heat map is shown: the same in every report and on the screen."""

import numpy as np
from numpy.typing import NDArray

# Heat is clear up to the threshold, so that a part that passes is not painted over, and has full
# colour from so many thresholds on: the same colour means the same on every part.
FULL_FROM = 1.6


def heat_strength(heat: NDArray[np.float32], threshold: float) -> NDArray[np.float32]:
    """0 where a place is not shown as hot, 1 where it is as hot as can be shown.

    Args:
        heat: float32, (H, W), model units.
        threshold: The heat from which a place counts as bad, model units.

    Returns:
        float32, (H, W); 0 where the heat is not a number.
    """
    if threshold > 0:
        low, high = threshold, FULL_FROM * threshold
    else:  # no share of such a threshold means anything: from it up to the hottest place
        low, high = threshold, max(float(heat.max()), threshold + 1e-6)
    strength = np.clip((heat - np.float32(low)) / np.float32(high - low), 0.0, 1.0)
    return np.asarray(np.nan_to_num(strength), dtype=np.float32)
