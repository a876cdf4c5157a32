"""Smoothing and enlarging as small matrices, one product for each axis of a map.

Two small products are exact in every runtime; their own resizing operators differ in detail.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def smoothing_matrix(length: int, sigma: float) -> Floats:
    """(n, n): a Gaussian along one axis, the border repeated; two products smooth a map."""
    reach = int(3 * sigma + 0.5)
    kernel = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    kernel /= kernel.sum()
    matrix = np.zeros((length, length))
    for row in range(length):
        for offset, weight in zip(range(-reach, reach + 1), kernel, strict=True):
            matrix[row, min(max(row + offset, 0), length - 1)] += weight
    return matrix.astype(np.float32)


def enlarging_matrix(source: int, target: int) -> Floats:
    """(target, source): linear interpolation along one axis, pixel centres at half pixels."""
    at = np.clip((np.arange(target) + 0.5) * source / target - 0.5, 0, source - 1)
    low = np.minimum(np.floor(at).astype(int), max(source - 2, 0))
    share = at - low
    matrix = np.zeros((target, source))
    matrix[np.arange(target), low] += 1 - share
    matrix[np.arange(target), np.minimum(low + 1, source - 1)] += share
    return matrix.astype(np.float32)
