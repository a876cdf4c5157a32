"""How a bundle's outputs come out of a foreign model that scores pictures or their places."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.verdict import GOOD
from models.importing.graph_builder import GraphBuilder
from models.importing.heads.enlarging import add_enlarged, enlarged
from models.importing.heads.head import Floats, Shape
from models.importing.source_model import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyHead:
    """A score, a heat map, or both; without a score the map's largest value is it.

    Attributes:
        score, heatmap: Names of foreign outputs; one of them may be None.
        map_px: Of the foreign heat map.
        size_px: Of the bundle's input, and so of its heat map.
    """

    score: str | None
    heatmap: str | None
    map_px: Size
    size_px: Size

    @property
    def sources(self) -> tuple[str, ...]:
        """See `Head.sources`."""
        return tuple(name for name in (self.score, self.heatmap) if name is not None)

    @property
    def labels(self) -> tuple[str, ...]:
        """See `Head.labels`."""
        return (GOOD, "defect")

    @property
    def meanings(self) -> Mapping[str, str]:
        """See `Head.meanings`."""
        score = f"the model's {self.score!r}" if self.score else "largest value of the heat map"
        meanings = {"score": f"{score}; higher is worse"}
        if self.heatmap:
            meanings["heatmap"] = f"the model's {self.heatmap!r} at each pixel of the input"
        return meanings

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """See `Head.shapes`."""
        return {"score": ()} | ({"heatmap": self.size_px} if self.heatmap else {})

    def add_to(self, graph: GraphBuilder, values: Mapping[str, str]) -> Mapping[str, str]:
        """See `Head.add_to`."""
        outputs = {}
        if self.heatmap is not None:
            grid = graph.add("Reshape", values[self.heatmap], graph.whole(-1, *self.map_px))
            outputs["heatmap"] = add_enlarged(graph, grid, self.map_px, self.size_px)
            if self.score is None:
                outputs["score"] = graph.largest(grid)
        if self.score is not None:
            outputs["score"] = graph.add("Reshape", values[self.score], graph.whole(-1))
        return outputs

    def computed(self, values: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
        """See `Head.computed`."""
        outputs = {}
        if self.heatmap is not None:
            grid = values[self.heatmap].astype(np.float32).reshape(-1, *self.map_px)
            outputs["score"] = grid.max(axis=(1, 2))
            outputs["heatmap"] = enlarged(grid, self.size_px)
        if self.score is not None:
            outputs["score"] = values[self.score].astype(np.float32).reshape(-1)
        return outputs
