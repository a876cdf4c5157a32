"""How wrong the network is about a batch: where the defect is, whether there is one, of what kind.

Dice beside cross-entropy, since defects cover little of a picture (F. Milletari et al., "V-Net:
Fully Convolutional Neural Networks for Volumetric Medical Image Segmentation", 2016).
"""

from typing import Any

from models.marked.network import Logits

_PIXELS, _OVERLAP, _IMAGE, _KINDS = 3.0, 1.0, 0.5, 1.0  # weights of the terms
_DEFECT_PIXEL = 2.0  # counts as so many good ones
_SMOOTH = 1.0  # cells: a batch without a defect has an overlap too
_TINY = 1e-6


def batch_loss(
    tf: Any, logits: Logits, covers: Any, kind_map: Any, kinds: Any, is_outlined: Any
) -> Any:
    """The mean loss of a batch, a scalar.

    Args:
        covers: (N, h, w), 0..1, how much of each cell is marked.
        kind_map: int32 (N, h, w), the kind of a cell, 0 where it is good.
        kinds: int32 (N,), the kind of the picture, 0 where it is good.
        is_outlined: (N,), 1 where the covers say all of the picture, else 0.
    """
    surprise = tf.nn.weighted_cross_entropy_with_logits(covers, logits.mask, _DEFECT_PIXEL)
    of_pictures = tf.reduce_mean(surprise, (1, 2)) * is_outlined
    pixels = tf.reduce_sum(of_pictures) / (tf.reduce_sum(is_outlined) + _TINY)
    marked = tf.sigmoid(logits.mask) * is_outlined[:, None, None]
    both, either = tf.reduce_sum(marked * covers), tf.reduce_sum(marked) + tf.reduce_sum(covers)
    overlap = 1.0 - (2.0 * both + _SMOOTH) / (either + _SMOOTH)
    truth = tf.cast(kinds > 0, tf.float32)
    image = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(truth, logits.image))
    total = _PIXELS * pixels + _OVERLAP * overlap + _IMAGE * image
    if logits.kinds.shape[-1] > 1:
        total += _KINDS * _surprise_at_kinds(tf, logits.kinds, kinds)
        total += _KINDS * _surprise_at_kinds(tf, logits.kind_map, kind_map)
    return total


def _surprise_at_kinds(tf: Any, logits: Any, kinds: Any) -> Any:
    """Cross-entropy where there is a defect, each of them of the same weight."""
    has_kind = tf.cast(kinds > 0, tf.float32)
    surprise = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(kinds - 1, 0), logits)
    return tf.reduce_sum(surprise * has_kind) / (tf.reduce_sum(has_kind) + _TINY)
