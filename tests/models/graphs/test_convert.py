"""A TensorFlow function becomes an ONNX file that the line's runtime runs alike."""

from typing import Any

import numpy as np
import onnxruntime
import pytest

from inspector.bundle import InputSpec
from inspector.bundle.graph_scan import scan_graph
from inspector.errors import BundleError
from inspector.inference.ort import OrtBackend
from models.comparing.comparison import compare
from models.graphs.convert import OPSET, convert, finished, to_onnx
from models.graphs.training_library import tensorflow
from tests.support.bundles import draft_manifest


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
        trained = function(pixels[:count])
        score, heatmap = session.run(["score", "heatmap"], {"pixels": pixels[:count]})
        np.testing.assert_allclose(score, trained["score"].numpy(), rtol=1e-6)
        np.testing.assert_allclose(heatmap, trained["heatmap"].numpy(), rtol=1e-5, atol=1e-6)


def test_same_function_gives_the_same_bytes(model: bytes) -> None:
    assert to_onnx(small_function()) == model


def normalised_function() -> Any:
    """A depthwise convolution with batch normalisation, twice, as backbones have them."""
    tf = tensorflow()
    import keras

    keras.utils.set_random_seed(0)
    layers = keras.layers
    network = keras.Sequential(
        [
            layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(6.0),
            layers.ZeroPadding2D(((0, 1), (0, 1))),
            layers.DepthwiseConv2D(3, strides=2, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(6.0),
        ]
    )
    network.build((None, 16, 16, 3))
    for variable in network.non_trainable_variables:
        variable.assign(tf.random.uniform(variable.shape, 0.5, 1.5, seed=1))

    def judge(pixels: Any) -> dict[str, Any]:
        heat = tf.reduce_mean(network(tf.cast(pixels, tf.float32) / 128.0, training=False), -1)
        return {"score": tf.reduce_max(heat, (1, 2)), "heatmap": heat}

    return tf.function(
        judge, input_signature=[tf.TensorSpec([None, 16, 16, 3], tf.uint8, name="pixels")]
    )


def test_normalisation_scaling_and_borders_go_into_the_convolutions() -> None:
    function = normalised_function()
    conversion = convert(function)
    left = {"Cast": 1, "Transpose": 1, "Conv": 2, "Clip": 2, "ReduceMean": 1, "ReduceMax": 1}
    assert dict(conversion.operators_after) == left
    assert conversion.operators_before["Mul"] == 2
    assert conversion.operators_before["Pad"] == 1
    assert conversion.operator_table().splitlines()[-1].split() == ["total", "12", "8"]
    pixels = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 3), dtype=np.uint8)
    (score,) = onnxruntime.InferenceSession(conversion.model).run(["score"], {"pixels": pixels})
    np.testing.assert_allclose(score, function(pixels)["score"].numpy(), rtol=1e-5)


def branching_function() -> Any:
    tf = tensorflow()
    gains = np.array([0.5, 0.25, 0.25], np.float32)

    def judge(pixels: Any) -> dict[str, Any]:
        light = tf.cast(pixels, tf.float32)
        heat = tf.cond(
            tf.reduce_mean(light) > 100.0,
            lambda: tf.reduce_sum(light * gains, -1),
            lambda: tf.reduce_max(light, -1) * 2.0,
        )
        return {"score": tf.reduce_max(heat, (1, 2)), "heatmap": heat}

    return tf.function(
        judge, input_signature=[tf.TensorSpec([None, 16, 16, 3], tf.uint8, name="pixels")]
    )


@pytest.fixture(scope="module")
def branching() -> bytes:
    return to_onnx(branching_function())


def prove(
    function: Any, model: bytes, size_px: tuple[int, int], mean_level: int = 120
) -> str | None:
    """What `validate` would say of the model on pictures of this size and brightness."""
    height_px, width_px = size_px
    spec = InputSpec(height_px=height_px, width_px=width_px, color="rgb", resize="stretch")
    rng = np.random.Generator(np.random.PCG64(0))
    levels = mean_level + rng.integers(-15, 15, (6, 1, 1, 1))
    noise = rng.integers(-15, 15, (6, height_px, width_px, 3))
    proof = compare(
        function,
        OrtBackend(draft_manifest(spec), model).run,
        (levels + noise).astype(np.uint8),
        [str(index) for index in range(6)],
        threshold=150.0,
        model_sha256="0" * 64,
    )
    assert proof.n_images == 6
    return proof.shortcoming()


def test_model_with_a_branch_is_let_through_and_takes_both_ways(branching: bytes) -> None:
    import onnx

    scan_graph(branching, "model.onnx")
    tf, function = tensorflow(), branching_function()
    pixels = np.stack([np.full((16, 16, 3), level, np.uint8) for level in (30, 220)])
    trained = [function(tf.constant(one[np.newaxis]))["score"].numpy().item() for one in pixels]
    session = onnxruntime.InferenceSession(branching)
    judged = [session.run(["score"], {"pixels": one[np.newaxis]})[0].item() for one in pixels]
    assert judged == trained == [60.0, 220.0]
    kinds = [node.op_type for node in onnx.load_from_string(branching).graph.node]
    assert kinds.count("If") == 1


@pytest.mark.parametrize("mean_level", [40, 200])
def test_each_way_of_a_branch_is_proven(branching: bytes, mean_level: int) -> None:
    assert prove(branching_function(), branching, (16, 16), mean_level) is None


def test_branching_model_comes_out_as_the_same_bytes(branching: bytes) -> None:
    assert to_onnx(branching_function()) == branching


def test_custom_operator_in_a_branch_is_refused(branching: bytes) -> None:
    with pytest.raises(BundleError, match=r"custom operators of 'com\.evil'"):
        scan_graph(with_branch_changed(branching, set_domain), "model.onnx")


def test_weights_of_another_file_in_a_branch_are_refused(branching: bytes) -> None:
    with pytest.raises(BundleError, match="asks for weights in another file"):
        scan_graph(with_branch_changed(branching, ask_for_file), "model.onnx")


def with_branch_changed(model: bytes, change: Any) -> bytes:
    import onnx

    loaded = onnx.load_from_string(model)
    branch = next(node for node in loaded.graph.node if node.op_type == "If").attribute[0].g
    change(branch)
    return bytes(loaded.SerializeToString())


def set_domain(branch: Any) -> None:
    branch.node[0].domain = "com.evil"


def ask_for_file(branch: Any) -> None:
    from onnx import TensorProto

    tensor = branch.initializer.add(name="w", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")


def test_domain_that_only_a_branch_needs_is_kept_in_sight(branching: bytes) -> None:
    """The scan then refuses it by its name; dropped, the file would only be damaged."""
    import onnx

    loaded = onnx.load_from_string(with_branch_changed(branching, set_domain))
    loaded.opset_import.add(domain="com.evil", version=1)
    with pytest.raises(BundleError, match=r"custom operators of 'com\.evil'"):
        scan_graph(finished(loaded), "model.onnx")


def convolutional_function() -> Any:
    tf = tensorflow()
    kernel = np.random.Generator(np.random.PCG64(0)).normal(size=(3, 3, 3, 4)).astype(np.float32)

    def judge(pixels: Any) -> dict[str, Any]:
        light = (tf.cast(pixels, tf.float32) - 127.0) / 128.0
        features = tf.nn.relu6(tf.nn.conv2d(light, kernel, 2, "SAME"))
        heat = tf.image.resize(tf.reduce_sum(features, -1)[..., None], tf.shape(pixels)[1:3])
        return {"score": tf.reduce_max(heat, (1, 2, 3)), "heatmap": heat[..., 0]}

    return tf.function(
        judge, input_signature=[tf.TensorSpec([None, None, None, 3], tf.uint8, name="pixels")]
    )


def test_free_height_and_width_are_proven_at_three_sizes() -> None:
    function = convolutional_function()
    model = to_onnx(function)
    (taken,) = onnxruntime.InferenceSession(model).get_inputs()
    assert taken.shape == ["N", "H", "W", 3]
    assert [prove(function, model, size) for size in ((16, 16), (33, 48), (64, 31))] == [None] * 3
