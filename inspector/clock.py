"""Where time comes from: monotonic for durations and order, wall clock for people."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Two readings of time. May be called from any thread."""

    def monotonic_ns(self) -> int:
        """Time that never goes back, ns, from an arbitrary start. For durations and order only."""
        ...

    def now(self) -> datetime:
        """The wall clock, UTC. For people only: it may jump."""
        ...


class SystemClock:
    """The clocks of this machine."""

    def monotonic_ns(self) -> int:
        """See `Clock.monotonic_ns`."""
        return time.perf_counter_ns()

    def now(self) -> datetime:
        """See `Clock.now`."""
        return datetime.now(UTC)  # noqa: TID251  (its home)


def utc_text(instant: datetime) -> str:
    """The one spelling of an instant in every file we write: ISO 8601, UTC, milliseconds."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
