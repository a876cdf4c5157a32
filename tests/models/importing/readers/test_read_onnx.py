"""An ONNX file is read whole, with the weights beside it, and run as it was handed in."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.errors import ConfigurationError
from models.importing.readers.read_onnx import read_onnx
from tests.support.foreign_models import Exports, graph_of

WEIGHTS = np.arange(600, dtype=np.float32).reshape(3, 200)


def with_weights() -> Any:
    from onnx import helper

    nodes = [
        helper.make_node("ReduceMean", ["x"], ["m"], axes=[2, 3], keepdims=0),
        helper.make_node("MatMul", ["m", "w"], ["y"]),
    ]
    return graph_of(nodes, {"x": ["N", 3, 8, 8]}, ["y"], constants={"w": WEIGHTS})


def save_beside(folder: Path) -> Path:
    import onnx

    onnx.save(with_weights(), folder / "net.onnx", save_as_external_data=True, location="net.data")
    return folder / "net.onnx"


def test_model_runs_as_it_was_handed_in(exports: Exports) -> None:
    source = read_onnx(exports.onnx)
    picture = np.zeros((1, 64, 96, 3), np.float32)
    (probabilities,) = source.run(picture).values()
    assert probabilities.shape == (1, 3)
    assert probabilities.sum() == pytest.approx(1)


def test_weights_beside_the_file_are_taken_in_and_hashed(tmp_path: Path) -> None:
    path = save_beside(tmp_path)
    source = read_onnx(path)
    picture = np.ones((1, 3, 8, 8), np.float32)
    assert np.allclose(source.run(picture)["y"], WEIGHTS.sum(axis=0))
    assert not any(tensor.external_data for tensor in source.graph.graph.initializer)
    (tmp_path / "net.data").write_bytes((tmp_path / "net.data").read_bytes()[:-4] + b"1234")
    assert read_onnx(path).sha256 != source.sha256


def test_weights_that_are_missing_are_named(tmp_path: Path) -> None:
    path = save_beside(tmp_path)
    (tmp_path / "net.data").unlink()
    with pytest.raises(ConfigurationError, match=r"weights in 'net\.data', which is missing; copy"):
        read_onnx(path)


def test_weights_are_read_from_the_folder_of_the_model_only(tmp_path: Path) -> None:
    import onnx

    model = onnx.load(save_beside(tmp_path), load_external_data=False)
    for entry in model.graph.initializer[0].external_data:
        if entry.key == "location":
            entry.value = "../secret"
    (tmp_path / "secret").write_bytes(WEIGHTS.tobytes())
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "net.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ConfigurationError, match=r"asks for '\.\./secret', which is not beside it"):
        read_onnx(tmp_path / "inner" / "net.onnx")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x00\x01 a picture", "is not an ONNX file"),
        (with_weights().SerializeToString()[:-100], r"is not an ONNX file: .* copy it whole"),
        (graph_of([], {"x": [1, 3, 8, 8]}, []).SerializeToString(), "holds no graph"),
    ],
)
def test_file_that_is_no_whole_model_is_refused(
    content: bytes, message: str, tmp_path: Path
) -> None:
    (tmp_path / "net.onnx").write_bytes(content)
    with pytest.raises(ConfigurationError, match=message):
        read_onnx(tmp_path / "net.onnx")
