"""Pictures go through a graph in runs of so many, and come out in their order."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.inference.some_at_a_time import some_at_a_time


@pytest.mark.parametrize(("batch", "sizes"), [(1, [1, 1, 1]), (2, [2, 1]), (8, [3])])
def test_pictures_are_run_some_at_a_time_in_their_order(batch: int, sizes: list[int]) -> None:
    seen = []

    def run(tensor: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        seen.append(len(tensor))
        return {"score": tensor[:, 0, 0, 0].astype(np.float32)}

    tensors = np.arange(3, dtype=np.uint8).reshape(3, 1, 1, 1)
    assert some_at_a_time(run, tensors, batch)["score"].tolist() == [0.0, 1.0, 2.0]
    assert seen == sizes
