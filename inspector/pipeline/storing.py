"""Takes records out of a queue and commits them in groups: the one way for every driver."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from inspector.clock import Clock
from inspector.concurrency.bounded_queue import BoundedQueue, Closed
from inspector.flow import Record, Stage
from inspector.store.schema import Shift
from inspector.store.writer import RecordWriter

MAX_COMMIT = 256  # records in one transaction; a full group is written in a few ms


class Judged(NamedTuple):
    """A record on its way to the disk.

    Attributes:
        judged_ns: Monotonic, ns: since when it waits.
    """

    record: Record
    judged_ns: int


def store_all(
    queue: BoundedQueue[Judged | Shift],
    writer: RecordWriter,
    on_stored: Callable[[Sequence[Record]], None],
    *,
    linger_s: float,
    clock: Clock | None = None,
) -> None:
    """Commit what comes until the queue is closed and empty. The body of a worker.

    Args:
        on_stored: Hears of each group when it is on the disk, from this thread.
        linger_s: How long to let records gather before a commit: fewer waits for the disk against
            more that a kill costs.
        clock: Times the way to the disk, as `Stage.STORE`; None where records are let gather.

    Raises:
        StoreError: The group it speaks of is not stored.
    """
    timed: list[Record] = []
    while True:
        try:
            group = queue.get_batch(MAX_COMMIT, linger_s=linger_s)
        except Closed:
            break
        for item in group:
            if isinstance(item, Shift):
                writer.begin_shift(item)
        judged = [item for item in group if not isinstance(item, Shift)]
        records = [item.record for item in judged]
        writer.append(records, timed)
        if clock is not None:
            now_ns = clock.monotonic_ns()
            timed = records = [_timed(item, now_ns) for item in judged]
        on_stored(records)
    if timed:
        writer.append([], timed)


def _timed(judged: Judged, now_ns: int) -> Record:
    record = judged.record
    store_ms = (now_ns - judged.judged_ns) / 1e6
    return replace(record, stage_ms={**record.stage_ms, Stage.STORE: store_ms})
