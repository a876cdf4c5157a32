"""A foreign graph with pixels before and verdicts behind it is one valid graph of the standard."""

import numpy as np

from inspector.bundle.graph_scan import scan_graph
from models.importing.assemble import bundle_model
from models.importing.batch_axis import with_free_reshapes
from models.importing.heads.classify_head import ClassifyHead
from models.importing.pixels import Normalisation, Pixels
from models.importing.tidy_graph import tidied
from tests.support.foreign_models import graph_of, run_graph

PIXELS = Pixels(
    height_px=8,
    width_px=16,
    layout="NCHW",
    color="rgb",
    dtype=np.dtype(np.float32),
    normalisation=Normalisation(scale=255.0),
)


def test_names_of_the_model_never_meet_those_of_the_bundle() -> None:
    """A model whose own values are called as the bundle's input and outputs are."""
    from onnx import helper

    nodes = [
        helper.make_node("ReduceMean", ["pixels"], ["score"], axes=[2, 3], keepdims=0),
        helper.make_node("Neg", ["score"], ["probabilities"]),
    ]
    theirs = graph_of(nodes, {"pixels": [1, 3, 8, 16]}, ["score", "probabilities"])
    freed = with_free_reshapes(tidied(theirs), "pixels", PIXELS.dims)
    head = ClassifyHead(
        source="score", model_labels=("a", "good", "b"), is_logits=True, n_columns=3
    )
    model = bundle_model(freed, "pixels", PIXELS, head)
    noise = np.random.Generator(np.random.PCG64(0))
    tensors = noise.integers(0, 256, (2, 8, 16, 3), np.uint8)
    given = run_graph(model, pixels=tensors)
    means = (tensors / 255).mean(axis=(1, 2))
    assert scan_graph(model, "model") == 17
    assert b"Neg" not in model
    for name, value in head.computed({"score": means}).items():
        assert np.allclose(given[name], value, atol=1e-6)


def test_scaling_of_the_pixels_is_folded_into_the_first_convolution() -> None:
    from onnx import helper, load_model_from_string

    nodes = [
        helper.make_node("Conv", ["x", "w"], ["maps"]),
        helper.make_node("ReduceMean", ["maps"], ["y"], axes=[2, 3], keepdims=0),
    ]
    kernel = np.random.Generator(np.random.PCG64(1)).normal(size=(3, 3, 1, 1)).astype(np.float32)
    theirs = graph_of(nodes, {"x": [1, 3, 8, 16]}, ["y"], constants={"w": kernel})
    freed = with_free_reshapes(tidied(theirs), "x", PIXELS.dims)
    head = ClassifyHead(source="y", model_labels=("good", "a", "b"), is_logits=True, n_columns=3)
    model = bundle_model(freed, "x", PIXELS, head)
    assert "Mul" not in {node.op_type for node in load_model_from_string(model).graph.node}
    tensors = np.full((2, 8, 16, 3), 102, np.uint8)
    given = run_graph(model, pixels=tensors)
    expected = head.computed({"y": np.tile(0.4 * kernel[:, :, 0, 0].sum(axis=1), (2, 1))})
    assert np.allclose(given["score"], expected["score"], atol=1e-6)
