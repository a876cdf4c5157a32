"""What speaks against trusting the figures of good pictures, in words."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.dataset.sample import Sample
from models.dataset.splits import N_FOLDS, n_good_parts
from models.measures.groups import two_groups
from models.tasks.anomaly.memory import Floats

_N_EXAMPLES = 3


def doubts_of(good: Sequence[Sample], scores: Floats, drifts: Floats) -> tuple[str, ...]:
    """Of pictures that were judged in folds.

    Args:
        scores: Of each picture.
        drifts: Where each lies in the direction in which they differ most. Every fold knows both of
            two lights, and so scores alone often hide them.
    """
    doubts = []
    count = n_good_parts(good)
    if count < N_FOLDS:
        doubts.append(
            f"the good pictures show {count} different parts: pictures were judged by others of "
            f"their own part, so the figures flatter; list at least {N_FOLDS} parts"
        )
    for values in (drifts, np.log(scores)):
        is_upper = two_groups(values)
        if is_upper is not None:
            doubts.append(_groups_text(good, values, scores, is_upper))
            break
    return tuple(doubts)


def _groups_text(
    good: Sequence[Sample], values: Floats, scores: Floats, is_upper: NDArray[np.bool_]
) -> str:
    first, second = (np.flatnonzero(which) for which in (is_upper, ~is_upper))
    if np.median(scores[first]) > np.median(scores[second]):
        first, second = second, first
    ratio = np.median(scores[second]) / np.median(scores[first])
    return (
        f"the good pictures fall into two clear groups: {len(first)} as "
        f"{_examples(good, values, first)}, and {len(second)} as "
        f"{_examples(good, values, second)}, "
        f"which score {ratio:.2f} times as high. Are they of two cameras, lights or products? "
        "One threshold suits both badly: train a bundle for each, or list more pictures of the "
        "smaller group"
    )


def _examples(good: Sequence[Sample], values: Floats, places: NDArray[np.intp]) -> str:
    """The most usual ones of a group, by name."""
    usual_first = places[np.argsort(np.abs(values[places] - np.median(values[places])))]
    return ", ".join(repr(good[place].name) for place in usual_first[:_N_EXAMPLES])
