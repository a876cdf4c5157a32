"""Reads a `.keras` file, and nothing in it that would run code."""

import hashlib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

from inspector.errors import ConfigurationError, UsageError
from models.graphs.convert import to_onnx
from models.graphs.training_library import tensorflow
from models.importing.foreign_faults import blamed_on
from models.importing.model_inputs import picture_input
from models.importing.readers.files import MAX_MODEL_BYTES, read_model_file
from models.importing.source_model import Size, SourceModel

_MAX_ENTRIES = 1000
_NEEDED = {"config.json", "model.weights.h5"}


def read_keras(path: Path, size_px: Size | None) -> SourceModel:
    """The model, run by Keras as it was handed in.

    Args:
        size_px: For a model that takes pictures of any size.

    Raises:
        ConfigurationError: It is not a `.keras` file, is damaged, unpacks to too much, holds layers
            or code of its own, or takes something else than one picture.
    """
    data = read_model_file(path)
    _check_archive(path)
    tf = tensorflow()
    import keras
    import onnx

    advice = (
        "a model with layers or code of its own is not run here: export it to ONNX where it was "
        "trained"
    )
    with blamed_on(f"model {str(path)!r} cannot be opened by Keras", advice):
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    spec = _spec(tf, model, path, size_px)

    def judge(picture: Any) -> dict[str, Any]:
        return _by_name(model, model(picture, training=False))

    function = tf.function(judge, input_signature=[spec])
    with blamed_on(f"model {str(path)!r} cannot be converted to ONNX", advice):
        graph = onnx.load_model_from_string(to_onnx(function))
    return SourceModel(
        kind="Keras",
        graph=graph,
        input_name=picture_input(graph).name,
        run=lambda picture: {name: out.numpy() for name, out in function(picture).items()},
        sha256=hashlib.sha256(data).hexdigest(),
        versions={
            "tensorflow": str(tf.__version__),
            "keras": str(keras.__version__),
            "tf2onnx": metadata.version("tf2onnx"),
        },
    )


def _check_archive(path: Path) -> None:
    """A reader never unpacks more than an entry's declared size, so that is what to add up."""
    where = f"model {str(path)!r}"
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ConfigurationError(
            f"{where} is not a .keras file, or is truncated: {error}; save it again with "
            "model.save()"
        ) from error
    size = sum(entry.file_size for entry in entries)
    if size > MAX_MODEL_BYTES or len(entries) > _MAX_ENTRIES:
        raise ConfigurationError(
            f"{where} unpacks to {size:,} bytes in {len(entries)} files; at most "
            f"{MAX_MODEL_BYTES:,} bytes are read"
        )
    missing = _NEEDED - {entry.filename for entry in entries}
    if missing:
        raise ConfigurationError(
            f"{where} is not a .keras file: it lacks {', '.join(sorted(missing))}; save it again "
            "with model.save()"
        )


def _spec(tf: Any, model: Any, path: Path, size_px: Size | None) -> Any:
    inputs = getattr(model, "inputs", None) or []
    if len(inputs) != 1 or len(inputs[0].shape) != 4:
        raise ConfigurationError(
            f"model {str(path)!r} takes no single picture of four axes, but "
            f"{[list(each.shape) for each in inputs]}; save one that does"
        )
    return tf.TensorSpec(sized(inputs[0].shape, size_px), inputs[0].dtype)


def sized(shape: Any, size_px: Size | None) -> list[int | None]:
    """A shape with the free lengths of height and width filled in; the first axis stays free.

    Raises:
        UsageError: They are free and no size was given.
    """
    dims = [None, *shape[1:]]
    at = [1, 2] if dims[3] in (1, 3) else [2, 3]
    if any(dims[place] is None for place in at):
        if size_px is None:
            raise UsageError(f"the model takes pictures of any size ({dims}); give --size HxW")
        for place, length_px in zip(at, size_px, strict=True):
            dims[place] = dims[place] or length_px
    return dims


def _by_name(model: Any, outputs: Any) -> dict[str, Any]:
    if isinstance(outputs, dict):
        return dict(outputs)
    several = outputs if isinstance(outputs, list | tuple) else [outputs]
    return dict(zip(model.output_names, several, strict=True))
