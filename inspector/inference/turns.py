"""Compares the speed of several ways to do one thing, on a machine that does other things too."""

import statistics
from collections.abc import Callable, Sequence

from inspector.clock import Clock

ROUNDS = 15
RUNS_PER_ROUND = 5  # together some 50 ms: long against the clock, short against the machine's moods
_WARM_UP = 3  # the first runs lay out memory


def times_in_turns(
    ways: Sequence[Callable[[], object]], clock: Clock, *, rounds: int = ROUNDS
) -> list[list[float]]:
    """The time of one run of each way in each round, ms: for each round one row.

    In every round each way has its turn, so that a noisy machine treats all alike.
    """
    for way in ways:
        for _ in range(_WARM_UP):
            way()
    return [[_run_ms(way, clock) for way in ways] for _ in range(rounds)]


def median_ratio(times_ms: Sequence[Sequence[float]], over: int, under: int) -> float:
    """The median over the rounds of one way's time over another's; they are given by place."""
    return statistics.median(row[over] / row[under] for row in times_ms)


def _run_ms(way: Callable[[], object], clock: Clock) -> float:
    started_ns = clock.monotonic_ns()
    for _ in range(RUNS_PER_ROUND):
        way()
    return (clock.monotonic_ns() - started_ns) / RUNS_PER_ROUND / 1e6
