"""How a bundle's outputs come out of a foreign model that names classes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from inspector.verdict import GOOD
from models.importing.graph_builder import GraphBuilder
from models.importing.heads.head import Floats, Shape
from models.importing.heads.shares import add_shares, shares_of


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
        return sorted(range(len(self.model_labels)), key=lambda at: self.model_labels[at] != GOOD)

    @property
    def _has_good(self) -> bool:
        return GOOD in self.model_labels

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
        shares = add_shares(graph, columns, self.n_columns, is_logits=self.is_logits)
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
        shares = shares_of(columns, is_logits=self.is_logits)[:, self._order]
        sure = shares[:, 0] if self._has_good else shares.max(axis=1)
        return {"score": 1 - sure, "probabilities": shares}
