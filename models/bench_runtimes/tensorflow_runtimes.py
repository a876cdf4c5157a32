"""TensorFlow itself, called in the two ways people do: as a function, and by Keras's `predict`."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.bench.runtime import Runtime, RuntimePlugin, Subject
from models.bench_runtimes.trained_graph import lacks_source, trained_function
from models.graphs.training_library import tensorflow

INSTALL = "pip install 'inspector[workshop]'"


def open_function(subject: Subject) -> Runtime:
    """The `tf.function` that the bundle was converted from."""
    function = trained_function(subject)

    def run(tensor: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        return {name: value.numpy() for name, value in function(tensor).items()}

    return Runtime(run=run, size_bytes=_graph_bytes(function), version=tensorflow().__version__)


def open_predict(subject: Subject) -> Runtime:
    """The same function as a Keras model."""
    function = trained_function(subject)
    import keras

    class Wrapped(keras.Model):  # type: ignore[misc]
        def call(self, pixels: Any) -> Any:
            return function(pixels)

    model = Wrapped()

    def run(tensor: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        outputs: dict[str, NDArray[np.float32]] = model.predict(
            tensor, batch_size=len(tensor), verbose=0
        )
        return outputs

    return Runtime(run=run, size_bytes=_graph_bytes(function), version=keras.__version__)


def _graph_bytes(function: Any) -> int:
    """The graph with its constants, and the variables beside it."""
    concrete = function.get_concrete_function()
    n_variables = sum(math.prod(one.shape) * one.dtype.size for one in concrete.variables)
    return int(concrete.graph.as_graph_def().ByteSize() + n_variables)


FUNCTION = RuntimePlugin(
    modules=("tensorflow",), install=INSTALL, lacks=lacks_source, open=open_function
)
PREDICT = RuntimePlugin(
    modules=("tensorflow", "keras"), install=INSTALL, lacks=lacks_source, open=open_predict
)
