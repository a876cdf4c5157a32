"""How a line itself does over hours: a row each minute, and whether anything in it only grows."""

import itertools
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Any

from inspector.clock import utc_text

WARM_UP_S = 600.0  # caches fill, pictures of every size were seen
LEAST_SPAN_S = 3_600.0  # less of a run shows no slope
# What a run may gain: in an hour, and at all. Both must be passed.
MEMORY_LIMITS_MB = (1.0, 20.0)
HANDLE_LIMITS = (1.0, 20.0)
THREAD_LIMITS = (0.5, 4.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One minute's look.

    Attributes:
        at: UTC.
        started_at: When its run began, UTC.
        memory_mb: Resident, MB; None where the system does not tell.
        n_handles: Open files and sockets; None likewise.
        n_waiting: Parts without a result.
        n_to_store: Results that wait for the disk.
        p99_ms: Trigger to verdict over the last thousand parts; None before the first.
        n_lost: Pictures lost or broken, late views and pictures not kept, since the run began.
        disk_free_mb: On the store's disk.
    """

    at: datetime
    started_at: datetime
    memory_mb: float | None
    n_handles: int | None
    n_threads: int
    n_waiting: int
    n_to_store: int
    p99_ms: float | None
    n_lost: int
    disk_free_mb: float


HEALTH_COLUMNS = tuple(field.name for field in fields(Health))


def health_to_row(health: Health) -> tuple[object, ...]:
    """The values of `HEALTH_COLUMNS`."""
    at, started_at, *values = astuple(health)
    return (utc_text(at), utc_text(started_at), *values)


def health_from_row(row: Sequence[Any]) -> Health:
    """What `health_to_row` made."""
    at, started_at, *values = row
    times = (datetime.fromisoformat(at), datetime.fromisoformat(started_at))
    return Health(**dict(zip(HEALTH_COLUMNS, (*times, *values), strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Something that only grows.

    Attributes:
        what: "memory", "handles" or "threads".
        per_hour: MB, or how many.
    """

    what: str
    per_hour: float


def growth_of(rows: Sequence[Health]) -> tuple[Growth, ...]:
    """What grows beyond its limits in the last run of these rows, after its warm-up.

    The slope is that of least squares.

    Args:
        rows: Oldest first.
    """
    if not rows:
        return ()
    begun = rows[-1].started_at
    last = list(itertools.takewhile(lambda row: row.started_at == begun, reversed(rows)))
    run = [row for row in last[::-1] if (row.at - begun).total_seconds() >= WARM_UP_S]
    found = (
        _growth("memory", [(row.at, row.memory_mb) for row in run], MEMORY_LIMITS_MB),
        _growth("handles", [(row.at, row.n_handles) for row in run], HANDLE_LIMITS),
        _growth("threads", [(row.at, row.n_threads) for row in run], THREAD_LIMITS),
    )
    return tuple(growth for growth in found if growth is not None)


def _growth(
    what: str, seen: Sequence[tuple[datetime, float | None]], limits: tuple[float, float]
) -> Growth | None:
    points = [
        ((at - seen[0][0]).total_seconds() / 3_600.0, value)
        for at, value in seen
        if value is not None
    ]
    if len(points) < 2 or points[-1][0] * 3_600.0 < LEAST_SPAN_S:
        return None
    mean_h = sum(hour for hour, _ in points) / len(points)
    mean = sum(value for _, value in points) / len(points)
    spread = sum((hour - mean_h) ** 2 for hour, _ in points)
    slope = sum((hour - mean_h) * (value - mean) for hour, value in points) / spread
    if slope <= limits[0] or slope * points[-1][0] <= limits[1]:
        return None
    return Growth(what=what, per_hour=slope)
