"""Brings a foreign graph into the shape a bundle allows, without changing what it computes."""

from typing import Any

from inspector.errors import ConfigurationError
from models.graphs.convert import OPSET
from models.graphs.passes import drop_unread
from models.graphs.walk import STANDARD, every_node, inner_graphs, opset_of
from models.importing.foreign_faults import blamed_on

MIN_OPSET = 13  # below it, softmax and reshaping mean something else than what is added here
_MIN_IR_VERSION = 8  # from 4 on, weights are not inputs


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
    _put_in_running_order(tidy.graph)
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


def keep_only(graph: Any, outputs: frozenset[str]) -> None:
    """Drop the outputs of other names, and all that only they needed."""
    for value in [value for value in graph.output if value.name not in outputs]:
        graph.output.remove(value)
    drop_unread(graph)
    del graph.quantization_annotation[:]


def _put_in_running_order(graph: Any) -> None:
    """Each node behind those whose values it reads; where the order is right, it stays.

    ONNX asks for it, and ONNX Runtime does not: converters to half precision append their casts.
    """
    import onnx

    makers = {name: place for place, node in enumerate(graph.node) for name in node.output if name}
    waiting = [
        {makers[name] for name in _names_read(node) if name in makers} - {place}
        for place, node in enumerate(graph.node)
    ]
    if all(not needed or max(needed) < place for place, needed in enumerate(waiting)):
        return
    placed: list[int] = []
    done: set[int] = set()
    for start in range(len(waiting)):
        stack = [start]
        while stack:
            place = stack[-1]
            missing = [one for one in waiting[place] if one not in done]
            if place in done or not missing:
                stack.pop()
                if place not in done:
                    done.add(place)
                    placed.append(place)
                continue
            if len(stack) > len(waiting):
                raise ConfigurationError("the model's operators wait for each other in a circle")
            stack.extend(missing)
    nodes = [onnx.NodeProto() for _ in placed]
    for node, place in zip(nodes, placed, strict=True):
        node.CopyFrom(graph.node[place])
    del graph.node[:]
    graph.node.extend(nodes)


def _names_read(node: Any) -> set[str]:
    """By a node, and by the graphs inside it from around them."""
    names = set(node.input)
    for inner in inner_graphs(node):
        names |= {name for one in inner.node for name in _names_read(one)}
        names |= {value.name for value in inner.output}
    return names


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
