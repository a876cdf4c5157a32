"""Converts a TensorFlow function into the ONNX file that the line runs."""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.graphs.passes import simplify
from models.graphs.training_library import tensorflow
from models.graphs.walk import every_node, operator_counts

OPSET = 17  # every runtime of the last three years reads it, and it has all that is needed
_IR_VERSION = 8  # the file format that came with the opset
_INPUT_AXES = ("N", "H", "W", "C")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A converted model.

    Attributes:
        model: The bytes of an ONNX file.
        operators_before, operators_after: How many there are of each kind, as the converter gave
            them and as they were left.
    """

    model: bytes
    operators_before: Mapping[str, int]
    operators_after: Mapping[str, int]

    def operators(self) -> dict[str, dict[str, int]]:
        """Both counts, as a manifest keeps them."""
        return {"before": dict(self.operators_before), "after": dict(self.operators_after)}

    def operator_table(self) -> str:
        """Both counts as a table for people, the sums last."""
        before, after = Counter(self.operators_before), Counter(self.operators_after)
        rows = [(name, before[name], after[name]) for name in sorted({*before, *after})]
        rows.append(("total", before.total(), after.total()))
        return "\n".join(f"{name:20}{was:7}{now:7}" for name, was, now in rows)


def to_onnx(function: Any) -> bytes:
    """The ONNX file of `convert` alone."""
    return convert(function).model


def convert(function: Any) -> Conversion:
    """The graph of a `tf.function` of one input whose first axis is free, as an ONNX file.

    Outputs keep the names of the function's dictionary; the first axis of inputs and outputs is
    called N. Height and width may be free too. What need not be computed for every picture is
    folded away. The same function gives the same bytes.
    """
    tensorflow()
    import tf2onnx

    logging.getLogger("tf2onnx").setLevel(logging.CRITICAL)  # it reports every pass it makes
    model, _ = tf2onnx.convert.from_function(
        function, input_signature=list(function.input_signature), opset=OPSET
    )
    before = operator_counts(model.graph)
    simplify(model.graph)
    model.ir_version = _IR_VERSION
    return Conversion(
        model=finished(model),
        operators_before=before,
        operators_after=operator_counts(model.graph),
    )


def finished(model: Any) -> bytes:
    """The one spelling of a graph as a file: nothing in it but what runs, named by order.

    Args:
        model: An `onnx.ModelProto`; changed.
    """
    import onnx

    used = {node.domain for node in every_node(model.graph)}
    foreign = [entry for entry in model.opset_import if entry.domain not in used]
    for entry in foreign:  # sets of operators that none of its nodes needs
        model.opset_import.remove(entry)
    model.graph.name = "inspector"
    model.doc_string = ""
    model.graph.doc_string = ""
    for value in model.graph.input:
        _name_free_axes(value, _INPUT_AXES)
    for value in model.graph.output:
        _name_free_axes(value, _INPUT_AXES[:1])
    _name_by_order(model.graph)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _name_by_order(graph: Any) -> None:
    """Name values and constants by where they are first used, and put constants in that order.

    tf2onnx names and orders constants by sets of texts, and so differently in every process: the
    same model would come out as other bytes. The graphs inside branches and loops are named too.
    """
    _name(graph, {value.name: value.name for value in (*graph.input, *graph.output)})


def _name(graph: Any, names: dict[str, str]) -> None:
    """Name one graph; `names` holds what has a name already, by its old one."""

    def named(name: str) -> str:
        return name and names.setdefault(name, f"value_{len(names)}")  # "" is an absent input

    for value in graph.input:
        value.name = named(value.name)
    for index, node in enumerate(graph.node):
        node.name = f"{node.op_type}_{index}"
        node.input[:] = [named(name) for name in node.input]
        for attribute in node.attribute:
            if attribute.HasField("g"):
                attribute.g.name = attribute.name
                _name(attribute.g, names)
        node.output[:] = [named(name) for name in node.output]
    for value in graph.output:
        value.name = named(value.name)
        _name_free_axes(value, _INPUT_AXES[:1])
    order = {name: place for place, name in enumerate(names)}
    used = (constant for constant in graph.initializer if constant.name in order)
    constants = sorted(used, key=lambda constant: order[constant.name])
    for constant in constants:
        constant.name = names[constant.name]
    for sparse in graph.sparse_initializer:
        sparse.values.name = named(sparse.values.name)
    del graph.value_info[:]
    del graph.initializer[:]
    graph.initializer.extend(constants)


def _name_free_axes(value: Any, names: tuple[str, ...]) -> None:
    """Call the free axes of a value by these names, and further ones by none."""
    for place, axis in enumerate(value.type.tensor_type.shape.dim):
        if place == 0 or not axis.HasField("dim_value"):
            axis.Clear()
            axis.dim_param = names[place] if place < len(names) else ""
