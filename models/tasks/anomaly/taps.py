"""The backbone's maps of many pictures: worked out once, used in every fold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.backbones.weights import Weights
from models.graphs.running import in_batches
from models.graphs.training_library import tensorflow

STRIDES = (8, 16)  # of the backbone's maps that describe a patch
N_DIMS = 40 + 112  # channels of both


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Taps:
    """Maps of some pictures, in half precision: 220 kB for one of 320 x 320 px.

    Attributes:
        stride_8, stride_16: float16 (N, h, w, channels).
    """

    stride_8: NDArray[np.float16]
    stride_16: NDArray[np.float16]

    def __len__(self) -> int:
        return len(self.stride_8)

    def some(self, places: Sequence[int]) -> "Taps":
        """Of these pictures, in this order."""
        index = list(places)
        return Taps(stride_8=self.stride_8[index], stride_16=self.stride_16[index])

    @property
    def grids(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """(rows, columns) of both."""
        (_, *fine, _), (_, *coarse, _) = self.stride_8.shape, self.stride_16.shape
        return (fine[0], fine[1]), (coarse[0], coarse[1])

    def batches(self) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Both, some pictures at a time, in their order."""
        pairs = zip(in_batches(self.stride_8), in_batches(self.stride_16), strict=True)
        for eight, sixteen in pairs:
            yield eight.astype(np.float32), sixteen.astype(np.float32)


def joined(pieces: Sequence[Taps]) -> Taps:
    """Several as one."""
    return Taps(
        stride_8=np.concatenate([piece.stride_8 for piece in pieces]),
        stride_16=np.concatenate([piece.stride_16 for piece in pieces]),
    )


def network(weights: Weights) -> Any:
    """The backbone: float pixels 0..255 to both maps."""
    from models.backbones.efficientnet_lite0 import trunk

    return trunk(weights, STRIDES)


class Tapper:
    """Runs the backbone on uint8 (N, H, W, 3) RGB pictures; its first run takes seconds."""

    def __init__(self, weights: Weights) -> None:
        tf = tensorflow()
        backbone = network(weights)
        self._run = tf.function(
            lambda pixels: backbone(tf.cast(pixels, tf.float32)), reduce_retracing=True
        )

    def taps(self, pictures: NDArray[np.uint8]) -> Taps:
        """Their maps; at least one picture."""
        pieces = []
        for batch in in_batches(pictures):
            eight, sixteen = (maps.numpy().astype(np.float16) for maps in self._run(batch))
            pieces.append(Taps(stride_8=eight, stride_16=sixteen))
        return joined(pieces)
