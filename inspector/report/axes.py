"""Where the bars and ticks of a chart lie: its arithmetic, without the drawing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspector.flow import Decision

_MIN_BARS, _MAX_BARS = 14, 56
_OUTER_PER_MILLE = 5
_FAR = 2.0  # the outer scores are set apart when they would leave the others a third of the axis

# Round steps, each up to where the next one is as near by ratio.
_ROUND = ((1, 2**0.5), (2, 10**0.5), (5, 50**0.5), (10, math.inf))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """Scores counted into bars. One edge is the threshold, so no bar holds both sides of it.

    Attributes:
        low, step: Bar `i` counts the scores in (low + i step, low + (i + 1) step].
        counts: For each bar, how many by decision; every decision is present.
        outer: The highest scores, where they lie far outside of all others; ascending.
    """

    low: float
    step: float
    counts: tuple[Mapping[Decision, int], ...]
    outer: tuple[tuple[float, Decision], ...]

    @property
    def high(self) -> float:
        """Where the last bar ends."""
        return self.low + self.step * len(self.counts)


def bin_scores(scores: Sequence[tuple[float, Decision]], threshold: float) -> Bins:
    """Count scores, at least one, into bars; the highest 0.5 % (or one) apart if far outside."""
    inner = sorted(scores, key=lambda scored: scored[0])
    outer: list[tuple[float, Decision]] = []
    lowest, highest = min(inner[0][0], threshold), max(inner[-1][0], threshold)
    n_outer = max(1, len(inner) * _OUTER_PER_MILLE // 1000)
    if len(inner) > n_outer:
        inner_high = max(inner[-n_outer - 1][0], threshold)
        if highest - inner_high > _FAR * (inner_high - lowest) > 0:
            outer = [scored for scored in inner if scored[0] > inner_high]
            inner, highest = inner[: -len(outer)], inner_high

    span = highest - lowest
    if span <= 1e-6 * max(abs(lowest), abs(highest)):  # all alike, and like the threshold
        span = abs(threshold) or 1.0
    step = span / min(_MAX_BARS, max(_MIN_BARS, round(2 * math.sqrt(len(inner)))))
    # A bar on either side of the threshold is always there, and never so few that they are slabs.
    first = min(-1, _bar_of(lowest, threshold, step))
    last = max(0, _bar_of(highest, threshold, step))
    while last - first + 1 < _MIN_BARS:
        first, last = first - 1, last + 1
    counts = [dict.fromkeys(Decision, 0) for _ in range(last - first + 1)]
    for score, decision in inner:
        counts[_bar_of(score, threshold, step) - first][decision] += 1
    return Bins(low=threshold + first * step, step=step, counts=tuple(counts), outer=tuple(outer))


def counted(scores: Sequence[tuple[float, Decision]]) -> dict[Decision, int]:
    """How many there are of each decision; every decision is present."""
    counts = dict.fromkeys(Decision, 0)
    for _, decision in scores:
        counts[decision] += 1
    return counts


def ticks(low: float, high: float, about: int) -> list[float]:
    """Round values (1, 2 or 5 times a power of ten apart) from `low` to `high`, about so many."""
    rough = (high - low) / about
    if rough <= 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(factor for factor, bound in _ROUND if rough < power * bound)
    # Rounded up and down, but not past a bound that is a round value itself.
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def tick_text(value: float, of: Sequence[float]) -> str:
    """One of the values of `ticks`, with as many digits as tell it from its neighbour."""
    step = of[1] - of[0] if len(of) > 1 else abs(value)
    largest = max(abs(of[0]), abs(of[-1]))
    if step <= 0 or not 1e-4 <= largest < 1e7:
        return f"{value:.6g}"
    return f"{value:,.{max(0, -math.floor(math.log10(step * 1.001)))}f}"


def _bar_of(score: float, threshold: float, step: float) -> int:
    return math.ceil((score - threshold) / step) - 1
