"""Records go to the disk before anybody hears of them, in groups, to the last one."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from inspector.concurrency.bounded_queue import BoundedQueue
from inspector.errors import StoreFull
from inspector.flow import Record
from inspector.pipeline.storing import MAX_COMMIT, store_all
from inspector.store.writer import RecordWriter
from tests.support.fakes import record
from tests.support.stores import stored


def test_everything_up_to_the_close_is_stored_in_groups_and_then_told(tmp_path: Path) -> None:
    path, told = tmp_path / "records.db", list[int]()
    queue = BoundedQueue[Record](1_000)
    for n in range(MAX_COMMIT + 3):
        queue.put(record(f"{n:04d}.png"))
    queue.close()

    def hear(group: Sequence[Record]) -> None:
        told.append(len(group))
        assert len(stored(path)) == sum(told)

    with RecordWriter(path) as writer:
        store_all(queue, writer, hear, linger_s=0.0)
    assert told == [MAX_COMMIT, 3]


def test_group_that_cannot_be_stored_is_not_told(tmp_path: Path) -> None:
    class Full(RecordWriter):
        def append(self, records: Sequence[Record]) -> None:
            raise StoreFull("no room")

    told: list[Sequence[Record]] = []
    queue = BoundedQueue[Record](2)
    queue.put(record("a.png"))
    with Full(tmp_path / "records.db") as writer, pytest.raises(StoreFull):
        store_all(queue, writer, told.append, linger_s=0.0)
    assert told == []
