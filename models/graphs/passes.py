"""Takes out of a converted graph what need not be computed for every picture.

What a batch normalisation or a scaling leaves behind goes into the weights before it, padding into
the convolution after it; transposes are merged; what changes nothing and what nobody reads goes.
Only standard operators are written, and the graph computes the same up to rounding.
"""

from collections import Counter
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.graphs.walk import every_node, inner_graphs

_FAR = 1_000_000_000  # no axis is so long: where a slice ends there, it takes all


def simplify(graph: Any) -> None:
    """Rewrite a graph in place until nothing more can be taken out.

    The graphs inside branches and loops stay as they are.

    Args:
        graph: An `onnx.GraphProto`, its nodes in running order.
    """
    while _rewrite_once(graph):
        pass
    drop_unread(graph)


def drop_unread(graph: Any) -> None:
    """Take out the nodes and constants that no output needs."""
    needed = {value.name for value in graph.output}
    for node in reversed(list(graph.node)):
        if needed.isdisjoint(node.output):
            graph.node.remove(node)
            continue
        needed |= set(node.input)
        for inner in inner_graphs(node):
            needed |= _names_read(inner)
    for tensor in [one for one in graph.initializer if one.name not in needed]:
        graph.initializer.remove(tensor)
    for sparse in [one for one in graph.sparse_initializer if one.values.name not in needed]:
        graph.sparse_initializer.remove(sparse)


def _rewrite_once(graph: Any) -> bool:
    view = _View(graph)
    return any(rewrite(view, node) for node in graph.node for rewrite in _REWRITES)


class _View:
    """Who makes and who reads each value of a graph; valid until the graph is changed."""

    def __init__(self, graph: Any) -> None:
        self.graph = graph
        self.makers = {name: node for node in graph.node for name in node.output}
        self._constants = {tensor.name: tensor for tensor in graph.initializer}
        self.inner_reads = {
            name
            for node in graph.node
            for inner in inner_graphs(node)
            for name in _names_read(inner)
        }
        self.outputs = {value.name for value in graph.output}
        self._n_readers = Counter(name for node in graph.node for name in node.input)

    def array(self, name: str) -> NDArray[Any] | None:
        """The value of a constant; None for what is computed."""
        from onnx import numpy_helper

        tensor = self._constants.get(name)
        return None if tensor is None else np.asarray(numpy_helper.to_array(tensor))

    def weights(self, name: str) -> NDArray[np.float64] | None:
        """The same for float32 numbers, in float64 to calculate with."""
        array = self.array(name)
        return array.astype(np.float64) if array is not None and array.dtype == np.float32 else None

    def put(self, name: str, values: NDArray[np.float64]) -> str:
        """Add float32 numbers to the graph under a new name."""
        from onnx import numpy_helper

        taken = {tensor.name for tensor in self.graph.initializer} | self.makers.keys()
        fresh = next(one for n in count() if (one := f"{name}/{n}") not in taken)
        self.graph.initializer.append(numpy_helper.from_array(values.astype(np.float32), fresh))
        return fresh

    def sole_maker(self, name: str, kind: str) -> Any | None:
        """The node of that kind that makes a value, where nobody else reads the value."""
        node = self.makers.get(name)
        is_ours = node is not None and node.op_type == kind and self._n_readers[name] == 1
        return node if is_ours and name not in self.outputs | self.inner_reads else None

    def bypass(self, node: Any, source: str) -> bool:
        """Let everybody read `source` instead of the node's output, and take the node out."""
        name = node.output[0]
        if name in self.outputs or name in self.inner_reads:
            return False
        for reader in self.graph.node:
            for place, read in enumerate(reader.input):
                if read == name:
                    reader.input[place] = source
        self.graph.node.remove(node)
        return True


def _drop_neutral(view: _View, node: Any) -> bool:
    """What gives out what it takes in."""
    is_neutral = (
        node.op_type == "Identity"
        or (node.op_type == "Transpose" and _keeps_order(node))
        or (node.op_type == "Slice" and _takes_all(view, node))
    )
    return is_neutral and view.bypass(node, node.input[0])


def _merge_transposes(view: _View, node: Any) -> bool:
    first = view.makers.get(node.input[0]) if node.op_type == "Transpose" else None
    if first is None or first.op_type != "Transpose" or not (_order(first) and _order(node)):
        return False
    merged = [_order(first)[axis] for axis in _order(node)]
    _set_attribute(node, "perm", merged)
    node.input[0] = first.input[0]
    return True


def _fold_scale_after(view: _View, node: Any) -> bool:
    """A factor for each channel behind a convolution or a matrix goes into its weights."""
    scaled, factor = _scale(view, node)
    if factor is None:
        return False
    if (conv := view.sole_maker(scaled, "Conv")) is not None:
        weights = view.weights(conv.input[1])
        factors = _by_channel(factor, weights)
        if weights is None or factors is None:
            return False
        bias = _bias(view, conv, weights)
        if bias is None:
            return False
        shape = (-1, *(1 for _ in weights.shape[1:]))
        conv.input[1] = view.put(conv.input[1], weights * factors.reshape(shape))
        if len(conv.input) > 2:
            conv.input[2] = view.put(conv.input[2], bias * factors)
        return _take_over(view, conv, node)
    if (matmul := view.sole_maker(scaled, "MatMul")) is not None:
        weights = view.weights(matmul.input[1])
        if weights is None or weights.ndim != 2 or factor.ndim > 1:
            return False
        if factor.size not in (1, weights.shape[1]):
            return False
        matmul.input[1] = view.put(matmul.input[1], weights * factor)
        return _take_over(view, matmul, node)
    return False


def _fold_offset_after(view: _View, node: Any) -> bool:
    """What is added to each channel behind a convolution becomes its bias."""
    if node.op_type != "Add":
        return False
    for added, offset in (node.input, reversed(node.input)):
        conv = view.sole_maker(added, "Conv")
        if conv is None or (weights := view.weights(conv.input[1])) is None:
            continue
        values, bias = view.weights(offset), _bias(view, conv, weights)
        offsets = None if values is None else _by_channel(values, weights)
        if bias is None or offsets is None:
            continue
        del conv.input[2:]
        conv.input.append(view.put(offset, bias + offsets))
        return _take_over(view, conv, node)
    return False


def _fold_scale_before(view: _View, node: Any) -> bool:
    """One factor for all pixels in front of a convolution goes into its weights.

    An offset stays: the border that the convolution adds is 0 only where it stands.
    """
    if node.op_type != "Conv" or (weights := view.weights(node.input[1])) is None:
        return False
    reader = view.sole_maker(node.input[0], "Transpose") or node
    for kind in ("Mul", "Div"):
        scaling = view.sole_maker(reader.input[0], kind)
        source, factor = ("", None) if scaling is None else _scale(view, scaling)
        if factor is not None and factor.size == 1 and factor.ndim <= weights.ndim:
            node.input[1] = view.put(node.input[1], weights * factor.item())
            reader.input[0] = source
            return True
    return False


def _merge_pad(view: _View, node: Any) -> bool:
    """A border of zeros in front of a convolution becomes its own."""
    if node.op_type != "Conv" or _attribute(node, "auto_pad") not in (None, b"NOTSET"):
        return False
    pad = view.sole_maker(node.input[0], "Pad")
    if pad is None or _attribute(pad, "mode") not in (None, b"constant") or len(pad.input) > 3:
        return False
    borders = view.array(pad.input[1]) if len(pad.input) > 1 else None
    value = view.array(pad.input[2]) if len(pad.input) > 2 and pad.input[2] else np.zeros(())
    if borders is None or value is None or value.any() or (borders < 0).any():
        return False
    starts, ends = np.split(borders, 2)
    if starts[:2].any() or ends[:2].any():
        return False
    own = _attribute(node, "pads") or [0] * (borders.size - 4)
    added = np.array(own) + np.concatenate([starts[2:], ends[2:]])
    _set_attribute(node, "pads", [int(border) for border in added])
    node.input[0] = pad.input[0]
    return True


_REWRITES = (
    _drop_neutral,
    _merge_transposes,
    _fold_scale_after,
    _fold_offset_after,
    _fold_scale_before,
    _merge_pad,
)


def _scale(view: _View, node: Any) -> tuple[str, NDArray[np.float64] | None]:
    """What a node multiplies, and by which constant; None when it does something else."""
    if node.op_type == "Mul":
        for value, factor in (node.input, reversed(node.input)):
            if (weights := view.weights(factor)) is not None:
                return value, weights
    if node.op_type == "Div" and (weights := view.weights(node.input[1])) is not None:
        return node.input[0], 1.0 / weights
    return "", None


def _by_channel(
    values: NDArray[np.float64], weights: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    """Values that are the same for all places of a channel, (channels,); None for others."""
    if weights is None or values.ndim > weights.ndim:
        return None
    n_channels, n_places = weights.shape[0], weights.ndim - 2
    is_per_channel = values.ndim > n_places and values.shape[-1 - n_places] == values.size
    if values.size == 1 or (is_per_channel and values.size == n_channels):
        return np.broadcast_to(values.reshape(-1), n_channels)
    return None


def _bias(view: _View, conv: Any, weights: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """A convolution's bias, zeros where it has none; None where it is computed."""
    return view.weights(conv.input[2]) if len(conv.input) > 2 else np.zeros(len(weights))


def _take_over(view: _View, maker: Any, node: Any) -> bool:
    """Let `maker` give out what `node` gave, which is taken out."""
    maker.output[0] = node.output[0]
    view.graph.node.remove(node)
    return True


def _takes_all(view: _View, node: Any) -> bool:
    starts, ends = view.array(node.input[1]), view.array(node.input[2])
    steps = view.array(node.input[4]) if len(node.input) > 4 else np.ones(1)
    if starts is None or ends is None or steps is None:
        return False
    return bool((starts == 0).all() and (ends >= _FAR).all() and (steps == 1).all())


def _order(transpose: Any) -> list[int]:
    """Its axes; empty where it says nothing and turns them round, however many there are."""
    return _attribute(transpose, "perm") or []


def _keeps_order(transpose: Any) -> bool:
    order = _order(transpose)
    return bool(order) and order == sorted(order)


def _attribute(node: Any, name: str) -> Any:
    from onnx import helper

    return next(
        (helper.get_attribute_value(one) for one in node.attribute if one.name == name), None
    )


def _set_attribute(node: Any, name: str, value: Any) -> None:
    from onnx import helper

    for one in [one for one in node.attribute if one.name == name]:
        node.attribute.remove(one)
    node.attribute.append(helper.make_attribute(name, value))


def _names_read(graph: Any) -> set[str]:
    """Every name that a graph inside a node reads or hands out."""
    names = {value.name for value in graph.output}
    for node in every_node(graph):
        names |= set(node.input)
        for inner in inner_graphs(node):
            names |= {value.name for value in inner.output}
    return names
