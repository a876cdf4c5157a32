"""A model is tried on one and on two pictures before anything is built around it."""

from typing import Any

import numpy as np
import pytest

from inspector.errors import ConfigurationError
from models.importing.pixels import Normalisation, Pixels
from models.importing.probe import outputs_of
from tests.support.foreign_models import graph_of

PIXELS = Pixels(
    height_px=8,
    width_px=16,
    layout="NCHW",
    color="rgb",
    dtype=np.dtype(np.float32),
    normalisation=Normalisation(scale=255.0),
)


def node(operator: str, inputs: list[str], outputs: list[str], **attributes: Any) -> Any:
    from onnx import helper

    return helper.make_node(operator, inputs, outputs, **attributes)


def probed(nodes: list[Any], outputs: list[str], **constants: Any) -> Any:
    model = graph_of(nodes, {"x": ["N", 3, 8, 16]}, outputs, constants=constants)
    return outputs_of(model, "x", PIXELS)


def test_outputs_come_with_their_shapes_and_endings() -> None:
    nodes = [
        node("Sigmoid", ["x"], ["map"]),
        node("Flatten", ["map"], ["flat"]),
        node("Shape", ["x"], ["lengths"]),
    ]
    found = probed(nodes, ["map", "flat"])
    assert [(one.name, one.shape, one.ends_in) for one in found] == [
        ("map", (3, 8, 16), "Sigmoid"),
        ("flat", (384,), "Sigmoid"),
    ]


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (
            [node("Reshape", ["x", "one"], ["y"])],
            "one picture at a time only.* dynamic_axes",
        ),
        ([node("ReduceMax", ["x"], ["y"], axes=[0])], r"has the shape \[1, 3, 8, 16\]"),
        (
            [
                node("ReduceMean", ["x"], ["m"], axes=[0]),
                node("Sub", ["x", "m"], ["y"]),
            ],
            r"by the one beside it.* model\.eval\(\)",
        ),
        ([node("Reshape", ["x", "odd"], ["y"])], "fails on a picture"),
        ([node("Log", ["m"], ["y"]), node("Sub", ["x", "x"], ["m"])][::-1], "not finite for a"),
        (
            [node("ReduceSum", ["x"], ["y"], keepdims=0)],
            r"no output of float numbers .* it gives: y float32 \[\]",
        ),
    ],
)
def test_model_that_cannot_take_two_pictures_side_by_side_is_refused(
    nodes: list[Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        probed(nodes, ["y"], one=np.array([1, 384]), odd=np.array([7]))
