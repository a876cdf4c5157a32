"""What the memory of good parts sees where no defect that was marked explains it.

A recipe may tolerate a kind of defect. A defect that nobody has marked yet must not be excused
along with it.
"""

from typing import Any

import numpy as np

from models.graphs.training_library import tensorflow
from models.memory import judging
from models.memory.memory import Floats, Memory
from models.memory.taps import Taps

_REACH = 33  # cells of stride 4: a marked defect explains what the memory sees within 64 px


def unexplained(tf: Any, mask: Any, heat: Any) -> Any:
    """(N,): the most heat that lies far from every marked defect.

    Args:
        mask: (N, h, w) chances of a marked defect, at stride 4.
        heat: (N, h, w) of the memory.
    """
    near = tf.nn.max_pool2d(mask[..., None], _REACH, 1, "SAME")[..., 0]
    return tf.reduce_max(heat * (1.0 - near), (1, 2))


def unexplained_in(pictures: Taps, memory: Memory, logits: Floats) -> Floats:
    """The same for pictures of which the network said where defects are; (N,).

    Args:
        logits: (N, h, w), of the mask at stride 4.
    """
    tf = tensorflow()
    values, start = [], 0
    for taps in pictures.batches():
        heat = judging.evidence(tf, taps, memory).heat
        mask = tf.sigmoid(logits[start : start + len(heat)])
        start += len(heat)
        enlarged = judging.enlarged(tf, heat, mask.shape[1:])
        values.append(unexplained(tf, mask, enlarged).numpy())
    return np.concatenate(values)
