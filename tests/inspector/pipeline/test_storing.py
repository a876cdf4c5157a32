"""Records go to the disk before anybody hears of them, in groups, to the last one."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from inspector.concurrency.bounded_queue import BoundedQueue
from inspector.errors import StoreFull
from inspector.flow import Record, Stage
from inspector.pipeline.storing import MAX_COMMIT, Judged, store_all
from inspector.store.reader import RecordReader
from inspector.store.schema import Shift
from inspector.store.writer import RecordWriter
from tests.support.fakes import START, FakeClock, record
from tests.support.stores import stored


def waiting(*items: Record | Shift) -> BoundedQueue[Judged | Shift]:
    """A closed queue with these in it."""
    queue = BoundedQueue[Judged | Shift](1_000)
    for item in items:
        queue.put(item if isinstance(item, Shift) else Judged(item, judged_ns=0))
    queue.close()
    return queue


def test_everything_up_to_the_close_is_stored_in_groups_and_then_told(tmp_path: Path) -> None:
    path, told = tmp_path / "records.db", list[int]()

    def hear(group: Sequence[Record]) -> None:
        told.append(len(group))
        assert len(stored(path)) == sum(told)

    with RecordWriter(path) as writer:
        queue = waiting(*(record(f"{n:04d}.png") for n in range(MAX_COMMIT + 3)))
        store_all(queue, writer, hear, linger_s=0.0)
    assert told == [MAX_COMMIT, 3]


def test_group_that_cannot_be_stored_is_not_told(tmp_path: Path) -> None:
    class Full(RecordWriter):
        def append(self, records: Sequence[Record], timed: Sequence[Record] = ()) -> None:
            raise StoreFull("no room")

    told: list[Sequence[Record]] = []
    with Full(tmp_path / "records.db") as writer, pytest.raises(StoreFull):
        store_all(waiting(record("a.png")), writer, told.append, linger_s=0.0)
    assert told == []


def test_time_to_the_disk_is_told_at_once_and_stored_with_the_next_commit(tmp_path: Path) -> None:
    path, told = tmp_path / "records.db", list[Record]()
    clock = FakeClock()
    clock.step(2_500_000)
    with RecordWriter(path) as writer:
        store_all(waiting(record("a.png")), writer, told.extend, linger_s=0.0, clock=clock)
    assert [one.stage_ms[Stage.STORE] for one in told] == [2.5]
    assert stored(path) == told


def test_shift_begins_where_it_stands_in_the_queue(tmp_path: Path) -> None:
    path, told = tmp_path / "records.db", list[Record]()
    shift = Shift(first_part=7, started_at=START)
    with RecordWriter(path) as writer:
        store_all(waiting(record("a.png"), shift), writer, told.extend, linger_s=0.0)
    with RecordReader(path) as reader:
        assert reader.last_shift() == shift
    assert told == [record("a.png")]
