"""Which tile shows a defect that nobody outlined: the one most unlike good parts, if any is.

The list says of a picture that it is defective and not of which tile (T. G. Dietterich et al.,
"Solving the Multiple Instance Problem with Axis-Parallel Rectangles", 1997). Such a tile teaches
that there is a defect, though not where on it. A wrong one would teach to reject good parts.
"""

import logging
import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.backbones.weights import Weights
from models.dataset.pictures import worst_places
from models.marked.pictures import MarkedPictures
from models.measures.threshold import log_normal_limit
from models.memory.learning import evidence_of, learn_memory
from models.memory.taps import Tapper, strides_for

_REMEMBERED_SHARE = 0.7  # of the good pictures; the others tell what is usual
_LEAST_OTHERS = 20  # tiles of those
_MISTAKEN = 0.1  # of good pictures: as many would have a tile that counted
_BLOCK = 256  # tensors, whose maps are in memory at once
_MAX_LIKELY = 100  # tiles: their maps take memory beside those of what is outlined
_log = logging.getLogger(__name__)


def with_likely_tiles(
    pictures: MarkedPictures, weights: Weights, bank_size: int, seed: int
) -> MarkedPictures:
    """The same, with those tiles among what is learnt; whole pictures stay as they are.

    Args:
        bank_size: Patches of the memory that tells what good parts look like.
    """
    lost = np.flatnonzero(~pictures.is_outlined)
    if not pictures.places or not len(lost):
        return pictures
    chosen = _likely(pictures, lost, weights, bank_size, seed)
    n_lost = len(np.unique(pictures.pictures[lost]))
    _log.info(
        "defects without a mask: %d; of %d of them the tile most unlike good parts is learnt from, "
        "and nothing of the others",
        n_lost,
        len(chosen),
    )
    kinds = pictures.kinds.copy()
    kinds[chosen] = pictures.said[pictures.pictures[chosen]]
    return replace(pictures, kinds=kinds, learnt=np.union1d(pictures.learnt, chosen))


def _likely(
    pictures: MarkedPictures,
    lost: NDArray[np.intp],
    weights: Weights,
    bank_size: int,
    seed: int,
) -> NDArray[np.intp]:
    """Places of tiles, at most one of a picture."""
    of = pictures.pictures
    good = pictures.learnt[pictures.said[of[pictures.learnt]] == 0]
    shown = np.unique(of[good])
    rng = np.random.Generator(np.random.PCG64([seed, len(lost)]))
    remembered = rng.choice(shown, round(_REMEMBERED_SHARE * len(shown)), replace=False)
    is_remembered = np.isin(of[good], remembered)
    if not is_remembered.any() or (~is_remembered).sum() < _LEAST_OTHERS:
        return np.empty(0, np.intp)
    tapper = Tapper(weights, strides_for(pictures.tensors.shape[1:3]))
    known, others = (
        tapper.taps(pictures.tensors[good[chosen]]) for chosen in (is_remembered, ~is_remembered)
    )
    memory = learn_memory(known, others, bank_size, rng)
    n_tiles = len(of) / len(pictures.said)
    usual = np.exp(evidence_of(others, memory)[0].astype(np.float64))
    limit = math.log(log_normal_limit(usual, _MISTAKEN / n_tiles))
    blocks = np.array_split(lost, -(-len(lost) // _BLOCK))
    scores = np.concatenate(
        [evidence_of(tapper.taps(pictures.tensors[block]), memory)[0] for block in blocks]
    )
    worst = worst_places(scores, of[lost])
    highest = sorted((place for place in worst if scores[place] > limit), key=lambda p: -scores[p])
    return lost[highest[:_MAX_LIKELY]]
