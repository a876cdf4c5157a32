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
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inspector.clock import Clock
from models.backbones.weights import Weights
from models.dataset.painted_lot import PaintedLot, painted_lot
from models.dataset.pictures import first_tiles, worst_tiles
from models.dataset.sample import Sample
from models.dataset.splits import fold_places
from models.graphs.training_library import tensorflow
from models.marked.combining import Combination, best_region_level, combination_of, faint_level_of
from models.marked.fitting import MarkedFitter, MarkedSettings, n_batches_for
from models.marked.maps import cells_of, low_batches, varied_maps
from models.marked.network import LOW_STRIDES
from models.marked.pictures import MarkedPictures
from models.marked.tiles import judged_pictures
from models.marked.unexplained import unexplained_in, unexplained_on
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
MAX_JUDGED = 3000  # tiles, which takes some minutes; of pictures that are whole all are judged
_RARELY = 0.001  # of good pictures: so many exceed the limit of the memory's heat
_BLOCK = 256  # tensors, whose maps are in memory at once
_USUALLY_EXPLAINED = 0.95  # of outlined defects, beside which nothing else is wrong
_log = logging.getLogger(__name__)

Floats = NDArray[np.float32]
_NONE = np.empty(0, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarkedInputs:
    """What there is to learn from.

    Attributes:
        samples: Of each picture; they show at least `N_FOLDS` parts with defects.
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
        faint_level: Most good parts have no pixel above it; at most the region's.
        is_complete: False when a person ended it early.
    """

    network: Mapping[str, Floats]
    memory: Memory
    combination: Combination
    judged: tuple[int, ...]
    chances: Floats
    painted: PaintedScores
    region_level: float
    faint_level: float
    is_complete: bool


class _Said(NamedTuple):
    """What a network and a memory say of N tensors of P pictures.

    Attributes:
        image, log_scores, heat_peaks: (N,).
        masks: (N, h, w), logits at stride 4.
        unexplained: (P,).
    """

    image: Floats
    masks: Floats
    log_scores: Floats
    heat_peaks: Floats
    unexplained: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Half:
    """A network and a memory, and what they say of pictures whose parts they never saw.

    Attributes:
        places: Of the tensors that these pictures are made of, picture by picture.
        painted: Good ones of them, spoiled.
        painted_image, painted_log_scores: What both say of those.
    """

    network: Mapping[str, Floats]
    memory: Memory
    places: NDArray[np.intp]
    said: _Said
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
        self._is_defect = np.array([not one.is_good for one in inputs.samples])[pictures.pictures]
        self._tapper = Tapper(inputs.weights, strides_for(pictures.tensors.shape[1:3]))
        self._low = LowMapper(inputs.weights, LOW_STRIDES)
        self._taps = self._tapper.taps(pictures.learnt_of(pictures.tensors))
        self._maps = varied_maps(self._low, pictures, inputs.augmentation, inputs.kept_maps)
        self._fitter = MarkedFitter(
            self._maps,
            pictures.learnt_of(pictures.kinds),
            pictures.learnt_of(pictures.is_outlined),
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
            [n_batches_for(len(self._learnt_of(lot))) for lot in (*lots, every)],
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
                return self._joined(halves, self._fitter.arrays(), memory)
        except KeyboardInterrupt:
            if not halves:
                raise
        first = halves[0]
        return self._joined([first], first.network, first.memory, is_complete=False)

    def _fit(self, lot: Sequence[int], number: int, workload: Workload) -> bool:
        checkpoint = Checkpoint(
            self._inputs.folder / f"network-{number}", f"{self._inputs.identity} {number}"
        )
        return self._fitter.fit(self._learnt_of(lot).tolist(), checkpoint, workload)

    def _learnt_of(self, lot: Sequence[int]) -> NDArray[np.intp]:
        """Of pictures: the places, among the tensors that are learnt from, of theirs."""
        pictures = self._inputs.pictures
        return np.flatnonzero(np.isin(pictures.pictures[pictures.learnt], lot))

    def _memory(self, lot: Sequence[int], number: int) -> Memory:
        inputs, pictures = self._inputs, self._inputs.pictures
        learnt = self._learnt_of([place for place in lot if inputs.samples[place].is_good])
        places = pictures.learnt[learnt]
        good = GoodPictures(
            samples=tuple(
                replace(inputs.samples[pictures.pictures[place]], name=str(place))
                for place in places
            ),
            pixels=list(pictures.tensors[places]),
            taps=self._taps.some(learnt.tolist()),
        )
        return learnt_from(good, range(len(places)), inputs.bank_size, inputs.seed + number)

    def _half(self, fold: Sequence[int], lot: Sequence[int], number: int) -> _Half:
        """With the network as it was just fitted to a lot: what is said of the fold."""
        pictures = self._inputs.pictures
        memory = self._memory(lot, number)
        blocks = self._blocks(self._judged_of(fold))
        places = np.concatenate(blocks)
        good = places[~self._is_defect[places]]
        rng = np.random.Generator(np.random.PCG64([self._inputs.seed, number]))
        painted = painted_lot(pictures.tensors[good], N_PAINTED // N_FOLDS, rng)
        image, log_painted = _NONE, _NONE
        if len(painted.tensors):
            image = self._fitter.seen(low_batches(*self._low.maps(painted.tensors))).image
            log_painted, _ = evidence_of(self._tapper.taps(painted.tensors), memory)
        return _Half(
            network=self._fitter.arrays(),
            memory=memory,
            places=places,
            said=_together([self._said(some, memory) for some in blocks]),
            painted=painted,
            painted_image=image,
            painted_log_scores=log_painted,
        )

    def _judged_of(self, fold: Sequence[int]) -> list[int]:
        """Pictures of a fold: all, or some where their tiles are too many."""
        pictures, samples = self._inputs.pictures.pictures, self._inputs.samples
        n_tiles = int(np.isin(pictures, fold).sum())
        if n_tiles == len(fold):
            return list(fold)
        at_most = len(fold) * (MAX_JUDGED // N_FOLDS) // n_tiles
        is_good = [samples[place].is_good for place in fold]
        return [fold[place] for place in judged_pictures(is_good, at_most, self._inputs.seed)]

    def _blocks(self, judged: Sequence[int]) -> list[NDArray[np.intp]]:
        """The places of all tensors of these pictures, so many at a time as memory has room for.

        The tiles of one picture stay together.
        """
        of = self._inputs.pictures.pictures
        n_each = max(1, _BLOCK * len(self._inputs.samples) // len(of))
        return [
            np.concatenate([np.flatnonzero(of == one) for one in judged[start : start + n_each]])
            for start in range(0, len(judged), n_each)
        ]

    def _said(self, places: NDArray[np.intp], memory: Memory) -> _Said:
        """What the network as it is now and a memory say of some tensors."""
        pictures, maps = self._inputs.pictures, self._maps
        if pictures.are_all_learnt:  # then their maps are there already
            taps = self._taps.some(places.tolist())
            low = low_batches(maps.stride_4[0, places], maps.stride_8[0, places])
        else:
            tensors = pictures.tensors[places]
            taps, low = self._tapper.taps(tensors), low_batches(*self._low.maps(tensors))
        log_scores, heat = evidence_of(taps, memory)
        seen = self._fitter.seen(low)
        beside = (
            unexplained_on(
                heat,
                seen.mask,
                [pictures.places[place] for place in places],
                pictures.pictures[places],
            )
            if pictures.places
            else unexplained_in(heat, seen.mask)
        )
        return _Said(
            image=seen.image,
            masks=seen.mask,
            log_scores=log_scores,
            heat_peaks=heat.max(axis=(1, 2)),
            unexplained=beside,
        )

    def _heat_limit(self, said: _Said, places: NDArray[np.intp]) -> float:
        """What of the memory's heat is usual: on good pictures, and far from outlined defects."""
        pictures, of = self._inputs.pictures, self._inputs.pictures.pictures[places]
        is_defect, is_outlined = self._is_defect[places], pictures.is_outlined[places]
        usual = worst_tiles(said.heat_peaks[~is_defect], of[~is_defect])
        limit = log_normal_limit(usual.astype(np.float64), _RARELY)
        is_known = worst_tiles(is_defect & is_outlined, of)
        if not is_known.any():
            return limit
        return max(limit, float(np.quantile(said.unexplained[is_known], _USUALLY_EXPLAINED)))

    def _joined(
        self,
        halves: Sequence[_Half],
        network: Mapping[str, Floats],
        memory: Memory,
        *,
        is_complete: bool = True,
    ) -> MarkedOutcome:
        """The outcome with this network and memory, by what the halves say of unseen pictures."""
        tf, pictures = tensorflow(), self._inputs.pictures
        places = np.concatenate([half.places for half in halves])
        of = pictures.pictures[places]
        said = _together([half.said for half in halves])
        is_defect, outlined = self._is_defect[places], pictures.is_outlined[places]
        combination = combination_of(said.image, said.log_scores, of, is_defect)
        heat_limit = self._heat_limit(said, places)
        region_level = faint_level = 1.0  # of the memory's heat
        if (pictures.is_outlined & self._is_defect).any():
            covers, _ = cells_of(pictures.label_maps[places[outlined]])
            region_level = best_region_level(said.masks[outlined], covers)
            faint_level = min(region_level, faint_level_of(said.masks, is_defect, of))
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
            judged=tuple(of[first_tiles(of)].tolist()),
            chances=worst_tiles(combination.chance(tf, said.image, said.log_scores).numpy(), of),
            painted=joined(painted),
            region_level=region_level,
            faint_level=faint_level,
            is_complete=is_complete,
        )


def _together(pieces: Sequence[_Said]) -> _Said:
    return _Said(*(np.concatenate(column) for column in zip(*pieces, strict=True)))
