"""Reads a `.tflite` file."""

import hashlib
import logging
import warnings
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from inspector.errors import ConfigurationError
from models.graphs.convert import OPSET
from models.graphs.training_library import tensorflow
from models.importing.class_names import names_in_tflite
from models.importing.foreign_faults import blamed_on
from models.importing.model_inputs import picture_input
from models.importing.readers.files import read_model_file
from models.importing.source_model import Size, SourceModel, Values
from models.importing.tidy_graph import tidied


def read_tflite(path: Path, size_px: Size | None) -> SourceModel:
    """The model, run by LiteRT's interpreter as it was handed in.

    Args:
        size_px: For a model that takes pictures of any size.

    Raises:
        ConfigurationError: It is not a TFLite file, is damaged, cannot be converted, or LiteRT is
            not installed.
    """
    data = read_model_file(path)
    interpreter = _interpreter(data, path)  # it checks the file from end to end, so it comes first
    tensorflow()
    import tf2onnx

    logging.getLogger("tf2onnx").setLevel(logging.CRITICAL)  # it reports every pass it makes
    with (
        blamed_on(f"model {str(path)!r} cannot be converted to ONNX", "export it to ONNX instead"),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # it reads the file by TensorFlow's own interpreter
        converted, _ = tf2onnx.convert.from_tflite(str(path), opset=OPSET)
    graph = tidied(converted)
    given = picture_input(graph)
    taken = interpreter.get_input_details()[0]
    dims = [length if length > 0 else None for length in map(int, taken["shape_signature"])]
    with blamed_on(f"model {str(path)!r} cannot be run by LiteRT", "export it to ONNX instead"):
        if size_px is not None and None in dims[1:3]:
            interpreter.resize_tensor_input(taken["index"], [1, *size_px, dims[3]])
        interpreter.allocate_tensors()
    names = [output.name for output in graph.graph.output]
    details = interpreter.get_output_details()

    def run(picture: Values) -> dict[str, Values]:
        interpreter.set_tensor(taken["index"], picture)
        interpreter.invoke()
        values = [interpreter.get_tensor(output["index"]) for output in details]
        return dict(zip(names, values, strict=True))

    return SourceModel(
        kind="TFLite",
        graph=graph,
        input_name=given.name,
        run=run,
        sha256=hashlib.sha256(data).hexdigest(),
        versions={name: metadata.version(name) for name in ("ai-edge-litert", "tf2onnx")},
        class_names=names_in_tflite(path),
    )


def _interpreter(data: bytes, path: Path) -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "a .tflite file is proven against LiteRT, which is not installed: pip install "
            "inspector[bench]"
        ) from error
    with blamed_on(
        f"model {str(path)!r} is not a TFLite file", "export it again and copy it whole"
    ):
        interpreter = Interpreter(model_content=data, num_threads=1)
        if len(interpreter.get_input_details()) != 1:
            raise ConfigurationError(f"model {str(path)!r} takes more than one input")
        taken, given = interpreter.get_input_details()[0], interpreter.get_output_details()
        if taken["dtype"] == np.int8 or not any(one["dtype"] == np.float32 for one in given):
            raise ConfigurationError(
                f"model {str(path)!r} takes {taken['dtype'].__name__} and gives "
                f"{', '.join(one['dtype'].__name__ for one in given)}: convert it with "
                "converter.inference_input_type = converter.inference_output_type = tf.float32; "
                "inside it stays in 8 bits"
            )
        return interpreter
