"""What can be folded away goes, what cannot stays, and the graph computes the same."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from models.graphs.passes import simplify

Floats = NDArray[np.float32]
RNG = np.random.Generator(np.random.PCG64(0))
X = RNG.normal(size=(2, 3, 6, 8)).astype(np.float32)
KERNEL = RNG.normal(size=(4, 3, 3, 3)).astype(np.float32)
CHANNELS = RNG.normal(size=(4, 1, 1)).astype(np.float32)
BIAS = RNG.normal(size=4).astype(np.float32)
MATRIX = RNG.normal(size=(8, 5)).astype(np.float32)
CONV = "Conv <pads = [1, 1, 1, 1]>"
TURN = "Transpose <perm = [0, 1, 3, 2]>"


def graph_of(nodes: str, constants: Mapping[str, NDArray[Any]], outputs: str = "y") -> Any:
    from onnx import numpy_helper, parser

    handed_out = ", ".join(f"float[A{name}] {name}" for name in outputs.split())
    graph = parser.parse_graph(f"g (float[N, 3, H, W] x) => ({handed_out}) {{ {nodes} }}")
    for value in graph.output:
        value.type.tensor_type.ClearField("shape")
    graph.initializer.extend(numpy_helper.from_array(v, name) for name, v in constants.items())
    return graph


def run(graph: Any) -> list[Floats]:
    from onnx import helper

    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    results: list[Floats] = onnxruntime.InferenceSession(model.SerializeToString()).run(
        None, {"x": X}
    )
    return results


def kinds(graph: Any) -> list[str]:
    return [node.op_type for node in graph.node]


FOLDED = {
    "batch normalisation behind a convolution": (
        f"a = {CONV} (x, w) b = Mul (a, c) y = Add (b, c)",
        ["Conv"],
    ),
    "constants that stand first": (f"a = {CONV} (x, w) b = Mul (c, a) y = Add (c, b)", ["Conv"]),
    "scaling of a convolution with a bias": (f"a = {CONV} (x, w, d) y = Mul (a, c)", ["Conv"]),
    "offset of a convolution with a bias": (f"a = {CONV} (x, w, d) y = Add (a, s)", ["Conv"]),
    "division behind a convolution": (f"a = {CONV} (x, w) y = Div (a, s)", ["Conv"]),
    "scaling in front of a convolution": (f"a = Mul (x, s) y = {CONV} (a, w, d)", ["Conv"]),
    "scaling in front of a transpose": (
        f"a = Div (x, s) b = {TURN} (a) y = {CONV} (b, w)",
        ["Transpose", "Conv"],
    ),
    "scaling behind a matrix": ("a = MatMul (x, m) y = Mul (a, s)", ["MatMul"]),
    "border of zeros": (f"a = Pad (x, p) y = {CONV} (a, w)", ["Conv"]),
    "border of zeros, spelled out": (
        'a = Pad <mode = "constant"> (x, p, z) y = Conv (a, w)',
        ["Conv"],
    ),
    "transposes that undo each other": (f"a = {TURN} (x) b = {TURN} (a) y = Neg (b)", ["Neg"]),
    "transposes that do not": (
        "a = Transpose <perm = [0, 2, 3, 1]> (x) y = Transpose <perm = [0, 2, 3, 1]> (a)",
        ["Transpose"],
    ),
    "slice that takes all": ("a = Slice (x, i, j, i, k) y = Neg (a)", ["Neg"]),
    "identity": ("a = Identity (x) y = Neg (a)", ["Neg"]),
    "what nobody reads": ("a = Exp (x) y = Neg (x)", ["Neg"]),
}
KEPT = {
    "scaling that differs by place": f"a = {CONV} (x, w) y = Mul (a, v)",
    "scaling of what is read elsewhere too": f"a = {CONV} (x, w) e = Mul (a, c) y = Add (e, a)",
    "offset in front of a convolution, which its border does not have": (
        f"a = Add (x, s) y = {CONV} (a, w)"
    ),
    "border of ones": "a = Pad (x, p, o) y = Conv (a, w)",
    "border of what is there": 'a = Pad <mode = "reflect"> (x, p) y = Conv (a, w)',
    "border of channels": "a = Pad (x, q) y = Conv (a, u)",
    "border where the convolution finds its own": (
        'a = Pad (x, p) y = Conv <auto_pad = "SAME_UPPER"> (a, w)'
    ),
    "scaling behind a matrix by row": "a = MatMul (x, m) y = Mul (a, r)",
    "slice that takes a part": "a = Slice (x, i, k, i, k) y = Neg (a)",
    "transpose that turns all axes round": "a = Transpose (x) y = Neg (a)",
    "identity that is handed out": "y = Identity (x)",
}
CONSTANTS = {
    "w": KERNEL,
    "u": RNG.normal(size=(4, 4, 3, 3)).astype(np.float32),
    "c": CHANNELS,
    "d": BIAS,
    "s": np.array(0.3, np.float32),
    "v": RNG.normal(size=(1, 4, 6, 8)).astype(np.float32),
    "m": MATRIX,
    "r": RNG.normal(size=(6, 1)).astype(np.float32),
    "p": np.array([0, 0, 1, 2, 0, 0, 0, 1]),
    "q": np.array([0, 1, 0, 0, 0, 0, 0, 0]),
    "z": np.array(0.0, np.float32),
    "o": np.array(1.0, np.float32),
    "i": np.array([0]),
    "j": np.array([1_000_000_000]),
    "k": np.array([1]),
}


@pytest.mark.parametrize(("nodes", "left"), FOLDED.values(), ids=FOLDED)
def test_what_can_be_folded_goes_and_the_values_stay(nodes: str, left: list[str]) -> None:
    before = run(graph_of(nodes, CONSTANTS))
    graph = graph_of(nodes, CONSTANTS)
    simplify(graph)
    assert kinds(graph) == left
    np.testing.assert_allclose(run(graph)[0], before[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("nodes", KEPT.values(), ids=KEPT)
def test_what_cannot_be_folded_stays(nodes: str) -> None:
    graph = graph_of(nodes, CONSTANTS)
    before = kinds(graph)
    simplify(graph)
    assert kinds(graph) == before


def test_weights_that_are_shared_are_not_changed_for_the_others() -> None:
    nodes = f"a = {CONV} (x, w) y = Mul (a, c) z2 = {CONV} (x, w)"
    before = run(graph_of(nodes, CONSTANTS, "y z2"))
    graph = graph_of(nodes, CONSTANTS, "y z2")
    simplify(graph)
    assert kinds(graph) == ["Conv", "Conv"]
    for new, old in zip(run(graph), before, strict=True):
        np.testing.assert_allclose(new, old, rtol=1e-5, atol=1e-5)


def test_constants_that_nobody_reads_go() -> None:
    graph = graph_of("y = Neg (x)", CONSTANTS)
    simplify(graph)
    assert list(graph.initializer) == []


def test_what_a_branch_reads_stays_as_it_is() -> None:
    nodes = (
        f"a = {CONV} (x, w) b = Mul (a, c) e = ReduceMax <keepdims = 0> (x) f = Greater (e, s) "
        "y = If (f) <then_branch: graph = t () => (float[A] g) { g = Neg (a) }, "
        "else_branch: graph = h () => (float[A] k2) { k2 = Neg (b) }>"
    )
    graph = graph_of(nodes, CONSTANTS)
    for attribute in graph.node[-1].attribute:
        attribute.g.output[0].type.tensor_type.ClearField("shape")
    before = run(graph)
    simplify(graph)
    assert kinds(graph) == ["Conv", "Mul", "ReduceMax", "Greater", "If"]
    np.testing.assert_array_equal(run(graph)[0], before[0])
