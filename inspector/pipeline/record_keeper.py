"""Keeps a run's results, also through a time in which the disk takes none.

While nothing can be kept nothing may be passed: the line is blocked, every part that comes is an
ERROR with the disk's reason, and what waits is tried again until it is stored.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal

from inspector.clock import Clock
from inspector.concurrency.bounded_queue import BoundedQueue
from inspector.errors import StoreCorrupt, StoreError
from inspector.flow import Record
from inspector.pipeline.free_space import check_free_space
from inspector.pipeline.plan import StorePlan
from inspector.pipeline.storing import Item, store_all
from inspector.store.schema import Shift
from inspector.store.writer import RecordWriter

CAPACITY = 16_384  # four minutes at 30 parts/s while the disk takes nothing; some 20 MB
CROWDED = CAPACITY * 3 // 4  # what is on its way still finds a place when no new part is taken
RETRY_EVERY_S = 0.25
_Cause = Literal["write", "room"]
_log = logging.getLogger(__name__)
LAST_TRIES_S = 5.0  # after the end of a run, which waits fifteen
LONGEST_WRITE_S = 2.0  # a commit takes milliseconds; a disk that needs seconds may never answer
BUSY_TIMEOUT_S = 0.5  # another process that holds the store longer than this blocks the line


class RecordKeeper:
    """The store's side of a run. `run` is the body of its thread; the rest is for any thread.

    Args:
        on_open: The store can take results.
        on_stored: These are on the disk. From the store's thread, as all of these.
        on_shift: A shift is.
        on_change: Nothing can be kept any more, or it can be again; `trouble` says which.
        on_writing: Something is about to be written; what it raises is taken for the disk's error.
    """

    def __init__(
        self,
        plan: StorePlan,
        clock: Clock,
        *,
        on_open: Callable[[], None],
        on_stored: Callable[[Sequence[Record]], None],
        on_shift: Callable[[Shift], None],
        on_change: Callable[[], None],
        on_writing: Callable[[], None] = lambda: None,
    ) -> None:
        self._plan = plan
        self._clock = clock
        self._on_open = on_open
        self._on_stored = on_stored
        self._on_shift = on_shift
        self._on_change = on_change
        self._on_writing = on_writing
        self._queue = BoundedQueue[Item](CAPACITY)
        self._writer: RecordWriter | None = None
        self._pause = threading.Event()  # nobody sets it: a wait that needs no sleep
        self._closed_ns: int | None = None
        self._writing_since_ns: int | None = None
        self._lock = threading.Lock()  # guards what follows
        self._troubles: dict[_Cause, StoreError | None] = {"write": None, "room": None}

    def __len__(self) -> int:
        """How many results wait."""
        return len(self._queue)

    @property
    def trouble(self) -> StoreError | None:
        """Why nothing can be kept now; None: it can."""
        return self._noted() or self._hang()

    @property
    def is_crowded(self) -> bool:
        """Whether so much waits that no new part may begin."""
        return len(self._queue) >= CROWDED

    @property
    def is_at_ease(self) -> bool:
        """Whether so little waits that pictures which can wait need not."""
        return len(self._queue) < CROWDED // 2

    def offer(self, item: Item) -> bool:
        """Let it be kept; False where there is no place for it. Raises Closed."""
        return self._queue.offer(item)

    def check_room(self) -> None:
        """Look whether the disk answers, and has the room that the station asks for."""
        trouble = self._hang()
        if trouble is None:
            try:
                check_free_space(self._plan.path.parent, self._plan.free_space_floor_bytes)
            except StoreError as error:
                trouble = error
        self._note("room", trouble)

    def _hang(self) -> StoreError | None:
        """What a disk that does not answer is; to ask it for its room could hang as well."""
        since_ns = self._writing_since_ns
        if since_ns is None or self._clock.monotonic_ns() - since_ns <= LONGEST_WRITE_S * 1e9:
            return None
        return StoreError(f"the disk of {str(self._plan.path.parent)!r} does not answer")

    def close(self) -> None:
        """Keep what waits, then end; `LAST_TRIES_S` is how long that may fail."""
        self._closed_ns = self._clock.monotonic_ns()
        self._queue.close()

    def discard(self) -> None:
        """Nobody is left who could keep anything."""
        self._queue.discard()

    def run(self) -> None:
        """Keep what comes until it is closed.

        Raises:
            StoreCorrupt: The file is damaged.
            StoreError: At the end, what waits cannot be kept.
        """
        self._writer = self._opened()
        try:
            self._on_open()
            store_all(
                self._queue,
                self._write,
                self._on_stored,
                linger_s=0.0,
                clock=self._clock,
                on_shift=self._on_shift,
            )
        finally:
            if self._writer is not None:
                self._writer.close()

    def _write(self, action: Callable[[RecordWriter], None]) -> None:
        """Do it until it is done."""
        while True:
            try:
                if self._writer is None:
                    self._writer = self._opened()
                self._on_writing()
                self._writing_since_ns = self._clock.monotonic_ns()
                action(self._writer)
            except StoreCorrupt:
                raise
            except StoreError as error:
                self._wait(error)
            else:
                self._note("write", None)
                return
            finally:
                self._writing_since_ns = None

    def _wait(self, error: StoreError) -> None:
        # A connection that met an error of the disk may believe what the disk does not hold.
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(StoreError):
                writer.close()
        self._note("write", error)
        closed_ns = self._closed_ns
        if closed_ns is not None:
            since_close_s = (self._clock.monotonic_ns() - closed_ns) / 1e9
            if since_close_s > LAST_TRIES_S:
                raise error
        self._pause.wait(RETRY_EVERY_S)

    def _noted(self) -> StoreError | None:
        return self._troubles["write"] or self._troubles["room"]

    def _note(self, cause: _Cause, trouble: StoreError | None) -> None:
        with self._lock:
            before = self._noted()
            self._troubles[cause] = trouble
            now = self._noted()
        if (before is None) == (now is None):
            return
        if now is None:
            _log.warning("results are kept again")
        else:
            _log.warning("every part is an ERROR, for no result can be kept: %s", now)
        self._on_change()

    def _opened(self) -> RecordWriter:
        return RecordWriter(
            self._plan.path, is_checked=True, is_made=False, busy_timeout_s=BUSY_TIMEOUT_S
        )
