"""Graphs inside a graph are walked too."""

from typing import Any

from models.graph_walk import every_node, inner_graphs, operator_counts


def branching_graph() -> Any:
    from onnx import parser

    return parser.parse_graph(
        """
        outer (bool chosen, float[N] x) => (float[N] y) {
            y = If (chosen) <
                then_branch: graph = a () => (float[N] p) { q = Neg (x) p = Neg (q) },
                else_branch: graph = b () => (float[N] r) { r = Exp (x) }
            >
        }
        """
    )


def test_nodes_of_branches_come_right_after_the_node_they_are_in() -> None:
    graph = branching_graph()
    assert [node.op_type for node in every_node(graph)] == ["If", "Neg", "Neg", "Exp"]
    assert [inner.name for inner in inner_graphs(graph.node[0])] == ["a", "b"]


def test_operators_are_counted_in_branches_too() -> None:
    assert operator_counts(branching_graph()) == {"Exp": 1, "If": 1, "Neg": 2}
