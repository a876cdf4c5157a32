"""The kind of a model file is told by its name, and what is of no kind says what to do."""

from pathlib import Path

import pytest

from inspector.errors import ConfigurationError
from models.importing.readers.read_model import read_model
from tests.support.foreign_models import Exports


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.onnx", "there is no such file; check the spelling"),
        ("net.pt", "export with torch.onnx.export"),
        ("net.h5", "save it in Keras as a .keras file"),
        ("saved_model.pb", "give the folder that holds it"),
        ("net.bin", r"give an \.onnx, \.keras or \.tflite file, or a SavedModel folder"),
        ("folder", "not a SavedModel: it holds no saved_model.pb"),
    ],
)
def test_what_is_no_model_says_what_to_do(name: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    elif name != "missing.onnx":
        path.write_bytes(b"something")
    with pytest.raises(ConfigurationError, match=message):
        read_model(path, None)


def test_ending_in_capitals_is_the_same_kind(exports: Exports, tmp_path: Path) -> None:
    path = tmp_path / "NET.ONNX"
    path.write_bytes(exports.onnx.read_bytes())
    assert read_model(path, None).kind == "ONNX"
