"""Collects the operators that are put before and behind a foreign graph."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

OURS = "inspector/"  # what is added
THEIRS = "model/"  # what was there; no name of one can be one of the other
_AXES_ARE_AN_INPUT_FROM = 18  # the opset that changed it for ReduceMax


class GraphBuilder:
    """Operators in running order, and their constants.

    Args:
        opset: Of the graph they will stand in, at least 13.
    """

    def __init__(self, opset: int) -> None:
        self._opset = opset
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """One operator; gives the name of its only output."""
        from onnx import helper

        name = f"{OURS}{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def name(self, value: str, name: str) -> None:
        """Let a value be known by another name too."""
        from onnx import helper

        self.nodes.append(helper.make_node("Identity", [value], [name], name=f"{OURS}{name}"))

    def constant(self, values: NDArray[Any]) -> str:
        """A constant; gives its name."""
        from onnx import numpy_helper

        name = f"{OURS}constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def whole(self, *numbers: int) -> str:
        """A constant list of whole numbers, such as a shape or places along an axis."""
        return self.constant(np.array(numbers, np.int64))

    def complement(self, value: str) -> str:
        """1 - value."""
        return self.add("Sub", self.constant(np.array([1.0], np.float32)), value)

    def as_real(self, value: str) -> str:
        """The same values as float32."""
        from onnx import TensorProto

        return self.add("Cast", value, to=TensorProto.FLOAT)

    def largest(self, value: str, *kept: int) -> str:
        """The largest of each picture's values, (N,); of each of its parts where lengths are given.

        Args:
            kept: Lengths of the axes after the first that stay.
        """
        flat = self.add("Reshape", value, self.whole(0, *kept, -1))
        axis = 1 + len(kept)
        if self._opset < _AXES_ARE_AN_INPUT_FROM:
            return self.add("ReduceMax", flat, axes=[axis], keepdims=0)
        return self.add("ReduceMax", flat, self.whole(axis), keepdims=0)
