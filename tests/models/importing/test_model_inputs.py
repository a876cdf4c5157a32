"""The picture's input is the only one, and what cannot take pictures says what it has."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from inspector.errors import ConfigurationError
from models.importing.model_inputs import picture_input
from tests.support.foreign_models import graph_of


def test_input_is_found_beside_weights_that_are_listed_as_inputs() -> None:
    model = graph_of(
        [],
        {"w": [3], "picture": ["N", 3, 64, None]},
        [],
        constants={"w": np.zeros(3, np.float32)},
    )
    found = picture_input(model)
    assert (found.name, found.dims) == ("picture", (None, 3, 64, None))
    assert found.dtype.name == "float32"


@pytest.mark.parametrize(
    ("inputs", "dtype", "message"),
    [
        ({"x": ["N", 3, 8, 8]}, "int64", r"takes no picture.* its inputs: x int64 \[\?, 3, 8, 8\]"),
        ({"x": ["N", 5]}, "float32", r"takes no picture.* x float32 \[\?, 5\]"),
        ({"x": ["N", 3, 8, 8], "y": [1]}, "float32", "takes 2 inputs.* export it with the others"),
        ({}, "float32", "takes 0 inputs"),
    ],
)
def test_input_that_is_no_single_picture_is_refused_and_listed(
    inputs: Mapping[str, Sequence[int | str]], dtype: str, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        picture_input(graph_of([], inputs, [], dtype=dtype))
