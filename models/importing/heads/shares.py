"""Probabilities of classes from what a foreign model gives for them, as operators and in NumPy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.importing.graph_builder import GraphBuilder
from models.importing.heads.head import Floats


def add_shares(graph: GraphBuilder, values: str, n_classes: int, *, is_logits: bool) -> str:
    """Probabilities along the last axis; of one class they get their complement before them."""
    if n_classes > 1:
        return graph.add("Softmax", values, axis=-1) if is_logits else values
    share = graph.add("Sigmoid", values) if is_logits else values
    return graph.add("Concat", graph.complement(share), share, axis=-1)


def shares_of(values: NDArray[Any], *, is_logits: bool) -> Floats:
    """The same of values (..., classes), computed in float64."""
    wide = values.astype(np.float64)
    if wide.shape[-1] == 1:
        # The exponential of a large number overflows, to a share of 0 as it should be.
        with np.errstate(over="ignore"):
            share = 1 / (1 + np.exp(-wide)) if is_logits else wide
        wide = np.concatenate([1 - share, share], axis=-1)
    elif is_logits:
        powers = np.exp(wide - wide.max(axis=-1, keepdims=True))
        wide = powers / powers.sum(axis=-1, keepdims=True)
    return wide.astype(np.float32)
