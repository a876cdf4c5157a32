"""Walks an ONNX graph, the graphs inside its branches and loops too."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

STANDARD = ("", "ai.onnx")  # both names of the domain of ONNX's own operators


def every_node(graph: Any) -> Iterator[Any]:
    """Each node in the graph's order, the nodes inside it right after it."""
    for node in graph.node:
        yield node
        for inner in inner_graphs(node):
            yield from every_node(inner)


def inner_graphs(node: Any) -> Iterator[Any]:
    """The branches of an If, the body of a Loop."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def opset_of(model: Any) -> int:
    """The version of the standard operators that a model asks for; 0 where it names none."""
    versions = (entry.version for entry in model.opset_import if entry.domain in STANDARD)
    return max(versions, default=0)


def operator_counts(graph: Any) -> Mapping[str, int]:
    """How many operators there are of each kind, by name."""
    counts = Counter(node.op_type for node in every_node(graph))
    return dict(sorted(counts.items()))
