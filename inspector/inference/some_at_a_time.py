"""Runs a graph on many pictures or tiles, so many in each run."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from inspector.errors import InferenceError

Outputs = Mapping[str, NDArray[np.float32]]
Run = Callable[[NDArray[np.uint8]], Outputs]


def some_at_a_time(
    run: Run, tensors: NDArray[np.uint8], batch: int
) -> dict[str, NDArray[np.float32]]:
    """All outputs of `run`, by name, with `batch` of the tensors in each run, in the last fewer.

    Raises:
        InferenceError: What one run gives does not go together with what another gave.
    """
    pieces = [run(tensors[start : start + batch]) for start in range(0, len(tensors), batch)]
    try:
        return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    except ValueError as error:
        raise InferenceError(f"the outputs of several runs do not go together: {error}") from error
