"""The maps of the backbone's first layers, which no training changes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.backbones.weights import Weights
from models.graphs.running import in_batches
from models.graphs.training_library import tensorflow

LOW_CHANNELS = {4: 24, 8: 40}  # by stride


class LowMapper:
    """Runs the backbone up to the last of some strides; its first run takes seconds."""

    def __init__(self, weights: Weights, strides: tuple[int, ...]) -> None:
        from models.backbones.efficientnet_lite0 import trunk

        tf = tensorflow()
        low = trunk(weights, strides)

        def run(pixels: Any) -> list[Any]:
            maps = low(tf.cast(pixels, tf.float32))
            return list(maps) if len(strides) > 1 else [maps]

        self._run = tf.function(run, reduce_retracing=True)

    def maps(self, tensors: NDArray[np.uint8]) -> tuple[NDArray[np.float16], ...]:
        """Of uint8 (N, H, W, 3) pictures, N at least 1: float16 (N, h, w, channels) per stride."""
        pieces = [
            [each.numpy().astype(np.float16) for each in self._run(batch)]
            for batch in in_batches(tensors)
        ]
        return tuple(np.concatenate(column) for column in zip(*pieces, strict=True))
