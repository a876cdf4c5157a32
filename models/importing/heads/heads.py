"""How a bundle's outputs come out of a foreign model's: in NumPy, and the same in the graph.

The NumPy side is what the proof holds the graph against, so neither is made from the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.graphs.resampling import enlarging_matrix
from models.importing.graph_builder import GraphBuilder
from models.importing.source_model import Size

_LEAST_PEAK = 1e-6  # of a kind; the peaks are divided by their sum
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
        return ("good", "defect")

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
            outputs["heatmap"] = _add_enlarged(graph, grid, self.map_px, self.size_px)
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
            outputs["heatmap"] = _enlarged(grid, self.size_px)
        if self.score is not None:
            outputs["score"] = values[self.score].astype(np.float32).reshape(-1)
        return outputs


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifyHead:
    """Probabilities of classes; the score is that of not being good, or of being none for sure.

    Attributes:
        source: Name of the foreign output, (N, classes); one column is the second of two classes.
        model_labels: In the model's order.
        is_logits: Whether the values are still to be made probabilities.
    """

    source: str
    model_labels: tuple[str, ...]
    is_logits: bool
    n_columns: int

    @property
    def sources(self) -> tuple[str, ...]:
        """See `Head.sources`."""
        return (self.source,)

    @property
    def labels(self) -> tuple[str, ...]:
        """See `Head.labels`: good first."""
        return tuple(self.model_labels[place] for place in self._order)

    @property
    def _order(self) -> list[int]:
        return sorted(range(len(self.model_labels)), key=lambda at: self.model_labels[at] != "good")

    @property
    def _has_good(self) -> bool:
        return "good" in self.model_labels

    @property
    def meanings(self) -> Mapping[str, str]:
        """See `Head.meanings`."""
        score = (
            "probability that the part is not good"
            if self._has_good
            else "1 - probability of the most probable class"
        )
        return {
            "score": f"{score}; higher is worse",
            "probabilities": f"of each label, by the model's {self.source!r}",
        }

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """See `Head.shapes`."""
        return {"score": (), "probabilities": (len(self.model_labels),)}

    def add_to(self, graph: GraphBuilder, values: Mapping[str, str]) -> Mapping[str, str]:
        """See `Head.add_to`."""
        columns = graph.add("Reshape", values[self.source], graph.whole(-1, self.n_columns))
        shares = _add_shares(graph, columns, self.n_columns, is_logits=self.is_logits)
        if self._order != sorted(self._order):
            shares = graph.add("Gather", shares, graph.whole(*self._order), axis=1)
        sure = (
            graph.add(
                "Reshape", graph.add("Gather", shares, graph.whole(0), axis=1), graph.whole(-1)
            )
            if self._has_good
            else graph.largest(shares)
        )
        return {"score": graph.complement(sure), "probabilities": shares}

    def computed(self, values: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
        """See `Head.computed`."""
        columns = values[self.source].reshape(-1, self.n_columns)
        shares = _shares(columns, is_logits=self.is_logits)[:, self._order]
        sure = shares[:, 0] if self._has_good else shares.max(axis=1)
        return {"score": 1 - sure, "probabilities": shares}


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
        shares = _add_shares(graph, maps, self.n_channels, is_logits=self.is_logits)
        good = graph.add("Gather", shares, graph.whole(0), axis=3)
        good = graph.add("Reshape", good, graph.whole(-1, *self.map_px))
        grid = graph.complement(good)
        kinds = graph.add("Gather", shares, graph.whole(*range(1, len(self.labels))), axis=3)
        score = graph.largest(grid)
        return {
            "score": score,
            "heatmap": _add_enlarged(graph, grid, self.map_px, self.size_px),
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
        shares = _shares(maps, is_logits=self.is_logits)
        grid = 1 - shares[..., 0]
        score = grid.max(axis=(1, 2))[:, np.newaxis]
        peaks = np.maximum(shares[..., 1:].max(axis=(1, 2)), np.float32(_LEAST_PEAK))
        of_kinds = peaks / peaks.sum(axis=1, keepdims=True)
        return {
            "score": score[:, 0],
            "heatmap": _enlarged(grid, self.size_px),
            "probabilities": np.concatenate([1 - score, score * of_kinds], axis=1),
            "class_map": shares[..., 1:],
        }


def _add_shares(graph: GraphBuilder, values: str, n_classes: int, *, is_logits: bool) -> str:
    """Probabilities along the last axis; of one class they get their complement before them."""
    if n_classes > 1:
        return graph.add("Softmax", values, axis=-1) if is_logits else values
    share = graph.add("Sigmoid", values) if is_logits else values
    return graph.add("Concat", graph.complement(share), share, axis=-1)


def _shares(values: NDArray[Any], *, is_logits: bool) -> Floats:
    wide = values.astype(np.float64)
    if wide.shape[-1] == 1:
        # The exponential of a large number overflows, to a share of 0 as it should be.
        with np.errstate(over="ignore"):
            share = 1 / (1 + np.exp(-wide)) if is_logits else wide
        wide = np.concatenate([1 - share, share], axis=-1)
    elif is_logits:
        powers = np.exp(wide - wide.max(axis=-1, keepdims=True))
        wide = powers / powers.sum(axis=-1, keepdims=True)
    return wide.astype(np.float32)


def _add_enlarged(graph: GraphBuilder, maps: str, map_px: Size, size_px: Size) -> str:
    if map_px == size_px:
        return maps
    rows = graph.constant(enlarging_matrix(map_px[0], size_px[0]))
    columns = graph.constant(enlarging_matrix(map_px[1], size_px[1]).T)
    return graph.add("MatMul", graph.add("MatMul", rows, maps), columns)


def _enlarged(maps: Floats, size_px: Size) -> Floats:
    if maps.shape[1:] == size_px:
        return maps
    rows = enlarging_matrix(maps.shape[1], size_px[0])
    columns = enlarging_matrix(maps.shape[2], size_px[1])
    return np.asarray(rows @ maps @ columns.T, dtype=np.float32)
