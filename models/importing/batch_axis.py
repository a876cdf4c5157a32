"""Lets a foreign graph take any number of pictures, as a bundle's does.

Exporters write a batch of one into the graph. Three ways are tried, the fastest first: as it is,
with reshapes freed whose first axis is the batch, and one picture after the other in the graph.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from inspector.errors import ConfigurationError
from models.graphs.walk import inner_graphs
from models.importing.pixels import Pixels
from models.importing.probe import OneAtATimeOnly, outputs_of
from models.importing.source_model import ModelOutput

_log = logging.getLogger(__name__)
Dims = tuple[int, int, int]


def with_free_batch(
    model: Any, input_name: str, pixels: Pixels
) -> tuple[Any, tuple[ModelOutput, ...]]:
    """A copy whose first axis may be of any length, and what came out of it for pictures of noise.

    Args:
        model: A tidy `onnx.ModelProto`; it stays as it is.

    Raises:
        ConfigurationError: None of the ways gives one entry for each picture, with the reason of
            the first one; or as `outputs_of`.
    """
    ways: Sequence[Callable[[Any, str, Dims], Any]] = (
        with_input_of,
        with_free_reshapes,
        one_after_the_other,
    )
    first_failure: OneAtATimeOnly | None = None
    for way in ways:
        freed = way(model, input_name, pixels.dims)
        try:
            found = outputs_of(freed, input_name, pixels, model)
        except OneAtATimeOnly as failure:
            first_failure = first_failure or failure
            continue
        if way is one_after_the_other:
            _log.info("the model takes one picture at a time: the bundle's graph repeats it")
        return freed, found
    raise ConfigurationError(str(first_failure)) from first_failure


def with_input_of(model: Any, input_name: str, dims: Dims) -> Any:
    """A copy whose input has a free first axis and these others; nothing else is changed."""
    import onnx

    freed = onnx.ModelProto()
    freed.CopyFrom(model)
    graph = freed.graph
    chosen = onnx.ValueInfoProto()
    chosen.CopyFrom(next(value for value in graph.input if value.name == input_name))
    del graph.input[:]
    _set_dims(chosen, "N", dims)
    graph.input.append(chosen)
    for output in graph.output:
        output.type.tensor_type.ClearField("shape")
    del graph.value_info[:]
    return freed


def with_free_reshapes(model: Any, input_name: str, dims: Dims) -> Any:
    """The same, and reshapes to a first axis of 1 keep the first axis that comes.

    Only where that is the batch: the value comes from the picture, and its first axis is 1 too.
    """
    import onnx
    from onnx import numpy_helper

    freed = with_input_of(model, input_name, dims)
    graph = freed.graph
    of_one = onnx.ModelProto()
    of_one.CopyFrom(freed)
    of_one.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    firsts = _first_axes(onnx.shape_inference.infer_shapes(of_one))
    derived = _derived_from(graph, input_name)
    constants = {tensor.name: tensor for tensor in graph.initializer} | {
        node.output[0]: attribute.t
        for node in graph.node
        if node.op_type == "Constant"
        for attribute in node.attribute
        if attribute.name == "value"
    }
    written = set()
    for node in graph.node:
        if node.op_type != "Reshape" or node.input[1] not in constants:
            continue
        shape = numpy_helper.to_array(constants[node.input[1]])
        allowing_zero = [one for one in node.attribute if one.name == "allowzero" and one.i]
        is_of_batch = node.input[0] in derived and firsts.get(node.input[0], 1) == 1
        if not is_of_batch or len(shape) < 2 or shape[0] != 1 or (allowing_zero and 0 in shape):
            continue
        for attribute in allowing_zero:  # it would make 0 a length
            node.attribute.remove(attribute)
        name = f"{node.input[1]}/free"
        if name not in written:
            written.add(name)
            kept = np.array([0, *shape[1:]], np.int64)
            graph.initializer.append(numpy_helper.from_array(kept, name))
        node.input[1] = name
    return freed


def one_after_the_other(model: Any, input_name: str, dims: Dims) -> Any:
    """A graph with the model inside a Scan, which runs it once for each picture."""
    import onnx
    from onnx import helper

    repeated = with_input_of(model, input_name, dims)
    graph = repeated.graph
    names = [value.name for value in graph.output]
    element = graph.input[0].type.tensor_type.elem_type
    single = f"{input_name}/single"
    axes = f"{input_name}/axes"
    graph.initializer.append(onnx.numpy_helper.from_array(np.zeros(1, np.int64), axes))
    body_nodes = [helper.make_node("Unsqueeze", [single, axes], [f"{input_name}/inside"])]
    for node in graph.node:
        inner = onnx.NodeProto()
        inner.CopyFrom(node)
        _rename_reads(inner, input_name, f"{input_name}/inside")
        body_nodes.append(inner)
    outputs = []
    for value in graph.output:
        squeezed = f"{value.name}/single"
        body_nodes.append(helper.make_node("Squeeze", [value.name, axes], [squeezed]))
        outputs.append(
            helper.make_tensor_value_info(squeezed, value.type.tensor_type.elem_type, None)
        )
    body = helper.make_graph(
        body_nodes,
        "one picture",
        [helper.make_tensor_value_info(single, element, list(dims))],
        outputs,
        graph.initializer,
        sparse_initializer=graph.sparse_initializer,
    )
    for field in ("node", "initializer", "sparse_initializer"):
        graph.ClearField(field)
    # Its outputs have the names that the model's have inside: a body's own names are its own.
    graph.node.append(
        helper.make_node("Scan", [input_name], names, num_scan_inputs=1, body=_renamed(body, names))
    )
    return repeated


def _renamed(body: Any, names: Sequence[str]) -> Any:
    """The body with other names for the values that the graph around it gives under these."""
    for node in body.node:
        for place, name in enumerate(node.output):
            if name in names:
                node.output[place] = f"{name}/inside"
        for name in names:
            _rename_reads(node, name, f"{name}/inside")
    return body


def _rename_reads(node: Any, old: str, new: str) -> None:
    for place, name in enumerate(node.input):
        if name == old:
            node.input[place] = new
    for inner in inner_graphs(node):
        for one in inner.node:
            _rename_reads(one, old, new)
        for value in inner.output:  # a branch may hand an outer value on
            if value.name == old and not any(old in one.output for one in inner.node):
                value.name = new


def _first_axes(model: Any) -> dict[str, int]:
    """The length of the first axis of each value, where it is known."""
    values = (*model.graph.input, *model.graph.value_info, *model.graph.output)
    return {
        value.name: value.type.tensor_type.shape.dim[0].dim_value
        for value in values
        if value.type.tensor_type.shape.dim and value.type.tensor_type.shape.dim[0].dim_value
    }


def _derived_from(graph: Any, name: str) -> set[str]:
    """Every value that depends on this one; the nodes are in running order."""
    derived = {name}
    for node in graph.node:
        if not derived.isdisjoint(node.input) or any(inner_graphs(node)):
            derived.update(node.output)
    return derived


def _set_dims(value: Any, first: str, dims: Dims) -> None:
    axes = value.type.tensor_type.shape.dim
    for axis in axes:
        axis.Clear()
    axes[0].dim_param = first
    for axis, length in zip(axes[1:], dims, strict=True):
        axis.dim_value = length
