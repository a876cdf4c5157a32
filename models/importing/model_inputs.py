"""Finds the input of a graph that takes the picture."""

from typing import Any

import numpy as np

from inspector.errors import ConfigurationError
from models.importing.source_model import ModelInput

_KINDS = ("float32", "float16", "float64", "uint8")


def picture_input(model: Any) -> ModelInput:
    """The only input.

    Args:
        model: An `onnx.ModelProto`.

    Raises:
        ConfigurationError: There is none or more than one, or it takes no picture.
    """
    inputs = _inputs(model)
    listed = f"; its inputs: {'; '.join(map(str, inputs))}"
    if len(inputs) != 1:
        raise ConfigurationError(
            f"the model takes {len(inputs)} inputs; a bundle's takes the picture only: export it "
            f"with the others fixed{listed}"
        )
    chosen = inputs[0]
    if len(chosen.dims) != 4 or chosen.dtype.name not in _KINDS:
        raise ConfigurationError(
            f"the model takes no picture: a bundle needs an input of four axes, of "
            f"{', '.join(_KINDS)}; export it so{listed}"
        )
    return chosen


def _inputs(model: Any) -> list[ModelInput]:
    """Old files list their weights among the inputs."""
    from onnx import helper

    weights = {tensor.name for tensor in model.graph.initializer}
    found = []
    for value in model.graph.input:
        if value.name in weights:
            continue
        tensor = value.type.tensor_type
        dtype = helper.tensor_dtype_to_np_dtype(tensor.elem_type) if tensor.elem_type else "O"
        found.append(
            ModelInput(
                name=value.name,
                dims=tuple(dim.dim_value or None for dim in tensor.shape.dim),
                dtype=np.dtype(dtype),
            )
        )
    return found
