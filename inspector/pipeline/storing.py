"""Takes records out of a queue and commits them in groups: the one way for every driver."""

from collections.abc import Callable, Sequence

from inspector.concurrency.bounded_queue import BoundedQueue, Closed
from inspector.flow import Record
from inspector.store.writer import RecordWriter

MAX_COMMIT = 256  # records in one transaction; a full group is written in a few ms


def store_all(
    queue: BoundedQueue[Record],
    writer: RecordWriter,
    on_stored: Callable[[Sequence[Record]], None],
    *,
    linger_s: float,
) -> None:
    """Commit what comes until the queue is closed and empty. The body of a worker.

    Args:
        on_stored: Hears of each group when it is on the disk, from this thread.
        linger_s: How long to let records gather before a commit: fewer waits for the disk against
            more that a kill costs.

    Raises:
        StoreError: The group it speaks of is not stored.
    """
    while True:
        try:
            group = queue.get_batch(MAX_COMMIT, linger_s=linger_s)
        except Closed:
            return
        writer.append(group)
        on_stored(group)
