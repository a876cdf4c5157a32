"""Puts pixels before a foreign graph and verdict-ready outputs behind it."""

from typing import Any

from models.graphs.convert import finished
from models.graphs.passes import simplify
from models.graphs.walk import opset_of
from models.importing.foreign_faults import blamed_on
from models.importing.graph_builder import THEIRS, GraphBuilder
from models.importing.heads.head import Head
from models.importing.pixels import Pixels
from models.importing.tidy_graph import keep_only

INPUT_NAME = "pixels"


def bundle_model(model: Any, input_name: str, pixels: Pixels, head: Head) -> bytes:
    """The ONNX file of a bundle: uint8 (N, H, W, C) to the head's outputs.

    What need not be computed for every picture is folded away, as in a converted graph.

    Args:
        model: A tidy `onnx.ModelProto` whose first axis was freed; it stays as it is.

    Raises:
        ConfigurationError: The parts make no valid graph.
    """
    from onnx import TensorProto, compose, helper

    inner = compose.add_prefix(model, THEIRS)
    keep_only(inner.graph, frozenset(f"{THEIRS}{name}" for name in head.sources))
    added = GraphBuilder(opset_of(model))
    added.name(pixels.add_to(added, INPUT_NAME), f"{THEIRS}{input_name}")
    n_before = len(added.nodes)
    values = {name: added.as_real(f"{THEIRS}{name}") for name in head.sources}
    for name, value in head.add_to(added, values).items():
        added.name(value, name)
    spec = pixels.spec("stretch")
    dims: list[str | int | None] = ["N", spec.height_px, spec.width_px, spec.channels]
    graph = helper.make_graph(
        [*added.nodes[:n_before], *inner.graph.node, *added.nodes[n_before:]],
        "inspector",
        [helper.make_tensor_value_info(INPUT_NAME, TensorProto.UINT8, dims)],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *shape])
            for name, shape in head.shapes.items()
        ],
        [*added.constants, *inner.graph.initializer],
        sparse_initializer=inner.graph.sparse_initializer,
    )
    simplify(graph)
    whole = helper.make_model(
        graph, opset_imports=model.opset_import, ir_version=model.ir_version, producer_name=""
    )
    with blamed_on("the model makes no valid graph", "export it again, whole"):
        return finished(whole)
