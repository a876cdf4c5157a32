"""Measures how long each stage of one inspection took."""

from collections.abc import Iterator
from contextlib import contextmanager

from inspector.clock import Clock
from inspector.flow import Stage


class Stopwatch:
    """Times the stages of one part. Used by one thread; make a new one for each part.

    Attributes:
        stage_ms: ms per stage that was entered, also of one that ended in an exception.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.stage_ms: dict[Stage, float] = {}

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        """Time what stands inside the `with`."""
        started_ns = self._clock.monotonic_ns()
        try:
            yield
        finally:
            self.stage_ms[stage] = (self._clock.monotonic_ns() - started_ns) / 1e6
