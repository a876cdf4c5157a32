"""Tells the kinds of model files apart."""

from pathlib import Path

from inspector.errors import ConfigurationError
from models.importing.source_model import Size, SourceModel


def read_model(path: Path, size_px: Size | None) -> SourceModel:
    """Read a model by the ending of its name; a folder is a SavedModel.

    Raises:
        ConfigurationError: There is nothing, it is of no kind that is read, or it is damaged.
    """
    if path.is_dir():
        if not (path / "saved_model.pb").is_file():
            raise ConfigurationError(
                f"folder {str(path)!r} is not a SavedModel: it holds no saved_model.pb"
            )
        from models.importing.readers.read_saved_model import read_saved_model

        return read_saved_model(path, size_px)
    if not path.is_file():
        raise ConfigurationError(f"model {str(path)!r}: there is no such file; check the spelling")
    kind = path.suffix.lower()
    if kind == ".onnx":
        from models.importing.readers.read_onnx import read_onnx

        return read_onnx(path)
    if kind == ".keras":
        from models.importing.readers.read_keras import read_keras

        return read_keras(path, size_px)
    if kind == ".tflite":
        from models.importing.readers.read_tflite import read_tflite

        return read_tflite(path, size_px)
    advice = _ADVICE.get(kind, "give an .onnx, .keras or .tflite file, or a SavedModel folder")
    raise ConfigurationError(f"model {str(path)!r} is of no kind that is read: {advice}")


_EXPORT_TORCH = "weights of PyTorch run code when they are opened; export with torch.onnx.export"
_ADVICE = {
    ".h5": "save it in Keras as a .keras file",
    ".pt": _EXPORT_TORCH,
    ".pth": _EXPORT_TORCH,
    ".pb": "give the folder that holds it",
}
