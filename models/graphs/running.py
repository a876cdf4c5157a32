"""Runs a graph on many pictures, in TensorFlow or in the line's runtime."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from inspector.inference.some_at_a_time import Run, some_at_a_time

_Sample = TypeVar("_Sample", bound=np.generic)
_BATCH = 16  # pictures in one run; more does not make the processor faster


def run_graph(
    function: Any, tensors: NDArray[np.uint8], names: Sequence[str] | None = None
) -> dict[str, NDArray[np.float32]]:
    """Outputs of a task's graph for many pictures, by name; all where none is named."""
    pieces = []
    for batch in in_batches(tensors):
        given = function(batch)
        pieces.append({name: given[name].numpy() for name in names or given})
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}


def in_batches(pictures: NDArray[_Sample]) -> Iterator[NDArray[_Sample]]:
    """The pictures in their order, some at a time."""
    for start in range(0, len(pictures), _BATCH):
        yield pictures[start : start + _BATCH]


def one_by_one(run: Run, tensors: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """All outputs of `run` for many pictures, by name."""
    return some_at_a_time(run, tensors, 1)
