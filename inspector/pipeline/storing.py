"""Takes records out of a queue and commits them in groups: the one way for every driver."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from inspector.clock import Clock
from inspector.concurrency.bounded_queue import BoundedQueue, Closed
from inspector.errors import DeadlineMissed
from inspector.flow import Decision, Reason, Record, Stage
from inspector.store.health import Health
from inspector.store.schema import Shift
from inspector.store.writer import RecordWriter

MAX_COMMIT = 256  # records in one transaction; a full group is written in a few ms


class Judged(NamedTuple):
    """A record on its way to the disk.

    Attributes:
        judged_ns: Monotonic, ns: since when it waits.
        due_ns: Until when a PASS must be on the disk; None: whenever it is.
    """

    record: Record
    judged_ns: int
    due_ns: int | None = None


class Begun(NamedTuple):
    """A part number that was given out."""

    part_number: int


Item = Judged | Begun | Shift | Health
Action = Callable[[RecordWriter], None]


def store_all(
    queue: BoundedQueue[Item],
    write: Callable[[Action], None],
    on_stored: Callable[[Sequence[Record]], None],
    *,
    linger_s: float,
    clock: Clock | None = None,
    on_shift: Callable[[Shift], None] | None = None,
) -> None:
    """Commit what comes until the queue is closed and empty. The body of a worker.

    A PASS that is not on the disk when it is due becomes an ERROR, there too: nobody may act on it.

    Args:
        write: Has one action done with the store's writer; it may try several times.
        on_stored: Hears of each group when it is on the disk, from this thread.
        linger_s: How long to let records gather before a commit: fewer waits for the disk against
            more that a kill costs.
        clock: Times the way to the disk, as `Stage.STORE`; None where records are let gather.
        on_shift: Hears of a shift when it is on the disk.

    Raises:
        StoreError: The group it speaks of is not stored.
    """
    timed: list[Record] = []
    while True:
        try:
            group = queue.get_batch(MAX_COMMIT, linger_s=linger_s)
        except Closed:
            break
        begun = max((item.part_number for item in group if isinstance(item, Begun)), default=None)
        judged = [item for item in group if isinstance(item, Judged)]
        if clock is None:
            records = [item.record for item in judged]
            write(lambda writer: writer.append(records, (), begun))  # noqa: B023  (done at once)
        else:
            timed = records = _store_in_time(judged, timed, begun, write, clock)
        for item in group:
            if isinstance(item, Shift):
                write(lambda writer: writer.begin_shift(item))  # noqa: B023  (as above)
                if on_shift is not None:
                    on_shift(item)
            elif isinstance(item, Health):
                write(lambda writer: writer.note_health(item))  # noqa: B023  (as above)
        if records:
            on_stored(records)
    if timed:
        write(lambda writer: writer.append([], timed))


def _store_in_time(
    judged: Sequence[Judged],
    timed: Sequence[Record],
    begun: int | None,
    write: Callable[[Action], None],
    clock: Clock,
) -> list[Record]:
    """Commit these; gives them as they are on the disk, with the time that it took."""
    written: list[Judged] = []

    def append(writer: RecordWriter) -> None:
        now_ns = clock.monotonic_ns()  # anew at every try: what is late by now is no PASS
        written[:] = [_in_time(item, now_ns) for item in judged]
        writer.append([item.record for item in written], timed, begun)

    write(append)
    now_ns = clock.monotonic_ns()
    punctual = [_in_time(item, now_ns) for item in written]
    late = [new.record for new, old in zip(punctual, written, strict=True) if new is not old]
    if late:  # the commit itself took too long
        write(lambda writer: writer.correct(late))
    return [_timed(item, now_ns) for item in punctual]


def _in_time(item: Judged, now_ns: int) -> Judged:
    """The same, or an ERROR where it is a PASS that is overdue."""
    verdict = item.record.verdict
    if item.due_ns is None or now_ns <= item.due_ns or verdict.decision is not Decision.PASS:
        return item
    reason = Reason(rule=DeadlineMissed.__name__, detail="judged in time, but not stored in time")
    late = replace(verdict, decision=Decision.ERROR, label="", reasons=(reason,))
    return item._replace(record=replace(item.record, verdict=late))


def _timed(judged: Judged, now_ns: int) -> Record:
    record = judged.record
    store_ms = (now_ns - judged.judged_ns) / 1e6
    return replace(record, stage_ms={**record.stage_ms, Stage.STORE: store_ms})
