"""Graphs inside a graph are walked too."""

from typing import Any

from models.graphs.walk import every_node, inner_graphs, operator_counts, opset_of


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


def test_opset_is_that_of_the_standard_operators_by_either_name() -> None:
    from onnx import helper

    graph = branching_graph()
    for domains, opset in ((("", "theirs"), 17), (("ai.onnx",), 17), (("theirs",), 0)):
        imports = [
            helper.make_opsetid(domain, 17 if domain != "theirs" else 99) for domain in domains
        ]
        assert opset_of(helper.make_model(graph, opset_imports=imports)) == opset


def test_operators_are_counted_in_branches_too() -> None:
    assert operator_counts(branching_graph()) == {"Exp": 1, "If": 1, "Neg": 2}
