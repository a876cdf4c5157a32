"""Reads an ONNX file of any maker; weights that lie beside it are taken in."""

import hashlib
import os
from pathlib import Path
from typing import Any

from inspector.errors import ConfigurationError
from inspector.inference.ort import open_session
from models.importing.class_names import names_in_properties
from models.importing.foreign_faults import blamed_on
from models.importing.model_inputs import picture_input
from models.importing.readers.files import MAX_MODEL_BYTES, read_model_file
from models.importing.source_model import Run, SourceModel
from models.importing.tidy_graph import tidied


def read_onnx(path: Path) -> SourceModel:
    """The model, run by ONNX Runtime as it was handed in.

    Raises:
        ConfigurationError: It is not an ONNX file, is truncated, or its weights are not beside it.
    """
    import onnx
    from onnx import external_data_helper

    data = read_model_file(path)
    again = "export the model again, and copy it whole"
    with blamed_on(f"model {str(path)!r} is not an ONNX file", again):
        graph = onnx.load_model_from_string(data)
    if not graph.graph.node:
        raise ConfigurationError(
            f"model {str(path)!r} is not an ONNX file: it holds no graph; {again}"
        )
    beside = _files_beside(graph)
    digest = hashlib.sha256(data)
    for name in beside:
        digest.update(_checked_beside(path, name))
    if beside:
        with blamed_on(f"model {str(path)!r}: its weights cannot be read", again):
            external_data_helper.load_external_data_for_model(graph, str(path.parent))
            data = graph.SerializeToString()
    properties = {entry.key: entry.value for entry in graph.metadata_props}
    graph = tidied(graph)
    name = picture_input(graph).name
    return SourceModel(
        kind="ONNX",
        graph=graph,
        input_name=name,
        run=_runner(data, name, path),
        sha256=digest.hexdigest(),
        versions={},
        class_names=names_in_properties(properties),
    )


def _runner(data: bytes, input_name: str, path: Path) -> Run:
    with blamed_on(f"model {str(path)!r} cannot be run", "export it again, and copy it whole"):
        session = open_session(data)
    names = [output.name for output in session.get_outputs()]

    def run(picture: Any) -> dict[str, Any]:
        with blamed_on(f"model {str(path)!r} fails on {list(picture.shape)}", "see --size"):
            return dict(zip(names, session.run(names, {input_name: picture}), strict=True))

    return run


def _files_beside(model: Any) -> list[str]:
    """Names of the files that hold weights, each once, sorted."""
    from onnx import external_data_helper

    tensors = external_data_helper._get_all_tensors(model)  # noqa: SLF001  the library's only walk
    return sorted(
        {
            entry.value
            for tensor in tensors
            if external_data_helper.uses_external_data(tensor)
            for entry in tensor.external_data
            if entry.key == "location"
        }
    )


def _checked_beside(path: Path, name: str) -> bytes:
    """The bytes of a file of weights, which must lie in the model's own folder."""
    folder = path.parent.resolve()
    beside = folder if "\0" in name else Path(os.path.realpath(folder / name))
    if beside.parent != folder:
        raise ConfigurationError(
            f"model {str(path)!r} asks for {name!r}, which is not beside it; export it again with "
            "its weights inside"
        )
    if not beside.is_file():
        raise ConfigurationError(
            f"model {str(path)!r} keeps its weights in {name!r}, which is missing; copy it beside "
            "the model"
        )
    if beside.stat().st_size > MAX_MODEL_BYTES:
        raise ConfigurationError(
            f"{str(beside)!r} is larger than {MAX_MODEL_BYTES / 1e6:.0f} MB, which no line PC opens"
        )
    return read_model_file(beside)
