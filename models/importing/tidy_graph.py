"""Brings a foreign graph into the shape a bundle allows, without changing what it computes."""

from typing import Any

import numpy as np

from inspector.errors import ConfigurationError
from models.convert import OPSET
from models.graph_passes import drop_unread
from models.graph_walk import STANDARD, every_node, opset_of
from models.importing.foreign_faults import blamed_on

MIN_OPSET = 13  # below it, softmax and reshaping mean something else than what is added here
_MIN_IR_VERSION = 8  # from 4 on, weights are no inputs


def tidied(model: Any) -> Any:
    """A copy with functions written out, and no word of where it was made.

    Args:
        model: An `onnx.ModelProto`, its weights inside.

    Raises:
        ConfigurationError: It uses operators outside the standard, or such old ones that they
            cannot be brought to a version that is read.
    """
    import onnx
    from onnx import inliner, version_converter

    tidy = onnx.ModelProto()
    tidy.CopyFrom(model)
    if tidy.functions:
        with blamed_on("the model's functions cannot be written out", "export it without them"):
            tidy = inliner.inline_local_functions(tidy)
    _check_standard(tidy)
    for entry in [entry for entry in tidy.opset_import if entry.domain not in STANDARD]:
        tidy.opset_import.remove(entry)
    if opset_of(tidy) < MIN_OPSET:
        with blamed_on(
            f"the model cannot be brought from opset {opset_of(tidy)} to {OPSET}",
            f"export it with an opset from {MIN_OPSET} on",
        ):
            tidy = version_converter.convert_version(tidy, OPSET)
    tidy.ir_version = max(tidy.ir_version, _MIN_IR_VERSION)
    _forget_origin(tidy)
    return tidy


def with_free_batch(model: Any, input_name: str, dims: tuple[int, int, int]) -> Any:
    """A copy whose first axis may be of any length, and whose others have these lengths.

    Exporters write a batch of 1 into every reshaping; 0 there means "as it comes". Whether the
    model then takes two pictures at once must be tried.
    """
    import onnx

    freed = onnx.ModelProto()
    freed.CopyFrom(model)
    graph = freed.graph
    chosen = onnx.ValueInfoProto()
    chosen.CopyFrom(next(value for value in graph.input if value.name == input_name))
    del graph.input[:]
    axes = chosen.type.tensor_type.shape.dim
    for axis in axes:
        axis.Clear()
    axes[0].dim_param = "N"
    for axis, length in zip(axes[1:], dims, strict=True):
        axis.dim_value = length
    graph.input.append(chosen)
    for output in graph.output:
        output.type.tensor_type.ClearField("shape")
    del graph.value_info[:]
    _free_reshapes(graph)
    return freed


def keep_only(graph: Any, outputs: frozenset[str]) -> None:
    """Drop the outputs of other names, and all that only they needed."""
    for value in [value for value in graph.output if value.name not in outputs]:
        graph.output.remove(value)
    drop_unread(graph)
    del graph.quantization_annotation[:]


def _free_reshapes(graph: Any) -> None:
    from onnx import numpy_helper

    constants = {tensor.name: tensor for tensor in graph.initializer}
    constants |= {
        node.output[0]: attribute.t
        for node in graph.node
        if node.op_type == "Constant"
        for attribute in node.attribute
        if attribute.name == "value"
    }
    freed = set()
    for node in graph.node:
        if node.op_type != "Reshape" or node.input[1] not in constants:
            continue
        shape = numpy_helper.to_array(constants[node.input[1]])
        allowing_zero = [one for one in node.attribute if one.name == "allowzero" and one.i]
        if len(shape) > 1 and shape[0] == 1 and not (allowing_zero and 0 in shape):
            for attribute in allowing_zero:  # it would make 0 a length
                node.attribute.remove(attribute)
            name = f"{node.input[1]}/free"
            if name not in freed:
                freed.add(name)
                kept = np.array([0, *shape[1:]], np.int64)
                graph.initializer.append(numpy_helper.from_array(kept, name))
            node.input[1] = name


def _forget_origin(model: Any) -> None:
    """Notes of the exporter, which hold paths and lines of its maker's programs."""
    for field in ("doc_string", "metadata_props", "training_info"):
        model.ClearField(field)
    model.graph.ClearField("doc_string")
    model.graph.ClearField("metadata_props")
    for entry in (
        *every_node(model.graph),
        *model.graph.input,
        *model.graph.output,
        *model.graph.initializer,
    ):
        entry.ClearField("doc_string")
        entry.ClearField("metadata_props")


def _check_standard(model: Any) -> None:
    foreign = sorted(
        {
            f"{node.op_type} of {node.domain!r}"
            for node in every_node(model.graph)
            if node.domain not in STANDARD
        }
    )
    if foreign:
        raise ConfigurationError(
            f"the model uses operators outside the standard: {', '.join(foreign)}; export it "
            "without them: a model that a runtime optimised as it was before, one with operators "
            "of its own with those left out of the export"
        )
