"""What stands behind a foreign graph, so that a bundle's outputs come out: the promise of each.

Each head says it twice, in NumPy and as operators: the NumPy side is what the proof holds the graph
against, so neither is made from the other.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.importing.graph_builder import GraphBuilder

Floats = NDArray[np.float32]
Shape = tuple[int | str, ...]


class Head(Protocol):
    """What stands behind a foreign graph."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The foreign outputs that are used, by name."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """The names a verdict can carry."""
        ...

    @property
    def meanings(self) -> Mapping[str, str]:
        """What each output means, by its name."""
        ...

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """The shape of each output for one picture."""
        ...

    def add_to(self, graph: GraphBuilder, values: Mapping[str, str]) -> Mapping[str, str]:
        """Add operators to a graph.

        Args:
            values: Names of float32 values, by the foreign output they are.

        Returns:
            Names of values, by the bundle's output they are to be.
        """
        ...

    def computed(self, values: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
        """The same for what the model's own runtime gave."""
        ...
