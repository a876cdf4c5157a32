"""Learns a memory from pictures of good parts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.graphs.resampling import smoothing_matrix
from models.graphs.training_library import tensorflow
from models.memory import judging
from models.memory.coreset import greedy_coreset
from models.memory.memory import Bank, Floats, Memory, plain_bank
from models.memory.taps import Taps

BANK_SIZE = 2000
_SIZE_SHARES = (1.0, 1.0, 0.5)  # of it, by bank: there are few of the coarsest patches
MAX_PATCHES = 60_000  # a coreset is chosen among these: 80 MB at most; more changes no figure
USUAL_AT_SMOOTHING = 1.0  # cells, standard deviation
# Where good parts hardly differ, a usual distance near 0 would turn sensor noise into an alarm.
LEAST_USUAL_SHARE = 0.5
_LEAST_USUAL = 1e-3  # where they do not differ at all
_WHITENING_FLOOR = 0.1  # of the mean variance
_WHITENING_POWER = -0.25  # half of what makes all variances equal
_PRIOR_PATCHES = 8.0  # an entry that few were nearest to is taken to be as usual as all
_LEAST_DRIFT = 1e-4  # of mean descriptions, each of length 1; below, it is rounding
_PRIOR_PICTURES = 5.0  # a drift that few pictures show is taken for chance


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sample:
    """Of the pictures that are remembered.

    Attributes:
        grids: Some descriptions of each grid, (patches, D), the finest first.
        means: Each picture's mean coarse description, (N, D).
    """

    grids: tuple[Floats, ...]
    means: Floats


def learn_memory(
    remembered: Taps, others: Taps, bank_size: int, rng: np.random.Generator
) -> Memory:
    """Remember some pictures of good parts, and learn from others what is usual.

    Args:
        remembered: The banks are chosen from these.
        others: Of parts that are not among them.
        bank_size: Patches in each bank; half as many in the coarsest.
    """
    sample = _sampled(remembered, rng)
    mixing, shift = _half_whitening(sample.grids[0])
    patches = (sample.grids[0] @ mixing + shift, *sample.grids[1:])
    banks = [
        _bank(each, max(1, round(share * bank_size)), rng)
        for each, share in zip(patches, _SIZE_SHARES, strict=False)
    ]
    banks[0] = replace(banks[0], mixing=mixing, shift=banks[0].shift + shift)
    usual = [_with_usual(bank, others, index) for index, bank in enumerate(banks)]
    mean, axis = _main_drift(sample.means)
    tf = tensorflow()
    values = judging.terms(tf, [maps for _, maps in usual]).numpy()
    drifts = np.concatenate(
        [judging.drift_of(tf, each[1], mean, axis).numpy() for each in _described(others)]
    )
    drift = (drifts * (values - values.mean(axis=0))).sum(axis=0)
    drift = drift / ((drifts**2).sum() + _PRIOR_PICTURES)
    return Memory(
        banks=tuple(bank for bank, _ in usual),
        mean=mean,
        axis=axis,
        drift=drift.astype(np.float32),
        medians=np.median(values - drifts * drift, axis=0).astype(np.float32),
        log_limit=np.array(0.0, np.float32),
        heat_limit=np.array(1.0, np.float32),
    )


def judged(pictures: Taps, memory: Memory) -> tuple[Floats, Floats]:
    """Score, and the peak of the heat map's grid, of each picture; both (N,).

    Enlarging the map moves no peak by much, and costs the most.
    """
    log_scores, heat = evidence_of(pictures, memory)
    return np.exp(log_scores), heat.max(axis=(1, 2))


def evidence_of(pictures: Taps, memory: Memory) -> tuple[Floats, Floats]:
    """The logarithm of the score (N,) and the heat (N, rows, columns); see `judging.Evidence`."""
    tf = tensorflow()
    found = [judging.evidence(tf, taps, memory) for taps in pictures.batches()]
    log_scores = np.concatenate([each.log_score.numpy() for each in found])
    return log_scores, np.concatenate([each.heat.numpy() for each in found])


def along_main_drift(pictures: Taps) -> Floats:
    """Where each picture's mean description lies in the direction in which they differ most."""
    means = np.concatenate([each[1].mean(axis=(1, 2)) for each in _described(pictures)])
    mean, axis = _main_drift(means)
    along: Floats = (means - mean) @ axis
    return along


def _described(pictures: Taps) -> Iterator[tuple[Floats, ...]]:
    tf = tensorflow()
    for taps in pictures.batches():
        yield tuple(each.numpy() for each in judging.descriptions(tf, taps))


def _sampled(pictures: Taps, rng: np.random.Generator) -> _Sample:
    """Up to `MAX_PATCHES` patches of each grid, equally many from each picture."""
    quota = max(1, MAX_PATCHES // len(pictures))
    taken: tuple[list[Floats], ...] = tuple([] for _ in pictures.maps)
    means: list[Floats] = []
    for grids in _described(pictures):
        means.append(grids[1].mean(axis=(1, 2)))
        for pieces, described in zip(taken, grids, strict=True):
            for patches in described.reshape(len(described), -1, described.shape[-1]):
                count = min(len(patches), quota)
                pieces.append(patches[np.sort(rng.choice(len(patches), count, replace=False))])
    return _Sample(grids=tuple(map(np.concatenate, taken)), means=np.concatenate(means))


def _half_whitening(patches: Floats) -> tuple[Floats, Floats]:
    """Directions in which good patches differ little count more, but not as much as if whitened."""
    mean = patches.mean(axis=0, dtype=np.float64)
    variances, directions = np.linalg.eigh(np.cov(patches - mean, rowvar=False))
    floor = _WHITENING_FLOOR * variances.mean()
    mixing = directions * (np.maximum(variances, 0.0) + floor) ** _WHITENING_POWER
    return mixing.astype(np.float32), (-mean @ mixing).astype(np.float32)


def _bank(patches: Floats, size: int, rng: np.random.Generator) -> Bank:
    """A coreset, in which nothing is usual yet.

    Moved to the middle of the patches, so that expanded squares do not lose their digits.
    """
    centre = patches.mean(axis=0)
    patches = patches - centre
    entries = patches[greedy_coreset(patches, size, rng)]
    return plain_bank(entries, -centre)


def _with_usual(bank: Bank, pictures: Taps, index: int) -> tuple[Bank, Floats]:
    """The bank with what is usual on these pictures, and their maps over all of it.

    Args:
        index: Of the bank among all.
    """
    tf = tensorflow()
    bank = replace(bank, usual=_usual_of_entries(bank, pictures, index))
    local = np.concatenate(
        [judging.over_usual(tf, grids[index], bank).numpy() for grids in _described(pictures)]
    )
    usual_at = usual_at_places(local)
    maps = local / usual_at
    peak = np.array(np.median(maps.max(axis=(1, 2))), np.float32)
    return replace(bank, usual_at=usual_at, peak=peak), (maps / peak).astype(np.float32)


def _usual_of_entries(bank: Bank, pictures: Taps, index: int) -> Floats:
    """The mean distance of what was nearest to each entry, drawn towards the mean of all."""
    tf = tensorflow()
    sums, counts = np.zeros(len(bank.entries)), np.zeros(len(bank.entries))
    for grids in _described(pictures):
        patches = judging.patches_of(tf, grids[index], bank).numpy()
        entry, distance = _nearest(patches, bank.entries)
        sums += np.bincount(entry, weights=distance, minlength=len(sums))
        counts += np.bincount(entry, minlength=len(counts))
    overall = sums.sum() / counts.sum()
    usual = (sums + _PRIOR_PATCHES * overall) / (counts + _PRIOR_PATCHES)
    floor = max(LEAST_USUAL_SHARE * overall, _LEAST_USUAL)
    floored: Floats = np.maximum(usual, floor).astype(np.float32)
    return floored


def _nearest(patches: Floats, entries: Floats) -> tuple[NDArray[np.intp], Floats]:
    """The entry that is nearest to each patch, and how far it is."""
    squares = (entries * entries).sum(axis=1)
    entry = (squares - 2.0 * (patches @ entries.T)).argmin(axis=1)
    apart = patches - entries[entry]  # the difference of large squares would lose digits
    return entry, np.sqrt((apart * apart).sum(axis=1))


def usual_at_places(maps: Floats) -> Floats:
    """The smoothed mean of maps (N, h, w), with a floor."""
    smooth_y, smooth_x = (smoothing_matrix(side, USUAL_AT_SMOOTHING) for side in maps.shape[1:])
    mean = smooth_y @ maps.mean(axis=0) @ smooth_x.T
    floor = LEAST_USUAL_SHARE * float(np.median(mean))
    floored: Floats = np.maximum(mean, floor).astype(np.float32)
    return floored


def _main_drift(means: Floats) -> tuple[Floats, Floats]:
    """The mean of pictures' mean descriptions, and their main direction over its deviation."""
    mean = means.mean(axis=0, dtype=np.float64)
    _, sizes, directions = np.linalg.svd(means - mean, full_matrices=False)
    deviation = sizes[0] / np.sqrt(len(means))
    axis = directions[0] / deviation if deviation > _LEAST_DRIFT else np.zeros(len(mean))
    axis = axis * (np.sign(axis[np.abs(axis).argmax()]) or 1.0)  # a direction has no sign itself
    return mean.astype(np.float32), axis.astype(np.float32)
