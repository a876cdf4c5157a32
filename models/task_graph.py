"""Runs the graph of a task on many pictures, in TensorFlow."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BATCH = 16  # pictures in one run; more does not make the processor faster


def run_graph(function: Any, tensors: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """All outputs of a task's graph for many pictures, by name."""
    pieces = [function(batch) for batch in in_batches(tensors)]
    return {name: np.concatenate([piece[name].numpy() for piece in pieces]) for name in pieces[0]}


def in_batches(pictures: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """The pictures in their order, some at a time."""
    for start in range(0, len(pictures), _BATCH):
        yield pictures[start : start + _BATCH]
