"""Runs a foreign graph on one and on two pictures, to see what comes out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.errors import BundleError, ConfigurationError
from inspector.inference.ort import open_session
from models.importing.foreign_faults import blamed_on
from models.importing.pixels import Pixels
from models.importing.source_model import ModelOutput

_TOLERANCE = 1e-3  # of an output's largest value; a neighbour's picture moves it by far more
_HANDED_ON = (
    "Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose",
    "QuantizeLinear", "DequantizeLinear",
)  # fmt: skip
_EXPORT_FREE = (
    "export it for any number of pictures at a time: in PyTorch with dynamic_shapes or "
    "dynamic_axes, in Keras with an Input that has no batch_size"
)


class OneAtATimeOnly(ConfigurationError):
    """The graph does not take two pictures; another form of it may."""


def outputs_of(
    model: Any, input_name: str, pixels: Pixels, original: Any = None
) -> tuple[ModelOutput, ...]:
    """Every output of float numbers that has one entry for each picture; at least one.

    Args:
        model: An `onnx.ModelProto` whose first axis was freed.
        original: The model that it was made of, whose operators tell what an output ends in.

    Raises:
        OneAtATimeOnly: It cannot take two pictures at once.
        ConfigurationError: It judges one by its neighbour, fails on one, gives what is not a
            number, or has no such output.
    """
    try:
        session = open_session(model.SerializeToString())
    except BundleError as error:
        raise OneAtATimeOnly(str(error)) from error
    noise = np.random.Generator(np.random.PCG64(0))
    shape = (2, pixels.height_px, pixels.width_px, 1 if pixels.color == "mono" else 3)
    pictures = pixels.prepared(noise.integers(0, 256, shape, np.uint8))
    names = [output.name for output in session.get_outputs()]

    def run(batch: NDArray[Any]) -> dict[str, Any]:
        return dict(zip(names, session.run(names, {input_name: batch}), strict=True))

    try:
        with blamed_on("the model fails on a picture", _EXPORT_FREE):
            one = run(pictures[:1])
        with blamed_on("the model takes one picture at a time only", _EXPORT_FREE):
            two = run(pictures)
    except ConfigurationError as error:
        raise OneAtATimeOnly(str(error)) from error
    shown = model if original is None else original
    makers = {output: node for node in shown.graph.node for output in node.output}
    found = []
    for name in names:
        alone = one[name]
        if not isinstance(alone, np.ndarray) or alone.dtype.kind != "f" or alone.shape[:1] != (1,):
            continue  # such as a decision by a limit of their own, or a list of what was found
        _check_independent(name, alone, two[name])
        example = two[name].astype(np.float32)
        found.append(ModelOutput(name=name, example=example, ends_in=_ending(name, makers)))
    if not found:
        listed = "; ".join(
            f"{name} {np.asarray(value).dtype} {list(np.shape(value))}"
            for name, value in one.items()
        )
        raise ConfigurationError(
            "the model has no output of float numbers with one entry for each picture; export it "
            "so, without what selects and lists its findings; for one picture it gives: " + listed
        )
    return tuple(found)


def _check_independent(name: str, one: NDArray[Any], two: NDArray[Any]) -> None:
    if two.shape != (2, *one.shape[1:]):
        raise OneAtATimeOnly(
            f"the model takes one picture at a time only: for two of them its output {name!r} has "
            f"the shape {list(two.shape)}; {_EXPORT_FREE}"
        )
    if not np.isfinite(two).all():
        raise ConfigurationError(
            f"the model's output {name!r} holds values that are not finite for a picture of noise; "
            "are --scale, --mean and --std those it was trained with?"
        )
    alone, beside = one[0].astype(np.float64), two[0].astype(np.float64)
    limit = _TOLERANCE * max(
        float(np.abs(alone).max(initial=0.0)), float(np.finfo(np.float32).tiny)
    )
    if not np.abs(alone - beside).max(initial=0.0) <= limit:
        raise ConfigurationError(
            f"the model judges a picture by the one beside it: its output {name!r} differs; export "
            "it for use, not for training (in PyTorch after model.eval())"
        )


def _ending(name: str, makers: dict[str, Any]) -> str:
    """The operator that makes a value, passing over those that only hand it on."""
    while name in makers:
        node = makers[name]
        if node.op_type not in _HANDED_ON:
            return str(node.op_type)
        name = node.input[0]
    return ""
