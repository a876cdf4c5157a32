"""What speaks against trusting the figures of good pictures, in words."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.dataset.sample import Sample
from models.dataset.splits import N_FOLDS, n_good_parts
from models.measures.groups import two_groups
from models.measures.threshold import DEFAULT_OVERKILL, log_normal_limit
from models.memory.memory import Floats

_N_EXAMPLES = 3
_FAR = 1.5  # times the limit: so high no part of a normal lot scores


def doubts_of(
    good: Sequence[Sample], scores: Floats, drifts: Floats, brightness: Floats
) -> tuple[str, ...]:
    """Of pictures that were judged in folds.

    Args:
        scores: Of each picture.
        drifts: Where each lies in the direction in which they differ most. Every fold knows both of
            two lights, and so scores alone often hide them.
        brightness: The mean grey level of each.
    """
    doubts = []
    count = n_good_parts(good)
    if count < N_FOLDS:
        doubts.append(
            f"the good pictures show too few different parts, {count}: pictures were judged by "
            f"others of their own part, so the figures flatter; list at least {N_FOLDS} parts"
        )
    limit = log_normal_limit(scores.astype(np.float64), DEFAULT_OVERKILL)
    order = np.argsort(-scores).tolist()
    far = [place for place in order if scores[place] > _FAR * limit]
    if far:
        named = ", ".join(
            f"{good[place].name!r} ({scores[place] / limit:.1f})" for place in far[:_N_EXAMPLES]
        )
        doubts.append(
            f"good pictures that score far above the others: {len(far)}, as multiples of what 5% "
            f"exceed: {named}. Are they good?"
        )
    for values in (drifts, np.log(scores), brightness):
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
        f"the good pictures fall into two clear groups: {len(first)} like "
        f"{_examples(good, values, first)}, and {len(second)} like "
        f"{_examples(good, values, second)}; the second group scores {ratio:.2f} times as high. "
        "Are they from two cameras, lights or products? One threshold may not suit both: train a "
        "bundle for each, or list about as many pictures of both"
    )


def _examples(good: Sequence[Sample], values: Floats, places: NDArray[np.intp]) -> str:
    """The most usual ones of a group, by name."""
    usual_first = places[np.argsort(np.abs(values[places] - np.median(values[places])))]
    return ", ".join(repr(good[place].name) for place in usual_first[:_N_EXAMPLES])
