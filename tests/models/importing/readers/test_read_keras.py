"""A `.keras` file is run by Keras, and nothing in it that is code."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from inspector.errors import ConfigurationError, UsageError
from models.graphs.training_library import tensorflow
from models.importing.readers.read_keras import read_keras
from tests.support.foreign_models import Exports, run_graph


def test_graph_and_keras_agree(exports: Exports) -> None:
    source = read_keras(exports.keras, None)
    picture = np.random.Generator(np.random.PCG64(0)).random((1, 64, 96, 3), np.float32)
    graph = run_graph(source.graph, **{source.input_name: picture})
    (name,) = graph
    assert np.allclose(source.run(picture)[name], graph[name], atol=1e-6)
    assert sorted(source.versions) == ["keras", "tensorflow", "tf2onnx"]


def test_model_of_any_size_needs_one(tmp_path: Path) -> None:
    tensorflow()
    import keras

    pixels = keras.Input((None, None, 3))
    maps = keras.layers.Conv2D(1, 1)(pixels)
    keras.Model(pixels, maps).save(tmp_path / "free.keras")
    with pytest.raises(UsageError, match="give --size HxW"):
        read_keras(tmp_path / "free.keras", None)
    source = read_keras(tmp_path / "free.keras", (8, 16))
    (maps,) = source.run(np.zeros((1, 8, 16, 3), np.float32)).values()
    assert maps.shape == (1, 8, 16, 1)


def test_layer_of_code_is_not_run(tmp_path: Path) -> None:
    tensorflow()
    import keras

    pixels = keras.Input((8, 8, 3))
    twice = keras.layers.Lambda(lambda values: values * 2, output_shape=(8, 8, 3))
    keras.Model(pixels, twice(pixels)).save(tmp_path / "code.keras")
    with pytest.raises(ConfigurationError, match=r"cannot be opened by Keras.* is not run here"):
        read_keras(tmp_path / "code.keras", None)


def test_model_of_two_inputs_is_refused(tmp_path: Path) -> None:
    tensorflow()
    import keras

    inputs = [keras.Input((8, 8, 3)), keras.Input((8, 8, 3))]
    keras.Model(inputs, keras.layers.Add()(inputs)).save(tmp_path / "two.keras")
    with pytest.raises(ConfigurationError, match="takes no single picture of four axes"):
        read_keras(tmp_path / "two.keras", None)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (None, r"is not a \.keras file, or is truncated"),
        (["config.json"], "it lacks model.weights.h5"),
    ],
)
def test_file_that_is_no_keras_model_is_refused(
    names: list[str] | None, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "net.keras"
    if names is None:
        path.write_bytes(b"PK no zip")
    else:
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, "{}")
    with pytest.raises(ConfigurationError, match=message):
        read_keras(path, None)


def test_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    with zipfile.ZipFile(path, "w") as archive:
        for name in [f"{number}.txt" for number in range(1001)]:
            archive.writestr(name, "")
    with pytest.raises(ConfigurationError, match="in 1001 files"):
        read_keras(path, None)
