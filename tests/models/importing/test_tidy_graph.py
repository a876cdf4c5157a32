"""A foreign graph is brought into shape, and computes what it did."""

from typing import Any

import numpy as np
import pytest

from inspector.errors import ConfigurationError
from models.graphs.walk import opset_of
from models.importing.tidy_graph import keep_only, tidied
from tests.support.foreign_models import graph_of, run_graph

X = np.arange(12, dtype=np.float32).reshape(1, 3, 2, 2)


def node(operator: str, inputs: list[str], outputs: list[str], **attributes: Any) -> Any:
    from onnx import helper

    return helper.make_node(operator, inputs, outputs, **attributes)


def test_notes_of_the_exporter_are_dropped_and_the_model_handed_in_stays() -> None:
    model = graph_of([node("Relu", ["x"], ["y"])], {"x": ["N", 3, 2, 2]}, ["y"])
    model.doc_string = model.graph.node[0].doc_string = "/home/someone/train.py"
    model.metadata_props.add(key="author", value="someone")
    tidy = tidied(model)
    assert b"someone" not in tidy.SerializeToString()
    assert b"someone" in model.SerializeToString()
    assert np.array_equal(run_graph(tidy, x=X)["y"], X)


def test_functions_are_written_out() -> None:
    from onnx import helper

    model = graph_of(
        [node("Twice", ["x"], ["y"], domain="theirs")],
        {"x": ["N", 3, 2, 2]},
        ["y"],
        domains=["theirs"],
    )
    twice = [node("Add", ["a", "a"], ["b"])]
    opsets = [helper.make_opsetid("", 17)]
    model.functions.append(helper.make_function("theirs", "Twice", ["a"], ["b"], twice, opsets))
    tidy = tidied(model)
    assert not tidy.functions
    assert [entry.domain for entry in tidy.opset_import] == [""]
    assert np.array_equal(run_graph(tidy, x=X)["y"], 2 * X)


def test_operators_outside_the_standard_are_named() -> None:
    odd = node("FusedConv", ["x"], ["y"], domain="com.microsoft")
    model = graph_of([odd], {"x": ["N", 3, 2, 2]}, ["y"], domains=["com.microsoft"])
    with pytest.raises(ConfigurationError, match=r"standard: FusedConv of 'com.microsoft'; export"):
        tidied(model)


def test_old_operators_are_brought_to_a_version_that_is_read() -> None:
    model = graph_of(
        [node("Softmax", ["x"], ["y"], axis=1)], {"x": ["N", 3, 2, 2]}, ["y"], opset=11
    )
    tidy = tidied(model)
    assert opset_of(tidy) == 17
    assert np.allclose(run_graph(tidy, x=X)["y"], run_graph(model, x=X)["y"])  # over three axes


def test_nodes_that_are_out_of_order_are_sorted_and_others_stay() -> None:
    nodes = [
        node("Add", ["c", "x"], ["y"]),
        node("Mul", ["b", "b"], ["c"]),
        node("Relu", ["x"], ["b"]),
        node("Neg", ["x"], ["z"]),
    ]
    model = graph_of(nodes, {"x": ["N", 3, 2, 2]}, ["y", "z"])
    tidy = tidied(model)
    assert [one.op_type for one in tidy.graph.node] == ["Relu", "Mul", "Add", "Neg"]
    assert np.array_equal(run_graph(tidy, x=X)["y"], X * X + X)
    again = tidied(tidy)
    assert [one.op_type for one in again.graph.node] == ["Relu", "Mul", "Add", "Neg"]


def test_node_that_a_branch_reads_from_comes_before_it() -> None:
    from onnx import helper

    inner = helper.make_graph(
        [node("Identity", ["b"], ["inner"])],
        "i",
        [],
        [helper.make_tensor_value_info("inner", 1, None)],
    )
    nodes = [
        node("If", ["is_so"], ["y"], then_branch=inner, else_branch=inner),
        node("Relu", ["x"], ["b"]),
    ]
    model = graph_of(nodes, {"x": ["N", 3, 2, 2]}, ["y"], constants={"is_so": np.array(True)})
    assert [one.op_type for one in tidied(model).graph.node] == ["Relu", "If"]


def test_nodes_in_a_circle_are_refused() -> None:
    nodes = [node("Add", ["x", "b"], ["a"]), node("Add", ["x", "a"], ["b"])]
    model = graph_of(nodes, {"x": ["N", 3, 2, 2]}, ["b"])
    with pytest.raises(ConfigurationError, match="wait for each other in a circle"):
        tidied(model)


def test_outputs_that_are_not_wanted_go_with_all_that_only_they_needed() -> None:
    from onnx import helper

    inner = helper.make_graph(
        [node("Identity", ["kept"], ["z"])],
        "inner",
        [],
        [helper.make_tensor_value_info("z", 1, None)],
    )
    model = graph_of(
        [
            node("Add", ["x", "weight"], ["kept"]),
            node("Mul", ["x", "other_weight"], ["gone"]),
            node("If", ["is_so"], ["y"], then_branch=inner, else_branch=inner),
        ],
        {"x": ["N", 3, 2, 2]},
        ["gone", "y"],
        constants={
            "weight": np.array([1], np.float32),
            "other_weight": np.array([2], np.float32),
            "is_so": np.array(True),
        },
    )
    keep_only(model.graph, frozenset({"y"}))
    assert [one.op_type for one in model.graph.node] == ["Add", "If"]
    assert [one.name for one in model.graph.initializer] == ["weight", "is_so"]
    assert np.array_equal(run_graph(model, x=X)["y"], X + 1)
