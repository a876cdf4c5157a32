"""Gives the pictures of something that is not a camera at a camera's rate."""

import threading

from inspector.clock import Clock
from inspector.errors import GrabTimeout


class Pace:
    """The beat of a source. For one thread.

    Args:
        frames_per_s: 0: as fast as they are asked for.
    """

    def __init__(self, frames_per_s: float, clock: Clock) -> None:
        self._period_ns = round(1e9 / frames_per_s) if frames_per_s > 0 else 0
        self._clock = clock
        self._due_ns = 0
        self._never = threading.Event()

    def start(self) -> None:
        """The first picture is due now."""
        self._due_ns = self._clock.monotonic_ns()

    def wait(self, timeout_s: float) -> None:
        """Wait until the next picture is due.

        Who asks too late gets it at once, and the ones after it keep their distance.

        Raises:
            GrabTimeout: It is not due in time.
        """
        if not self._period_ns:
            return
        left_s = (self._due_ns - self._clock.monotonic_ns()) / 1e9
        if left_s > timeout_s:
            self._never.wait(timeout_s)
            raise GrabTimeout(f"no picture in {timeout_s:g} s; the next is due in {left_s:.1f} s")
        if left_s > 0:
            self._never.wait(left_s)
        self._due_ns = max(self._due_ns, self._clock.monotonic_ns() - self._period_ns)
        self._due_ns += self._period_ns
