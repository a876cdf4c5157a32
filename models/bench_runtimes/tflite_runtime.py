"""TensorFlow Lite: the same function converted, run by LiteRT with its XNNPACK kernels."""

from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.bench.runtime import Runtime, RuntimePlugin, Subject
from models.bench_runtimes.trained_graph import lacks_source, trained_function
from models.graphs.training_library import tensorflow

_FILE = "model.tflite"


def convert(subject: Subject) -> None:
    """Leave the function as a TensorFlow Lite file in the subject's folder.

    In a process of its own: the memory of TensorFlow is not that of LiteRT.
    """
    function = trained_function(subject)
    tf = tensorflow()
    names = _names(subject)

    # The file knows its outputs by their order only.
    @tf.function(input_signature=function.input_signature)  # type: ignore[untyped-decorator]
    def ordered(pixels: Any) -> list[Any]:
        outputs = function(pixels)
        return [outputs[name] for name in names]

    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [ordered.get_concrete_function()], ordered
    )
    (subject.folder / _FILE).write_bytes(converter.convert())


def open_tflite(subject: Subject) -> Runtime:
    """The file that `convert` left."""
    from ai_edge_litert.interpreter import Interpreter

    path = subject.folder / _FILE
    interpreter = Interpreter(model_path=str(path), num_threads=subject.threads)
    place = interpreter.get_input_details()[0]["index"]
    outputs = [details["index"] for details in interpreter.get_output_details()]
    names = _names(subject)
    shape: tuple[int, ...] = ()

    def run(tensor: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        nonlocal shape
        if tensor.shape != shape:  # another count of tiles
            interpreter.resize_tensor_input(place, tensor.shape)
            interpreter.allocate_tensors()
            shape = tensor.shape
        interpreter.set_tensor(place, tensor)
        interpreter.invoke()
        values = [interpreter.get_tensor(index) for index in outputs]
        return dict(zip(names, values, strict=True))

    return Runtime(run=run, size_bytes=path.stat().st_size, version=version("ai-edge-litert"))


def _names(subject: Subject) -> list[str]:
    return sorted(subject.bundle.manifest.outputs)


TFLITE = RuntimePlugin(
    modules=("ai_edge_litert", "tensorflow"),
    install="pip install 'inspector[workshop,bench]'",
    lacks=lacks_source,
    prepare=convert,
    open=open_tflite,
)
