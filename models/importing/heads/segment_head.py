"""How a bundle's outputs come out of a foreign model that names a class for each pixel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.importing.graph_builder import GraphBuilder
from models.importing.heads.enlarging import add_enlarged, enlarged
from models.importing.heads.head import Floats, Shape
from models.importing.heads.shares import add_shares, shares_of
from models.importing.source_model import Size

_LEAST_PEAK = 1e-6  # of a kind; the peaks are divided by their sum


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentHead:
    """A class for each pixel; the heat map is the probability of not being good.

    Attributes:
        source: Name of the foreign output, (N, rows, columns, classes) or (N, classes, rows,
            columns); one class is the probability of a defect.
        labels: In the model's order, good first.
        map_px: Its rows and columns.
        size_px: Of the bundle's input, a whole multiple of them.
    """

    source: str
    labels: tuple[str, ...]
    is_logits: bool
    n_channels: int
    is_channels_first: bool
    map_px: Size
    size_px: Size

    @property
    def sources(self) -> tuple[str, ...]:
        """See `Head.sources`."""
        return (self.source,)

    @property
    def meanings(self) -> Mapping[str, str]:
        """See `Head.meanings`."""
        return {
            "score": "largest value of the heat map; higher is worse",
            "heatmap": f"probability that a pixel is not good, by the model's {self.source!r}",
            "probabilities": "of each label: what is not good by the peaks of its kinds",
            "class_map": "probability of each label but the first",
        }

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """See `Head.shapes`."""
        return {
            "score": (),
            "heatmap": self.size_px,
            "probabilities": (len(self.labels),),
            "class_map": (*self.map_px, len(self.labels) - 1),
        }

    def add_to(self, graph: GraphBuilder, values: Mapping[str, str]) -> Mapping[str, str]:
        """See `Head.add_to`."""
        maps = values[self.source]
        if self.is_channels_first:
            maps = graph.add("Transpose", maps, perm=(0, 2, 3, 1))
        shares = add_shares(graph, maps, self.n_channels, is_logits=self.is_logits)
        good = graph.add("Gather", shares, graph.whole(0), axis=3)
        good = graph.add("Reshape", good, graph.whole(-1, *self.map_px))
        grid = graph.complement(good)
        kinds = graph.add("Gather", shares, graph.whole(*range(1, len(self.labels))), axis=3)
        score = graph.largest(grid)
        return {
            "score": score,
            "heatmap": add_enlarged(graph, grid, self.map_px, self.size_px),
            "probabilities": self._add_probabilities(graph, kinds, score),
            "class_map": kinds,
        }

    def _add_probabilities(self, graph: GraphBuilder, kinds: str, score: str) -> str:
        n_kinds = len(self.labels) - 1
        by_kind = graph.add("Transpose", kinds, perm=(0, 3, 1, 2))
        least = graph.constant(np.array([_LEAST_PEAK], np.float32))
        peaks = graph.add("Max", graph.largest(by_kind, n_kinds), least)
        of_kinds = graph.add("Div", peaks, graph.add("ReduceSum", peaks, graph.whole(1)))
        column = graph.add("Reshape", score, graph.whole(-1, 1))
        share = graph.add("Mul", of_kinds, column)
        return graph.add("Concat", graph.complement(column), share, axis=1)

    def computed(self, values: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
        """See `Head.computed`."""
        maps = values[self.source]
        if self.is_channels_first:
            maps = maps.transpose(0, 2, 3, 1)
        shares = shares_of(maps, is_logits=self.is_logits)
        grid = 1 - shares[..., 0]
        score = grid.max(axis=(1, 2))[:, np.newaxis]
        peaks = np.maximum(shares[..., 1:].max(axis=(1, 2)), np.float32(_LEAST_PEAK))
        of_kinds = peaks / peaks.sum(axis=1, keepdims=True)
        return {
            "score": score[:, 0],
            "heatmap": enlarged(grid, self.size_px),
            "probabilities": np.concatenate([1 - score, score * of_kinds], axis=1),
            "class_map": shares[..., 1:],
        }
