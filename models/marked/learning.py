"""Learns from good parts and marked defects together.

A network learns what people marked, and a memory knows what good parts look like: the first tells
the kinds of defects that were seen, the second stands up for those that nobody has seen yet.

Every picture is judged by a network and a memory that never saw its part, and of these numbers the
chance of a defect is made. So each picture serves for learning and for judging, and never for both
at once. The networks that judge come first: whoever ends the training early gets the first of them.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspector.clock import Clock
from models.backbones.weights import Weights
from models.dataset.painted_lot import PaintedLot, painted_lot
from models.dataset.sample import Sample
from models.dataset.splits import fold_places
from models.graphs.training_library import tensorflow
from models.marked.combining import Combination, best_region_level, combination_of
from models.marked.fitting import MarkedFitter, MarkedSettings, Seen, n_batches_for
from models.marked.maps import MarkedPictures, low_batches, varied_maps
from models.marked.network import LOW_STRIDES
from models.marked.unexplained import unexplained_in
from models.measures.painted_escape import N_PAINTED, PaintedScores, joined, scored
from models.measures.threshold import log_normal_limit
from models.memory.folds import GoodPictures, learnt_from
from models.memory.learning import evidence_of
from models.memory.memory import Memory
from models.memory.taps import Tapper, strides_for
from models.training.augment import Augmentation
from models.training.checkpoint import Checkpoint
from models.training.kept_maps import KeptMaps
from models.training.low_maps import LowMapper
from models.training.progress import Listener, Workload

N_FOLDS = 3
_RARELY = 0.001  # of good pictures: so many exceed the limit of the memory's heat
_USUALLY_EXPLAINED = 0.95  # of outlined defects, beside which nothing else is wrong
_log = logging.getLogger(__name__)

Floats = NDArray[np.float32]
_NONE = np.empty(0, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarkedInputs:
    """What there is to learn from.

    Attributes:
        samples: Of the pictures; they show at least `N_FOLDS` parts with defects.
        n_kinds: Of defects.
        folder: For the state of the training.
        identity: A hash over all that the training depends on.
    """

    samples: tuple[Sample, ...]
    pictures: MarkedPictures
    n_kinds: int
    weights: Weights
    settings: MarkedSettings
    bank_size: int
    augmentation: Augmentation
    seed: int
    folder: Path
    kept_maps: KeptMaps
    identity: str
    clock: Clock
    listener: Listener


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarkedOutcome:
    """What came of it.

    Attributes:
        network: Its arrays, by name.
        judged: Places of the pictures that were judged without their part.
        chances: Of a defect, of these.
        painted: Good ones of them, spoiled, by what had not seen them.
        region_level: The chance from which on a pixel counts as marked; without outlines, the heat
            of the memory.
        is_complete: False when a person ended it early.
    """

    network: Mapping[str, Floats]
    memory: Memory
    combination: Combination
    judged: tuple[int, ...]
    chances: Floats
    painted: PaintedScores
    region_level: float
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Half:
    """A network and a memory, and what they say of pictures whose parts they never saw.

    Attributes:
        painted: Pictures of these, spoiled.
        painted_image, painted_log_scores: What both say of those.
    """

    network: Mapping[str, Floats]
    memory: Memory
    seen: Seen
    log_scores: Floats
    heat_peaks: Floats
    unexplained: Floats
    painted: PaintedLot
    painted_image: Floats
    painted_log_scores: Floats


def learn_marked(inputs: MarkedInputs) -> MarkedOutcome:
    """Learn from all of it; Ctrl-C ends it with the best so far.

    Raises:
        ConfigurationError: The loss is not finite.
        StoreError: The state cannot be kept.
        KeyboardInterrupt: Before anything was learnt that could judge.
    """
    return _Learning(inputs).outcome()


class _Learning:
    def __init__(self, inputs: MarkedInputs) -> None:
        pictures = inputs.pictures
        _log.info("describing %d pictures", len(inputs.samples))
        self._inputs = inputs
        self._tapper = Tapper(inputs.weights, strides_for(pictures.tensors.shape[1:3]))
        self._low = LowMapper(inputs.weights, LOW_STRIDES)
        self._taps = self._tapper.taps(pictures.tensors)
        self._maps = varied_maps(self._low, pictures, inputs.augmentation, inputs.kept_maps)
        self._fitter = MarkedFitter(
            self._maps,
            pictures.kinds,
            pictures.is_outlined,
            weights=inputs.weights,
            n_kinds=inputs.n_kinds,
            settings=inputs.settings,
            seed=inputs.seed,
        )

    def outcome(self) -> MarkedOutcome:
        """See `learn_marked`."""
        inputs, every = self._inputs, list(range(len(self._inputs.samples)))
        folds = fold_places(inputs.samples, inputs.seed, N_FOLDS)
        lots = [sorted(set(every) - set(fold)) for fold in folds]
        workload = Workload(
            [n_batches_for(len(lot)) for lot in (*lots, every)],
            inputs.settings.n_rounds,
            inputs.clock,
            inputs.listener,
        )
        halves: list[_Half] = []
        try:
            for number, (fold, lot) in enumerate(zip(folds, lots, strict=True)):
                is_whole = self._fit(lot, number, workload)
                if is_whole or not halves:
                    halves.append(self._half(fold, lot, number))
                if not is_whole:
                    raise KeyboardInterrupt
            if self._fit(every, N_FOLDS, workload):
                memory = self._memory(every, N_FOLDS)
                return self._joined(folds, halves, self._fitter.arrays(), memory)
        except KeyboardInterrupt:
            if not halves:
                raise
        first = halves[0]
        return self._joined(folds, [first], first.network, first.memory, is_complete=False)

    def _fit(self, lot: Sequence[int], number: int, workload: Workload) -> bool:
        checkpoint = Checkpoint(
            self._inputs.folder / f"network-{number}", f"{self._inputs.identity} {number}"
        )
        return self._fitter.fit(lot, checkpoint, workload)

    def _memory(self, lot: Sequence[int], number: int) -> Memory:
        inputs = self._inputs
        places = [place for place in lot if inputs.samples[place].is_good]
        good = GoodPictures(
            samples=tuple(inputs.samples[place] for place in places),
            pixels=list(inputs.pictures.tensors[places]),
            taps=self._taps.some(places),
        )
        return learnt_from(good, range(len(places)), inputs.bank_size, inputs.seed + number)

    def _half(self, fold: Sequence[int], lot: Sequence[int], number: int) -> _Half:
        """With the network as it was just fitted to a lot: what is said of the fold."""
        pictures, maps = self._inputs.pictures, self._maps
        memory = self._memory(lot, number)
        good = [place for place in fold if not pictures.is_defect[place]]
        rng = np.random.Generator(np.random.PCG64([self._inputs.seed, number]))
        painted = painted_lot(pictures.tensors[good], N_PAINTED // N_FOLDS, rng)
        image, log_painted = _NONE, _NONE
        if len(painted.tensors):
            image = self._fitter.seen(low_batches(*self._low.maps(painted.tensors))).image
            log_painted, _ = evidence_of(self._tapper.taps(painted.tensors), memory)
        places = list(fold)
        log_scores, heat = evidence_of(self._taps.some(places), memory)
        low = low_batches(maps.stride_4[0, places], maps.stride_8[0, places])
        seen = self._fitter.seen(low)
        return _Half(
            network=self._fitter.arrays(),
            memory=memory,
            seen=seen,
            log_scores=log_scores,
            heat_peaks=heat.max(axis=(1, 2)),
            unexplained=unexplained_in(heat, seen.mask),
            painted=painted,
            painted_image=image,
            painted_log_scores=log_painted,
        )

    def _heat_limit(self, halves: Sequence[_Half], places: Sequence[int]) -> float:
        """What of the memory's heat is usual: on good pictures, and far from outlined defects."""
        pictures = self._inputs.pictures
        is_defect = pictures.is_defect[list(places)]
        peaks = np.concatenate([half.heat_peaks for half in halves])[~is_defect]
        limit = log_normal_limit(peaks.astype(np.float64), _RARELY)
        beside = np.concatenate([half.unexplained for half in halves])
        beside = beside[is_defect & pictures.is_outlined[list(places)]]
        if not len(beside):
            return limit
        return max(limit, float(np.quantile(beside, _USUALLY_EXPLAINED)))

    def _joined(
        self,
        folds: Sequence[Sequence[int]],
        halves: Sequence[_Half],
        network: Mapping[str, Floats],
        memory: Memory,
        *,
        is_complete: bool = True,
    ) -> MarkedOutcome:
        """The outcome with this network and memory, by what the halves say of unseen pictures."""
        tf, pictures = tensorflow(), self._inputs.pictures
        places = [place for fold in folds[: len(halves)] for place in fold]
        image = np.concatenate([half.seen.image for half in halves])
        memory_says = np.concatenate([half.log_scores for half in halves])
        combination = combination_of(image, memory_says, pictures.is_defect[places])
        heat_limit = self._heat_limit(halves, places)
        outlined = pictures.is_outlined[places]
        masks = np.concatenate([half.seen.mask for half in halves])[outlined]
        painted = [
            scored(
                half.painted,
                combination.chance(tf, half.painted_image, half.painted_log_scores).numpy(),
            )
            for half in halves
        ]
        return MarkedOutcome(
            network=network,
            memory=replace(memory, heat_limit=np.array(heat_limit, np.float32)),
            combination=combination,
            judged=tuple(places),
            chances=combination.chance(tf, image, memory_says).numpy(),
            painted=joined(painted),
            region_level=best_region_level(masks, self._maps.covers[0, places][outlined])
            if (pictures.is_outlined & pictures.is_defect).any()
            else 1.0,
            is_complete=is_complete,
        )
