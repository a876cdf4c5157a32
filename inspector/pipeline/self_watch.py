"""Looks at the line itself once a minute: what it uses, what waits, and whether it only grows."""

import logging
import shutil
from collections import deque
from datetime import datetime
from pathlib import Path

from inspector.clock import Clock
from inspector.flow import Stage
from inspector.machine.own_use import own_use
from inspector.pipeline.events import RunSnapshot
from inspector.store.health import Growth, Health, growth_of

EVERY_S = 60.0
_REMEMBERED = 1_440  # minutes of a day
_BYTES_PER_MB = 1e6

_log = logging.getLogger(__name__)


class SelfWatch:
    """The minutes of one run. For one thread, but `growth`, which any thread may read.

    Attributes:
        growth: What only grows; empty while nothing does.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._started_at: datetime = clock.now()
        self._due_ns = clock.monotonic_ns()
        self._rows = deque[Health](maxlen=_REMEMBERED)
        self.growth: tuple[Growth, ...] = ()

    def is_due(self) -> bool:
        """Whether a minute has passed; at once for the first look."""
        return self._clock.monotonic_ns() >= self._due_ns

    def look(self, snapshot: RunSnapshot, n_to_store: int) -> Health:
        """Look once.

        Args:
            n_to_store: Results that wait for the disk.

        Raises:
            OSError: The store's disk cannot be asked.
        """
        self._due_ns = self._clock.monotonic_ns() + round(EVERY_S * 1e9)
        use = own_use()
        total = snapshot.figures.stage_ms.get(Stage.TOTAL)
        health = Health(
            at=self._clock.now(),
            started_at=self._started_at,
            memory_mb=use.memory_mb,
            n_handles=use.n_handles,
            n_threads=use.n_threads,
            n_waiting=snapshot.n_waiting,
            n_to_store=n_to_store,
            p99_ms=None if total is None else total.p99,
            n_lost=snapshot.n_late + snapshot.n_images_skipped + snapshot.n_frames_lost,
            disk_free_mb=shutil.disk_usage(self._folder).free / _BYTES_PER_MB,
        )
        self._rows.append(health)
        growth = growth_of(self._rows)
        for one in growth:
            if one.what not in {known.what for known in self.growth}:
                _log.warning(
                    "the program's %s grows by %.1f an hour; start the line anew at the next "
                    "break, and send what `inspector records health` shows to its makers",
                    one.what,
                    one.per_hour,
                )
        self.growth = growth
        return health
