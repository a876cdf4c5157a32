"""What a good part that was never seen would score: each is judged by a memory without its part."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.dataset.painted_lot import painted_lot
from models.dataset.sample import Sample
from models.dataset.splits import (
    N_FOLDS,
    SHARES,
    fold_places,
    places_in,
    split_parts,
)
from models.measures.painted_escape import N_PAINTED, PaintedScores, joined, scored
from models.memory.learning import judged, learn_memory
from models.memory.memory import Floats, Memory
from models.memory.taps import Tapper, Taps

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GoodPictures:
    """Pictures of good parts, and their maps.

    Attributes:
        samples: They show at least `N_FOLDS` parts, or count as parts of their own.
        pixels: Of each, uint8 (H, W, 3) RGB.
    """

    samples: tuple[Sample, ...]
    pixels: Sequence[NDArray[np.uint8]]
    taps: Taps


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrossValidated:
    """What came of judging each picture without its part.

    Attributes:
        scores, peaks: Of each picture, (N,): its score and the peak of its heat map.
        painted: The same pictures, spoiled, by the memory that had not seen them.
    """

    scores: Floats
    peaks: Floats
    painted: PaintedScores


def cross_validated(
    good: GoodPictures, tapper: Tapper, bank_size: int, seed: int
) -> CrossValidated:
    """Learn anew without each of `N_FOLDS` groups of parts, and judge that group.

    The same seed gives the same result.
    """
    scores, peaks = np.empty(len(good.samples), np.float32), np.empty(len(good.samples), np.float32)
    painted = []
    folds = fold_places(good.samples, seed)
    for number, fold in enumerate(folds):
        _log.info(
            "judging good pictures by what was learnt without their parts: %d of %d",
            number + 1,
            N_FOLDS,
        )
        others = sorted(set(range(len(good.samples))) - set(fold))
        memory = learnt_from(good, others, bank_size, seed + 1 + number)
        scores[list(fold)], peaks[list(fold)] = judged(good.taps.some(fold), memory)
        rng = np.random.Generator(np.random.PCG64([seed, number]))
        pictures = np.stack([good.pixels[place] for place in fold])
        lot = painted_lot(pictures, N_PAINTED // N_FOLDS, rng)
        if len(lot.tensors):
            painted.append(scored(lot, judged(tapper.taps(lot.tensors), memory)[0]))
    return CrossValidated(scores=scores, peaks=peaks, painted=joined(painted))


def learnt_from(good: GoodPictures, places: Sequence[int], bank_size: int, seed: int) -> Memory:
    """A memory of some of the pictures, divided as those of the finished one are."""
    samples = [good.samples[place] for place in places]
    remembered, others = places_in(samples, split_parts(samples, SHARES, seed))
    return learn_memory(
        good.taps.some([places[index] for index in remembered]),
        good.taps.some([places[index] for index in others]),
        bank_size,
        np.random.Generator(np.random.PCG64(seed)),
    )
