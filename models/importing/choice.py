"""Chooses a foreign model's threshold, and finds out by its scores whether it was understood."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.errors import ConfigurationError
from models.comparing.comparison import MAX_RELATIVE_DIFFERENCE
from models.dataset.sample import GOOD, Sample
from models.importing.lots import is_defect
from models.measures.metrics import auroc
from models.measures.rate import Rate
from models.measures.threshold import ChosenThreshold, Targets, choose_threshold
from models.publishing.sealing import CANARY_TOLERANCE_SHARE

Floats = NDArray[np.float32]
_SAID = "--labels, --color, --scale, --mean and --std"
HINT = (
    "is the output the right one, with higher scores for worse parts, and are --labels (in the "
    "model's order), --color, --scale, --mean and --std those it was trained with?"
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the held-out pictures told.

    Attributes:
        figures: How well the model tells them apart, for people.
        canary_tolerance: How far another processor may move a score, model units.
    """

    chosen: ChosenThreshold
    figures: Mapping[str, float | None]
    canary_tolerance: float


def choose(
    judged: Mapping[str, Floats],
    samples: Sequence[Sample],
    labels: tuple[str, ...],
    targets: Targets,
    *,
    has_own_map: bool,
) -> Choice:
    """Choose by what the bundle's graph made of held-out pictures.

    Args:
        judged: Outputs by name.
        samples: The pictures, in the outputs' order.
        labels: The bundle's.
        has_own_map: Whether the heat map comes from another output than the score, and so may
            have another scale.

    Raises:
        ConfigurationError: The model tells nothing: what was said of it is wrong.
    """
    are_defects = np.array(is_defect(samples, labels), np.bool_)
    scores = judged["score"]
    if not all(np.isfinite(values).all() for values in judged.values()):
        raise ConfigurationError(
            f"the model gives values that are not finite: are {_SAID} those it was trained with?"
        )
    separation = auroc(scores, are_defects)
    figures: dict[str, float | None] = {"held_out_auroc": separation}
    if "probabilities" in judged and "heatmap" not in judged:
        figures["held_out_accuracy"] = _accuracy(judged["probabilities"], samples, labels)
    said = ", ".join(
        f"{name.removeprefix('held_out_')} {value:.3f}"
        for name, value in figures.items()
        if value is not None
    )
    if said:
        _log.info(
            "on %d held-out pictures: %s; if it did better where it was trained, %s are not those "
            "it was trained with",
            len(samples),
            said,
            _SAID,
        )
    level = None
    if has_own_map:
        peaks = judged["heatmap"].max(axis=(1, 2))
        level = choose_threshold(peaks, are_defects, Targets()).threshold.value
    chosen = choose_threshold(scores, are_defects, targets, level, has_good=labels[0] == GOOD)
    for doubt in chosen.doubts:
        _log.warning("%s", doubt)
    # Of the range of what the canary is one of; what the proof lets pass at least.
    tolerance = max(
        CANARY_TOLERANCE_SHARE * float(np.ptp(scores[~are_defects])),
        MAX_RELATIVE_DIFFERENCE * float(np.ptp(scores)),
    )
    return Choice(chosen=chosen, figures=figures, canary_tolerance=tolerance)


def _accuracy(probabilities: Floats, samples: Sequence[Sample], labels: tuple[str, ...]) -> float:
    """The share of pictures whose most probable class is theirs.

    Raises:
        ConfigurationError: Of those that a verdict would name, fewer are named rightly than by
            chance.
    """
    truth = np.array([labels.index(sample.label) for sample in samples])
    n_good = 1 if labels[0] == GOOD else 0
    named = truth >= n_good
    says = probabilities[named, n_good:].argmax(axis=1) + n_good
    n_right, n_names = int((says == truth[named]).sum()), len(labels) - n_good
    what = "defects" if n_good else "pictures"
    if named.any() and Rate(count=n_right, total=int(named.sum())).interval[1] < 1 / n_names:
        raise ConfigurationError(
            f"the model names {n_right} of {named.sum()} held-out {what} rightly, certainly fewer "
            f"than by chance: are {_SAID} those it was trained with, and in the model's order?"
        )
    return float((probabilities.argmax(axis=1) == truth).mean())
