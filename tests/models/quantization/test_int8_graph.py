"""Which part of a graph is quantised, and that it computes the same to within a little."""

from collections import Counter
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.bundle import InputSpec
from inspector.errors import BundleError
from inspector.inference.ort import OrtBackend
from models.quantization.int8_graph import calibrated, int8_model
from tests.support.bundles import brightness_model, draft_manifest

SPEC = InputSpec(height_px=32, width_px=32, color="rgb", resize="stretch")
COLUMNS, DEEP = 2048, 64  # of a matrix that is large enough to be packed


@cache
def network(opset: int = 17) -> bytes:
    """Three convolutions with a residual, then a distance to many columns, which stays float."""
    from onnx import numpy_helper, parser

    proto = parser.parse_model(f"""
<ir_version: 8, opset_import: ["" : {opset}]>
judge (uint8[N, 32, 32, 3] pixels) => (float[N] score, float[N, 32, 32] heatmap)
<float full = {{255.0}}>
{{
    real = Cast <to = 1> (pixels)
    light = Div (real, full)
    first = Transpose <perm = [0, 3, 1, 2]> (light)
    a = Conv <pads = [1, 1, 1, 1]> (first, w0)
    b = Relu (a)
    c = Conv <pads = [1, 1, 1, 1]> (b, w1)
    d = Relu (c)
    e = Add (b, d)
    f = Conv <pads = [1, 1, 1, 1]> (e, w2)
    pooled = ReduceMean <axes = [2, 3], keepdims = 0> (f)
    near = MatMul (pooled, bank)
    score = ReduceMax <axes = [1], keepdims = 0> (near)
    heatmap = ReduceMean <axes = [3], keepdims = 0> (light)
}}
""")
    rng = np.random.Generator(np.random.PCG64(0))
    for name, shape in (
        ("w0", (16, 3, 3, 3)), ("w1", (16, 16, 3, 3)), ("w2", (DEEP, 16, 3, 3)),
        ("bank", (DEEP, COLUMNS)),
    ):  # fmt: skip
        values = rng.normal(0, 0.2, shape).astype(np.float32)
        proto.graph.initializer.append(numpy_helper.from_array(values, name))
    return bytes(proto.SerializeToString())


def pictures(count: int = 12) -> NDArray[np.uint8]:
    rng = np.random.Generator(np.random.PCG64(1))
    levels = rng.integers(40, 255, (count, 1, 1, 3))
    return (rng.random((count, 32, 32, 3)) * levels).astype(np.uint8)


def scores(model: bytes) -> NDArray[np.float32]:
    run = OrtBackend(draft_manifest(SPEC), model).run
    return np.array([run(tensor[np.newaxis])["score"][0] for tensor in pictures()])


def made(calibration: str = "minmax", n_float: int = 0, *, is_reduced: bool = True) -> bytes:
    with calibrated(network(), pictures(), [calibration]) as (ready,):
        return int8_model(ready, n_float_convolutions=n_float, has_reduced_range=is_reduced)


def op_types(model: bytes) -> Counter[str]:
    from onnx import load_from_string

    return Counter(node.op_type for node in load_from_string(model).graph.node)


@pytest.mark.parametrize("calibration", ["minmax", "entropy", "percentile"])
def test_bytes_give_nearly_the_scores_of_floats(calibration: str) -> None:
    expected = scores(network())
    off = np.abs(scores(made(calibration)) - expected)
    assert 0 < off.max() < 0.05 * np.ptp(expected)


def test_only_the_trunk_is_quantised() -> None:
    """Each weight and each number between convolutions is brought to bytes; no distance is."""
    whole, partly = op_types(made()), op_types(made(n_float=2))
    assert (whole["Conv"], whole["MatMul"]) == (3, 1)
    assert whole["DequantizeLinear"] - whole["QuantizeLinear"] == 3
    assert partly["DequantizeLinear"] - partly["QuantizeLinear"] == 1


@pytest.mark.parametrize(("is_reduced", "largest"), [(True, 64), (False, 127)])
def test_weights_have_7_bits_where_sums_would_overflow(*, is_reduced: bool, largest: int) -> None:
    from onnx import load_from_string, numpy_helper

    graph = load_from_string(made(is_reduced=is_reduced)).graph
    weights = [numpy_helper.to_array(constant) for constant in graph.initializer]
    kernels = [values for values in weights if values.dtype == np.int8 and values.ndim == 4]
    assert [int(np.abs(values).max()) for values in kernels] == [largest] * 3


def test_same_pictures_give_the_same_file() -> None:
    assert made() == made()


def test_model_without_convolutions_is_refused() -> None:
    tensors = np.zeros((1, 32, 48, 3), np.uint8)
    with (
        pytest.raises(BundleError, match="the model has no convolution"),
        calibrated(brightness_model(), tensors, ["minmax"]),
    ):
        pass


def test_model_of_an_old_opset_is_refused() -> None:
    with (
        pytest.raises(BundleError, match="has opset 11; INT8 needs 13 at least"),
        calibrated(network(opset=11), pictures(), ["minmax"]),
    ):
        pass
