"""Some of many pictures, with every label among them as often as among all."""

from collections.abc import Sequence

import numpy as np


def some_of_each(labels: Sequence[str], at_most: int, seed: int = 0) -> list[int]:
    """The places of about so many, ascending; at least one of each label.

    They are drawn by chance: a list is often in an order, such as by turns a good part and a bad
    one, and every second picture of it would then be of one kind. The same labels and seed give the
    same places.

    Args:
        labels: Of each picture, in their order.
        at_most: How many to draw, above 0; all come where there are no more. A label that has less
            than one is drawn once all the same.
    """
    if len(labels) <= at_most:
        return list(range(len(labels)))
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(labels))
    drawn: list[int] = []
    for label in sorted(set(labels)):
        places = [int(place) for place in order if labels[place] == label]
        drawn += places[: max(1, len(places) * at_most // len(labels))]
    return sorted(drawn)
