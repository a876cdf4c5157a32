"""From the backbone's maps to score and heat map, in TensorFlow: the same in training and graph.

Patches are described by a network that was trained on everyday photographs, and compared with those
of good parts (K. Roth et al., "Towards Total Recall in Industrial Anomaly Detection", 2022). A
distance counts by what is usual around the remembered patch, and by what is usual at its place. Of
the map of small places the largest values count, and of those of larger ones a broad mean: so both
a scratch and a wrong surface score. How a picture's mean description drifts with light and content
is taken out of all.

Every function takes `tf`, the TensorFlow module; maps are (N, rows, columns), of tensors or arrays.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from models.graphs.resampling import enlarging_matrix, smoothing_matrix
from models.memory.memory import Bank, Floats, Memory

SMALL_SHARE = 0.006  # of the fine grid: the cells that the first term is the mean of
BROAD_SHARE = 0.2  # of the coarse grid, of the second; of the coarsest, of the third
# The third sees much of the part at once: what is missing or wrong as a whole. It tells less of
# what is small, and by half of its logarithm it decides only where it is sure.
WEIGHTS = (1.0, 1.0, 0.5)  # of the terms
HEAT_SMOOTHING = 1.0  # cells of the coarse grid, standard deviation
LARGEST_DRIFT = 2.5  # standard deviations; what lies beyond is not explained by it
_LEAST_SQUARED = 0.0025  # of the usual distance; below, the square root would magnify rounding
_LEAST_SQUARED_NORM = 1e-12


def descriptions(tf: Any, taps: Sequence[Any]) -> tuple[Any, ...]:
    """Fine (N, h, w, D) and coarse (N, h / 2, w / 2, D) ones, each of the first two taps.

    And of a third tap the coarsest (N, h / 4, w / 4, E). Each tap is brought to unit length, so
    that both count alike; but for the fine ones after a mean over 3 x 3 cells.
    """
    stride_8, stride_16 = taps[:2]
    rows, columns = stride_8.shape[1:3]
    enlarged = tf.image.resize(stride_16, (rows, columns))
    fine = tf.concat([_unit(tf, stride_8), _unit(tf, enlarged)], -1)
    pooled = [tf.nn.avg_pool2d(maps, 3, 1, "SAME") for maps in taps]
    smaller = tf.nn.avg_pool2d(pooled[0], 2, 2, "VALID")
    coarse = tf.concat([_unit(tf, smaller), _unit(tf, pooled[1])], -1)
    return fine, coarse, *(_unit(tf, each) for each in pooled[2:])


def patches_of(tf: Any, described: Any, bank: Bank) -> Any:
    """Descriptions (N, h, w, D) as the bank's entries are: (N * h * w, D)."""
    patches = tf.reshape(described, (-1, described.shape[-1]))
    return (tf.matmul(patches, bank.mixing) if len(bank.mixing) else patches) + bank.shift


def over_usual(tf: Any, described: Any, bank: Bank) -> Any:
    """(N, h, w): the least distance to any entry, each over what is usual around that entry.

    |x - b|² / u² = |x|² / u² - 2 x·b / u² + |b|² / u²: one product for all entries. The least of
    these is a continuous function of the picture. What is usual around the nearest entry alone
    would jump where two are equally near, and two runtimes would then disagree.
    """
    patches = patches_of(tf, described, bank)
    squares = tf.reduce_sum(patches * patches, -1, keepdims=True)
    factors, constants = _factors(bank)
    products = tf.matmul(tf.concat([patches, squares], -1), factors)
    least = tf.reduce_min(products + constants, -1)
    distance = tf.sqrt(tf.maximum(least, _LEAST_SQUARED))
    return tf.reshape(distance, (-1, *described.shape[1:3]))


def terms(tf: Any, maps: Sequence[Any]) -> Any:
    """(N, T): logarithms of what stands out at small places, and of what is wrong broadly.

    Args:
        maps: Of each bank, over what is usual at their places, with a usual peak of 1.
    """
    fine, *larger = maps
    enlarged = _resampled(tf, larger[0], fine.shape[1:], enlarging_matrix)
    both = (2.0 * fine + enlarged) / 3.0
    return tf.concat(
        [_top(tf, both, SMALL_SHARE), *(_top(tf, each, BROAD_SHARE) for each in larger)], -1
    )


def drift_of(tf: Any, coarse: Any, mean: Any, axis: Any) -> Any:
    """(N, 1): how many deviations a picture's mean description lies along the axis."""
    lies_at = tf.matmul(tf.reduce_mean(coarse, (1, 2)) - mean, axis[:, None])
    return tf.clip_by_value(lies_at, -LARGEST_DRIFT, LARGEST_DRIFT)


def heat_grid(tf: Any, coarse_map: Any) -> Any:
    """The coarse map that people are shown: smoothed, and not over what is usual at its places."""
    return _resampled(tf, coarse_map, coarse_map.shape[1:], _smoothing)


def judge(tf: Any, taps: Sequence[Any], memory: Memory, size_px: tuple[int, int]) -> dict[str, Any]:
    """Score (N,) and heat map (N, H, W); at 1 parts are rejected, and places shown.

    Args:
        taps: The backbone's maps, one for each bank.
        size_px: (H, W) of the heat map; that of the network's input.
    """
    found = evidence(tf, taps, memory)
    return {"score": tf.exp(found.log_score), "heatmap": enlarged(tf, found.heat, size_px)}


class Evidence(NamedTuple):
    """What a memory makes of pictures.

    Attributes:
        log_score: (N,), the logarithm of the score.
        heat: (N, rows, columns), the heat map on its own grid.
    """

    log_score: Any
    heat: Any


def evidence(tf: Any, taps: Sequence[Any], memory: Memory) -> Evidence:
    """Of the backbone's maps, one for each bank."""
    described = descriptions(tf, taps)
    local = _distances(tf, described, memory)
    return Evidence(
        log_score=_worst(tf, described, local, memory),
        heat=heat_grid(tf, local[1]) * np.float32(1.0 / memory.heat_limit),
    )


def enlarged(tf: Any, maps: Any, size_px: tuple[int, int]) -> Any:
    """Maps (N, rows, columns) as (N, H, W), linear between the cells' centres."""
    return _resampled(tf, maps, size_px, enlarging_matrix)


def _distances(tf: Any, described: Sequence[Any], memory: Memory) -> list[Any]:
    """The map of each bank."""
    pairs = zip(described, memory.banks, strict=True)
    return [over_usual(tf, each, bank) for each, bank in pairs]


def _worst(tf: Any, described: Sequence[Any], local: Sequence[Any], memory: Memory) -> Any:
    """(N,): by how much the term that stands out most does so, over the limit."""
    banks = memory.banks
    maps = [
        each * (1.0 / (bank.usual_at * bank.peak)).astype(np.float32)
        for each, bank in zip(local, banks, strict=True)
    ]
    drift = drift_of(tf, described[1], memory.mean, memory.axis)
    weights = np.array(WEIGHTS[: len(banks)], np.float32)
    unusual = (terms(tf, maps) - drift * memory.drift - memory.medians) * weights
    return tf.reduce_max(unusual, -1) - memory.log_limit


def _factors(bank: Bank) -> tuple[Floats, Floats]:
    """(D + 1, K) for a patch and its square, and (K,) to be added."""
    entries, over = bank.entries.astype(np.float64).T, bank.usual.astype(np.float64) ** -2
    factors = np.concatenate([-2.0 * entries * over, over[None]])
    return factors.astype(np.float32), ((entries**2).sum(axis=0) * over).astype(np.float32)


def _unit(tf: Any, features: Any) -> Any:
    squared_norm = tf.reduce_sum(features * features, -1, keepdims=True)
    return features * tf.math.rsqrt(tf.maximum(squared_norm, _LEAST_SQUARED_NORM))


def _top(tf: Any, maps: Any, share: float) -> Any:
    """(N, 1): the logarithm of the mean over the largest cells of each map."""
    n_cells = maps.shape[1] * maps.shape[2]
    values = tf.reshape(maps, (-1, n_cells))
    largest, _ = tf.math.top_k(values, max(1, round(share * n_cells)), sorted=False)
    return tf.math.log(tf.reduce_mean(largest, -1, keepdims=True))


def _resampled(tf: Any, maps: Any, size: Any, matrix: Any) -> Any:
    rows, columns = maps.shape[1:]
    return tf.matmul(tf.matmul(matrix(rows, size[0]), maps), matrix(columns, size[1]).T.copy())


def _smoothing(length: int, _target: int) -> Floats:
    return smoothing_matrix(length, HEAT_SMOOTHING)
