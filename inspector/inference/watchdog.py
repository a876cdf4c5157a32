"""Ends what takes too long, so that whoever waits for it wakes up."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from inspector.clock import Clock
from inspector.concurrency.worker import Worker, raised

IDLE_S = 0.5  # between two looks while nothing is to be watched


@dataclass(slots=True)
class Bite:
    """Whether the watchdog had to bite; known once the watched time is over."""

    was_needed: bool = False


class Watchdog:
    """Calls `bite`, from a thread of its own, when something watched is not done in time.

    Args:
        name: What is watched, for the thread's name.
        bite: Must make the watched thread go on; called once for each time that was too long.
    """

    def __init__(self, name: str, bite: Callable[[], None], clock: Clock) -> None:
        self._bite = bite
        self._clock = clock
        self._changed = threading.Condition()
        self._watched: Bite | None = None
        self._due_ns = 0
        self._looks_ns = 0  # when the watchdog wakes up the next time
        self._has_ended = False
        self._worker = Worker(f"watchdog:{name}", self._watch, raised)
        self._worker.start()

    @contextmanager
    def limit(self, limit_s: float) -> Iterator[Bite]:
        """Watch what happens inside; one thing at a time."""
        bite = Bite()
        try:
            with self._changed:
                self._watched = bite
                self._due_ns = self._clock.monotonic_ns() + round(limit_s * 1e9)
                if self._due_ns < self._looks_ns:  # else it looks in time by itself
                    self._changed.notify()
            yield bite
        finally:
            with self._changed:
                self._watched = None

    def end(self) -> None:
        """End its thread. Ending twice is allowed."""
        with self._changed:
            self._has_ended = True
            self._changed.notify()
        self._worker.join()

    def _watch(self) -> None:
        with self._changed:
            while not self._has_ended:
                now_ns = self._clock.monotonic_ns()
                if self._watched is not None and self._due_ns <= now_ns:
                    self._watched.was_needed = True
                    self._watched = None
                    self._bite()
                self._looks_ns = now_ns + round(IDLE_S * 1e9)
                if self._watched is not None:
                    self._looks_ns = min(self._looks_ns, self._due_ns)
                self._changed.wait((self._looks_ns - now_ns) / 1e9)
