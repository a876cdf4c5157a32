"""A foreign model as it was handed in: its graph as ONNX, and its own runtime."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]
Run = Callable[[Values], Mapping[str, Values]]
Size = tuple[int, int]  # (height, width), px


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceModel:
    """What a reader makes of a file.

    Attributes:
        kind: Which kind of file, for people.
        graph: A tidy `onnx.ModelProto`; its weights are inside.
        input_name: The one input that takes the picture.
        run: One picture, shaped and typed as the input, through the model's own runtime; outputs
            by the names they have in `graph`.
        sha256: Of the file, or of all the files in the folder.
        versions: Of the libraries that read and ran it.
        class_names: In the model's order, where the file names them.
    """

    kind: str
    graph: Any
    input_name: str
    run: Run
    sha256: str
    versions: Mapping[str, str]
    class_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInput:
    """The picture's input.

    Attributes:
        dims: Lengths of the axes; None where one is free.
        dtype: Of numpy.
    """

    name: str
    dims: tuple[int | None, ...]
    dtype: np.dtype[Any]

    def __str__(self) -> str:
        lengths = ", ".join("?" if length is None else str(length) for length in self.dims)
        return f"{self.name} {self.dtype.name} [{lengths}]"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelOutput:
    """One output with an entry for each picture.

    Attributes:
        example: float32, what came out for two pictures of noise; its first axis is the pictures'.
        ends_in: The operator that makes it; "" where unknown.
    """

    name: str
    example: NDArray[np.float32]
    ends_in: str

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one picture's entry."""
        return self.example.shape[1:]

    def __str__(self) -> str:
        return f"{self.name} [{', '.join(str(length) for length in ('N', *self.shape))}]"
