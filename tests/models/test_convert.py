"""A TensorFlow function becomes an ONNX file that the line's runtime runs alike."""

from typing import Any

import numpy as np
import onnxruntime
import pytest

from inspector.bundle.graph_scan import scan_graph
from models.convert import OPSET, to_onnx
from models.training_library import tensorflow


def small_function() -> Any:
    tf = tensorflow()
    kernel = np.arange(27, dtype=np.float32).reshape(3, 3, 3, 1) / 27

    def judge(pixels: Any) -> dict[str, Any]:
        light = tf.cast(pixels, tf.float32) / 255.0
        heat = tf.nn.relu6(tf.nn.conv2d(light, kernel, 1, "SAME"))[..., 0]
        return {"score": tf.reduce_max(heat, (1, 2)), "heatmap": heat}

    return tf.function(
        judge, input_signature=[tf.TensorSpec([None, 16, 16, 3], tf.uint8, name="pixels")]
    )


@pytest.fixture(scope="module")
def function() -> Any:
    return small_function()


@pytest.fixture(scope="module")
def model(function: Any) -> bytes:
    return to_onnx(function)


def test_inputs_and_outputs_keep_their_names_and_the_first_axis_is_free(model: bytes) -> None:
    session = onnxruntime.InferenceSession(model)
    given = [(v.name, v.type, v.shape) for v in (*session.get_inputs(), *session.get_outputs())]
    assert sorted(given) == [
        ("heatmap", "tensor(float)", ["N", 16, 16]),
        ("pixels", "tensor(uint8)", ["N", 16, 16, 3]),
        ("score", "tensor(float)", ["N"]),
    ]


def test_opset_is_pinned_and_nothing_foreign_is_asked_for(model: bytes) -> None:
    import onnx

    loaded = onnx.load_from_string(model)
    assert [(entry.domain, entry.version) for entry in loaded.opset_import] == [("", OPSET)]
    scan_graph(model, "model.onnx")


def test_runtime_agrees_with_tensorflow_for_one_and_for_many_pictures(
    function: Any, model: bytes
) -> None:
    session = onnxruntime.InferenceSession(model)
    pixels = np.random.default_rng(0).integers(0, 256, (5, 16, 16, 3), dtype=np.uint8)
    for count in (1, 5):
        taught = function(pixels[:count])
        score, heatmap = session.run(["score", "heatmap"], {"pixels": pixels[:count]})
        np.testing.assert_allclose(score, taught["score"].numpy(), rtol=1e-6)
        np.testing.assert_allclose(heatmap, taught["heatmap"].numpy(), rtol=1e-5, atol=1e-6)


def test_same_function_gives_the_same_bytes(model: bytes) -> None:
    assert to_onnx(small_function()) == model
