"""Deals pictures to batches like cards: each comes as often as the others, but for one time."""

import numpy as np
from numpy.typing import NDArray


def dealt(places: NDArray[np.intp], count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """So many of the places, in an order of chance; from a new deck whenever one is used up.

    Args:
        places: At least one.
    """
    decks = [rng.permutation(places) for _ in range(-(-count // len(places)))]
    return np.concatenate(decks)[:count]
