"""What the memory of good parts sees where no defect that was marked explains it.

A recipe may tolerate a kind of defect. A defect that nobody has marked yet must not be excused
along with it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.flow import TilePlace
from inspector.inference.unexplained import EXPLAINED_WITHIN_PX, unexplained_in_tiles
from models.dataset.pictures import first_tiles
from models.graphs.running import in_batches
from models.graphs.training_library import tensorflow
from models.marked.network import MASK_STRIDE
from models.memory import judging
from models.memory.memory import Floats

_REACH = 1 + 2 * EXPLAINED_WITHIN_PX // MASK_STRIDE  # cells, from one side to the other


def unexplained(tf: Any, mask: Any, heat: Any) -> Any:
    """(N,): the most heat that lies far from every marked defect.

    Args:
        mask: (N, h, w) chances of a marked defect, at stride 4.
        heat: (N, h, w) of the memory.
    """
    near = tf.nn.max_pool2d(mask[..., None], _REACH, 1, "SAME")[..., 0]
    return tf.reduce_max(heat * (1.0 - near), (1, 2))


def unexplained_in(heat: Floats, logits: Floats) -> Floats:
    """The same for pictures of which memory and network were asked before; (N,).

    Args:
        heat: (N, rows, columns), on the memory's own grid.
        logits: (N, h, w), of the mask at stride 4.
    """
    tf = tensorflow()
    values = [
        unexplained(tf, tf.sigmoid(said), enlarged).numpy()
        for said, enlarged in _enlarged_to(heat, logits)
    ]
    return np.concatenate(values)


def unexplained_on(
    heat: Floats, logits: Floats, places: Sequence[TilePlace], pictures: NDArray[np.intp]
) -> Floats:
    """The same for pictures in tiles, as the line sees them; (P,).

    Args:
        heat, logits: Of N tiles.
        places: N, where they lie.
        pictures: (N,), which picture each is of; those of one behind each other.
    """
    tf = tensorflow()
    maps = [(tf.sigmoid(said).numpy(), warm.numpy()) for said, warm in _enlarged_to(heat, logits)]
    masks, warmth = (np.concatenate(column) for column in zip(*maps, strict=True))
    starts = first_tiles(pictures).tolist()
    ends = [*starts[1:], len(pictures)]
    values = [
        unexplained_in_tiles(
            warmth[start:end], masks[start:end], tuple(places[start:end]), MASK_STRIDE
        )
        for start, end in zip(starts, ends, strict=True)
    ]
    return np.array(values, np.float32)


def _enlarged_to(heat: Floats, logits: Floats) -> Iterator[tuple[Floats, Any]]:
    """Some masks at a time, and the heat on their grid."""
    for some, said in zip(in_batches(heat), in_batches(logits), strict=True):
        yield said, judging.enlarged(tensorflow(), some, said.shape[1:])
