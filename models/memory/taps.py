"""The backbone's maps of many pictures: worked out once, used in every fold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.backbones.weights import Weights
from models.graphs.running import in_batches
from models.graphs.training_library import tensorflow

STRIDES = (8, 16, 32)  # of the backbone's maps that may describe a patch
N_CHANNELS = (40, 112, 320)
# Of the last map, 320 x 320 px give so many: with fewer it told tiles apart worse than the others.
LEAST_COARSEST_CELLS = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Taps:
    """Maps of some pictures, in half precision: 280 kB for one of 320 x 320 px.

    Attributes:
        maps: Of the first two strides, or of all: float16 (N, h, w, channels).
    """

    maps: tuple[NDArray[np.float16], ...]

    def __len__(self) -> int:
        return len(self.maps[0])

    def some(self, places: Sequence[int]) -> "Taps":
        """Of these pictures, in this order."""
        index = list(places)
        return Taps(maps=tuple(values[index] for values in self.maps))

    @property
    def grids(self) -> tuple[tuple[int, int], ...]:
        """(rows, columns) of each."""
        return tuple((values.shape[1], values.shape[2]) for values in self.maps)

    def batches(self) -> Iterator[tuple[NDArray[np.float32], ...]]:
        """All maps of some pictures at a time, in their order."""
        for batch in zip(*map(in_batches, self.maps), strict=True):
            yield tuple(values.astype(np.float32) for values in batch)


def joined(pieces: Sequence[Taps]) -> Taps:
    """Several as one."""
    columns = zip(*(piece.maps for piece in pieces), strict=True)
    return Taps(maps=tuple(np.concatenate(column) for column in columns))


def strides_for(size_px: tuple[int, int]) -> tuple[int, ...]:
    """Those whose maps describe pictures of (height, width) pixels."""
    n_cells = (size_px[0] // STRIDES[-1]) * (size_px[1] // STRIDES[-1])
    return STRIDES if n_cells >= LEAST_COARSEST_CELLS else STRIDES[:-1]


def network(weights: Weights, strides: tuple[int, ...]) -> Any:
    """The backbone: float pixels 0..255 to a map for each stride."""
    from models.backbones.efficientnet_lite0 import trunk

    return trunk(weights, strides)


class Tapper:
    """Runs the backbone on uint8 (N, H, W, 3) RGB pictures; its first run takes seconds."""

    def __init__(self, weights: Weights, strides: tuple[int, ...]) -> None:
        tf = tensorflow()
        backbone = network(weights, strides)
        self._run = tf.function(
            lambda pixels: backbone(tf.cast(pixels, tf.float32)), reduce_retracing=True
        )

    def taps(self, pictures: NDArray[np.uint8]) -> Taps:
        """Their maps; at least one picture."""
        pieces = []
        for batch in in_batches(pictures):
            maps = tuple(values.numpy().astype(np.float16) for values in self._run(batch))
            pieces.append(Taps(maps=maps))
        return joined(pieces)
