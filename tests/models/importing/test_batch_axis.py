"""A graph that was exported for one picture takes any number, and computes what it did for each."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.errors import ConfigurationError
from models.importing.batch_axis import (
    one_after_the_other,
    with_free_batch,
    with_free_reshapes,
    with_input_of,
)
from models.importing.pixels import Normalisation, Pixels
from models.importing.tidy_graph import tidied
from tests.support.foreign_models import EXPORTS, graph_of, run_graph

X = np.arange(12, dtype=np.float32).reshape(1, 3, 2, 2)
TWO = np.concatenate([X, X + 1])
PIXELS = Pixels(
    height_px=64,
    width_px=96,
    layout="NCHW",
    color="rgb",
    dtype=np.dtype(np.float32),
    normalisation=Normalisation(scale=255.0),
)


def loaded(path: Path) -> Any:
    import onnx

    return onnx.load(path)


def node(operator: str, inputs: list[str], outputs: list[str], **attributes: Any) -> Any:
    from onnx import helper

    return helper.make_node(operator, inputs, outputs, **attributes)


@pytest.mark.parametrize("allows_zero", [0, 1])
def test_batch_of_one_is_freed_in_the_input_and_in_reshapes(allows_zero: int) -> None:
    model = graph_of(
        [
            node("Reshape", ["x", "shape"], ["y"], allowzero=allows_zero),
            node("Reshape", ["x", "shape"], ["z"]),
        ],
        {"x": [1, 3, 2, 2]},
        ["y", "z"],
        constants={"shape": np.array([1, 12])},
    )
    freed = with_free_reshapes(model, "x", (3, 2, 2))
    two = np.concatenate([X, X + 1])
    assert np.array_equal(run_graph(freed, x=two)["y"], two.reshape(2, 12))
    assert np.array_equal(run_graph(freed, x=two)["z"], two.reshape(2, 12))
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_value == 1


def test_reshape_of_weights_or_of_merged_places_keeps_its_first_axis() -> None:
    """A bias made (1, C, 1, 1) has no batch; patches are merged with it."""
    nodes = [
        node("Reshape", ["bias", "spread"], ["wide"]),
        node("Add", ["x", "wide"], ["y"]),
        node("Reshape", ["x", "merged"], ["places"]),
        node("Reshape", ["places", "apart"], ["z"]),
    ]
    constants = {
        "bias": np.array([1, 2, 3], np.float32),
        "spread": np.array([1, -1, 1, 1]),
        "merged": np.array([4, 3]),
        "apart": np.array([1, 12]),
    }
    model = graph_of(nodes, {"x": [1, 3, 2, 2]}, ["y", "z"], constants=constants)
    freed = with_free_reshapes(model, "x", (3, 2, 2))
    assert [one.input[1] for one in freed.graph.node if one.op_type == "Reshape"] == [
        "spread",
        "merged",
        "apart",
    ]
    untouched = with_input_of(model, "x", (3, 2, 2))
    assert np.array_equal(run_graph(untouched, x=X)["y"], run_graph(model, x=X)["y"])


def test_one_after_the_other_gives_for_each_what_it_gave_alone() -> None:
    nodes = [
        node("Reshape", ["x", "merged"], ["places"]),
        node("ReduceMax", ["places"], ["peaks"], axes=[1], keepdims=0),
        node("Reshape", ["peaks", "grid"], ["map"]),
        node("ReduceMax", ["map"], ["score"], axes=[1, 2, 3], keepdims=0),
    ]
    constants = {"merged": np.array([4, 3]), "grid": np.array([1, 1, 2, 2])}
    model = graph_of(nodes, {"x": [1, 3, 2, 2]}, ["score", "map"], constants=constants)
    repeated = one_after_the_other(model, "x", (3, 2, 2))
    both = run_graph(repeated, x=TWO)
    for place in range(2):
        alone = run_graph(model, x=TWO[place : place + 1])
        assert np.array_equal(both["score"][place], alone["score"][0])
        assert np.array_equal(both["map"][place], alone["map"][0])


def test_input_that_is_an_output_too_or_read_in_a_branch_is_renamed_inside() -> None:
    from onnx import helper

    inner = helper.make_graph(
        [node("Neg", ["x"], ["inner"])], "i", [], [helper.make_tensor_value_info("inner", 1, None)]
    )
    nodes = [
        node("If", ["is_so"], ["y"], then_branch=inner, else_branch=inner),
        node("Relu", ["y"], ["z"]),
    ]
    model = graph_of(nodes, {"x": [1, 3, 2, 2]}, ["y", "z"], constants={"is_so": np.array(True)})
    both = run_graph(one_after_the_other(model, "x", (3, 2, 2)), x=TWO)
    assert np.array_equal(both["y"], -TWO)
    assert np.array_equal(both["z"], np.zeros_like(TWO))


@pytest.mark.parametrize(
    ("name", "repeats"),
    [
        ("scripted_free", False),
        ("scripted_fixed", False),
        ("dynamo_fixed", False),
        ("quantized_dynamic", False),
        ("half_out_of_order", False),
        ("memory_fixed", True),
    ],
)
def test_fastest_way_that_works_is_taken(name: str, repeats: bool) -> None:
    model = tidied(loaded(EXPORTS / f"{name}.onnx"))
    freed, found = with_free_batch(model, "input", PIXELS)
    assert ("Scan" in {one.op_type for one in freed.graph.node}) is repeats
    assert all(one.example.shape[0] == 2 for one in found)


def test_model_that_works_in_no_way_is_refused_with_its_own_reason() -> None:
    nodes = [node("Reshape", ["x", "odd"], ["y"])]
    model = graph_of(nodes, {"x": [1, 3, 64, 96]}, ["y"], constants={"odd": np.array([1, 7])})
    with pytest.raises(ConfigurationError, match=r"the model fails on a picture: .*Reshape"):
        with_free_batch(model, "x", PIXELS)
