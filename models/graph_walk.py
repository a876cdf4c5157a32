"""Walks an ONNX graph, the graphs inside its branches and loops too."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any


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


def operator_counts(graph: Any) -> Mapping[str, int]:
    """How many operators there are of each kind, by name."""
    counts = Counter(node.op_type for node in every_node(graph))
    return dict(sorted(counts.items()))
