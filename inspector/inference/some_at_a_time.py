"""Runs a graph on many pictures or tiles, so many in each run."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Outputs = Mapping[str, NDArray[np.float32]]
Run = Callable[[NDArray[np.uint8]], Outputs]


def some_at_a_time(
    run: Run, tensors: NDArray[np.uint8], batch: int
) -> dict[str, NDArray[np.float32]]:
    """All outputs of `run`, by name, with `batch` of the tensors in each run, in the last fewer."""
    pieces = [run(tensors[start : start + batch]) for start in range(0, len(tensors), batch)]
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
