"""Turns times, scores and memory of a bench into figures that may be compared."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspector.store.summary import Percentiles, percentiles

_MB = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All that was measured of one runtime.

    Attributes:
        turns_ms: For each round the times of its runs, one for each picture.
        scores: One for each picture.
        rss_bytes: Memory of its process in RAM after the last round; None where that is not told.
        size_bytes: Of the model in its own form.
    """

    turns_ms: Sequence[Sequence[float]]
    scores: Sequence[float]
    rss_bytes: int | None
    size_bytes: int
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One row of a bench.

    Attributes:
        times_ms: Over all runs of all rounds.
        score_max_relative: See `relative_difference`; against the reference.
        error: Why this runtime is not to be ranked; None when it may be.
    """

    times_ms: Percentiles
    rss_bytes: int | None
    size_bytes: int
    version: str
    score_max_relative: float
    error: str | None

    def as_table(self) -> dict[str, object]:
        """The values of `--json`."""
        return {
            "p50_ms": round(self.times_ms.p50, 3),
            "p95_ms": round(self.times_ms.p95, 3),
            "p99_ms": round(self.times_ms.p99, 3),
            "rss_mb": None if self.rss_bytes is None else round(self.rss_bytes / _MB, 1),
            "size_mb": round(self.size_bytes / _MB, 3),
            "version": self.version,
            "score_max_relative": self.score_max_relative,
            "error": self.error,
        }


def failed_table(error: str) -> dict[str, object]:
    """`Figures.as_table` of a runtime that could not be measured."""
    names = ("p50_ms", "p95_ms", "p99_ms", "rss_mb", "size_mb", "version", "score_max_relative")
    return {**dict.fromkeys(names), "error": error}


def figures(measured: Measured, reference: Measured, max_relative: float) -> Figures:
    """What one runtime came to, and whether it gives the reference's scores."""
    difference = relative_difference(measured.scores, reference.scores)
    error = None
    if not difference <= max_relative:
        error = (
            f"its scores differ from the line's by {difference:.3g} of the largest; more than "
            f"{max_relative:g} is another model"
        )
    return Figures(
        times_ms=percentiles(sorted(time for turn in measured.turns_ms for time in turn)),
        rss_bytes=measured.rss_bytes,
        size_bytes=measured.size_bytes,
        version=measured.version,
        score_max_relative=difference,
        error=error,
    )


def relative_difference(scores: Sequence[float], reference: Sequence[float]) -> float:
    """The largest difference of a score, as a share of the largest reference score."""
    difference = max(abs(a - b) for a, b in zip(scores, reference, strict=True))
    largest = max(abs(score) for score in reference)
    if difference == 0.0:
        return 0.0
    return difference / largest if largest else float("inf")


def ratio(turns_ms: Sequence[Sequence[float]], reference_ms: Sequence[Sequence[float]]) -> float:
    """How many times longer one run takes: the median over the rounds of each round's ratio.

    What slows a whole round slows both alike, and a round that was disturbed in between does not
    move the median.
    """
    return statistics.median(
        statistics.median(turn) / statistics.median(reference_turn)
        for turn, reference_turn in zip(turns_ms, reference_ms, strict=True)
    )


def ratios(measured: Mapping[str, Measured], reference: str) -> dict[str, float]:
    """`ratio` of every other runtime, by "name/reference"."""
    return {
        f"{name}/{reference}": round(ratio(other.turns_ms, measured[reference].turns_ms), 4)
        for name, other in measured.items()
        if name != reference
    }
