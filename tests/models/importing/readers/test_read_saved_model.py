"""A SavedModel is a program: it is looked through before it is loaded."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.errors import ConfigurationError
from models.graphs.training_library import tensorflow
from models.importing.readers.read_saved_model import read_saved_model
from tests.support.foreign_models import Exports, run_graph


def saved(
    folder: Path, body: Any, *shapes: tuple[int | None, ...], name: str | None = None
) -> Path:
    """A SavedModel of one function, by its serving signature or under another name."""
    tf = tensorflow()
    module = tf.Module()
    specs = [tf.TensorSpec(shape, tf.float32, name=f"x{at}") for at, shape in enumerate(shapes)]
    module.body = tf.function(body, input_signature=specs)
    signatures = {name or "serving_default": module.body.get_concrete_function()}
    tf.saved_model.save(module, str(folder), signatures=signatures)
    return folder


def test_graph_and_tensorflow_agree(exports: Exports) -> None:
    source = read_saved_model(exports.saved_model, None)
    picture = np.random.Generator(np.random.PCG64(0)).random((1, 64, 96, 3), np.float32)
    graph = run_graph(source.graph, **{source.input_name: picture})
    (name,) = graph
    assert np.allclose(source.run(picture)[name], graph[name], atol=1e-6)


def test_model_that_reads_files_is_not_loaded(tmp_path: Path) -> None:
    tf = tensorflow()

    def body(x: Any) -> dict[str, Any]:
        text = tf.io.read_file("/etc/hostname")
        return {"y": x + tf.cast(tf.strings.length(text), tf.float32)}

    folder = saved(tmp_path / "net", body, (None, 8, 8, 3))
    with pytest.raises(ConfigurationError, match="reaches for files or code by ReadFile"):
        read_saved_model(folder, None)


@pytest.mark.parametrize(
    ("shapes", "name", "message"),
    [
        ([(None, 8, 8, 3)], "other", "has no signature 'serving_default', but other; export it"),
        ([(None, 5)], None, r"takes no single picture of four axes, but x0 \(None, 5\)"),
        ([(None, 8, 8, 3), (None, 8, 8, 3)], None, "takes no single picture"),
    ],
)
def test_signature_that_takes_no_single_picture_is_refused(
    shapes: list[tuple[int | None, ...]], name: str | None, message: str, tmp_path: Path
) -> None:
    tf = tensorflow()
    folder = saved(tmp_path / "net", lambda *x: {"y": tf.add_n(x)}, *shapes, name=name)
    with pytest.raises(ConfigurationError, match=message):
        read_saved_model(folder, None)


def test_damaged_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"no protobuf at all")
    with pytest.raises(ConfigurationError, match=r"is not a SavedModel: .* export it again"):
        read_saved_model(tmp_path, None)


def test_layers_that_vary_pictures_are_named_with_the_way_out(tmp_path: Path) -> None:
    tensorflow()
    import keras

    pixels = keras.Input((16, 16, 3))
    varied = keras.layers.RandomRotation(0.1)(keras.layers.RandomFlip()(pixels))
    pooled = keras.layers.GlobalMaxPooling2D()(varied)
    keras.Model(pixels, pooled).export(tmp_path / "net", verbose=False)
    with pytest.raises(
        ConfigurationError, match=r"draws random numbers .*as layers do .*: export the model w"
    ):
        read_saved_model(tmp_path / "net", None)
