"""What the memory of good parts sees where no defect that was marked explains it.

A recipe may tolerate a kind of defect. A defect that nobody has marked yet must not be excused
along with it.
"""

from typing import Any

import numpy as np

from models.graphs.running import in_batches
from models.graphs.training_library import tensorflow
from models.memory import judging
from models.memory.memory import Floats

_REACH = 33  # cells of stride 4: a marked defect explains what the memory sees within 64 px


def unexplained(tf: Any, mask: Any, heat: Any) -> Any:
    """(N,): the most heat that lies far from every marked defect.

    Args:
        mask: (N, h, w) chances of a marked defect, at stride 4.
        heat: (N, h, w) of the memory.
    """
    near = tf.nn.max_pool2d(mask[..., None], _REACH, 1, "SAME")[..., 0]
    return tf.reduce_max(heat * (1.0 - near), (1, 2))


def unexplained_in(heat: Floats, logits: Floats, *, are_tiles: bool) -> Floats:
    """The same for pictures of which memory and network were asked before; (N,).

    Args:
        heat: (N, rows, columns), on the memory's own grid.
        logits: (N, h, w), of the mask at stride 4.
        are_tiles: Then a mark beyond the border may explain what lies near it, so that it says
            nothing of what is usual.
    """
    margin = _REACH // 2 if are_tiles else 0
    rows, columns = (slice(margin, max(margin, side - margin)) for side in logits.shape[1:])
    is_inside = np.zeros((1, *logits.shape[1:]), np.float32)
    is_inside[:, rows, columns] = 1
    tf = tensorflow()
    values = []
    for some, said in zip(in_batches(heat), in_batches(logits), strict=True):
        enlarged = judging.enlarged(tf, some, said.shape[1:])
        values.append(unexplained(tf, tf.sigmoid(said), enlarged * is_inside).numpy())
    return np.concatenate(values)
