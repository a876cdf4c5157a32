"""The quantised search finds what the float one finds, to a percent; other products stay float."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from models.graphs.convert import finished
from models.quantization.nearest_search import quantize_searches, range_of, searches_in
from tests.support.foreign_models import run_graph

N_DIMS, N_ENTRIES = 40, 300
RNG = np.random.default_rng(0)
ENTRIES = RNG.normal(0, 1, (N_DIMS, N_ENTRIES))
USUAL = RNG.uniform(3, 12, N_ENTRIES)


def patches(count: int, seed: int, spread: float = 1.0) -> NDArray[np.float32]:
    """Good patches and their squares."""
    drawn = np.random.default_rng(seed).normal(0, spread, (count, N_DIMS))
    return np.concatenate([drawn, (drawn**2).sum(axis=1, keepdims=True)], axis=1).astype(np.float32)


def model_of(matrix: NDArray[Any], added: NDArray[Any], last: str = "ReduceMin") -> Any:
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("Gemm", ["x", "matrix", "added"], ["products"], name="gemm"),
        helper.make_node(last, ["products"], ["least"], axes=[1], keepdims=0, name="least"),
    ]
    graph = helper.make_graph(
        nodes,
        "search",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", N_DIMS + 1])],
        [helper.make_tensor_value_info("least", TensorProto.FLOAT, ["N"])],
        [
            numpy_helper.from_array(matrix.astype(np.float32), "matrix"),
            numpy_helper.from_array(added.astype(np.float32), "added"),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def search() -> Any:
    over = USUAL**-2
    matrix = np.concatenate([-2 * ENTRIES * over, over[np.newaxis]])
    return model_of(matrix, (ENTRIES**2).sum(axis=0) * over)


def quantized(*, has_reduced_range: bool) -> Any:
    import onnx

    model = search()
    ranges = [range_of(patches(400, seed=1))]
    quantize_searches(model.graph, ranges, has_reduced_range=has_reduced_range)
    return onnx.load_from_string(finished(model))


@pytest.mark.parametrize("has_reduced_range", [False, True])
def test_least_quotient_is_that_of_the_float_search(*, has_reduced_range: bool) -> None:
    model = quantized(has_reduced_range=has_reduced_range)
    tried = np.concatenate([patches(200, seed=2), patches(20, seed=3, spread=1.4)])
    exact = run_graph(search(), x=tried)["least"]
    found = run_graph(model, x=tried)["least"]
    assert np.abs(found / exact - 1).max() < 0.03
    assert np.abs(found / exact - 1).mean() < 0.008


def test_patch_far_beyond_what_was_seen_stays_far() -> None:
    model = quantized(has_reduced_range=False)
    far, near = patches(50, seed=4, spread=8.0), patches(50, seed=5)
    assert run_graph(model, x=far)["least"].min() > 2 * run_graph(model, x=near)["least"].max()


def test_weights_of_7_bits_never_need_more() -> None:
    from onnx import numpy_helper

    for has_reduced_range, largest in ((True, 63), (False, 127)):
        graph = quantized(has_reduced_range=has_reduced_range).graph
        values = map(numpy_helper.to_array, graph.initializer)
        (weights,) = (one for one in values if one.dtype == np.int8 and one.ndim == 2)
        assert np.abs(weights.astype(int)).max() == largest


def test_float_matrix_is_gone_from_the_file() -> None:
    shapes = {
        tuple(constant.dims) for constant in quantized(has_reduced_range=False).graph.initializer
    }
    assert (N_DIMS + 1, N_ENTRIES) not in shapes


@pytest.mark.parametrize(
    "other",
    [
        model_of(RNG.normal(0, 1, (N_DIMS + 1, 8)), RNG.normal(0, 1, 8)),
        model_of(np.ones((N_DIMS + 1, 8)), np.ones(8)),
        model_of(
            np.concatenate([-2 * ENTRIES, np.ones((1, N_ENTRIES))]),
            (ENTRIES**2).sum(axis=0),
            last="ReduceMax",
        ),
    ],
)
def test_product_that_is_not_a_search_is_left_alone(other: Any) -> None:
    before = other.SerializeToString()
    assert searches_in(other.graph) == ()
    quantize_searches(other.graph, [], has_reduced_range=False)
    assert other.SerializeToString() == before
