"""Records go to the disk before anybody hears of them, in groups, to the last one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.concurrency.bounded_queue import BoundedQueue
from inspector.errors import StoreFull
from inspector.flow import Decision, Record, Stage
from inspector.pipeline.storing import MAX_COMMIT, Action, Begun, Item, Judged, store_all
from inspector.store.reader import RecordReader
from inspector.store.schema import Shift
from inspector.store.writer import RecordWriter
from tests.support.fakes import START, FakeClock, record
from tests.support.stores import stored


def waiting(*items: Record | Shift) -> BoundedQueue[Item]:
    """A closed queue with these in it."""
    queue = BoundedQueue[Item](1_000)
    for item in items:
        queue.put(item if isinstance(item, Shift) else Judged(item, judged_ns=0))
    queue.close()
    return queue


def by(writer: RecordWriter) -> Callable[[Action], None]:
    """Has each action done by this writer, once."""
    return lambda action: action(writer)


def test_everything_up_to_the_close_is_stored_in_groups_and_then_told(tmp_path: Path) -> None:
    path, told = tmp_path / "records.db", list[int]()

    def hear(group: Sequence[Record]) -> None:
        told.append(len(group))
        assert len(stored(path)) == sum(told)

    with RecordWriter(path) as writer:
        queue = waiting(*(record(f"{n:04d}.png") for n in range(MAX_COMMIT + 3)))
        store_all(queue, by(writer), hear, linger_s=0.0)
    assert told == [MAX_COMMIT, 3]


def test_group_that_cannot_be_stored_is_not_told(tmp_path: Path) -> None:
    class Full(RecordWriter):
        def append(
            self,
            records: Sequence[Record],
            timed: Sequence[Record] = (),
            begun_to: int | None = None,
        ) -> None:
            raise StoreFull("no room")

    told: list[Sequence[Record]] = []
    with Full(tmp_path / "records.db") as writer, pytest.raises(StoreFull):
        store_all(waiting(record("a.png")), by(writer), told.append, linger_s=0.0)
    assert told == []


def test_time_to_the_disk_is_told_at_once_and_stored_with_the_next_commit(tmp_path: Path) -> None:
    path, told = tmp_path / "records.db", list[Record]()
    clock = FakeClock()
    clock.step(2_500_000)
    with RecordWriter(path) as writer:
        store_all(waiting(record("a.png")), by(writer), told.extend, linger_s=0.0, clock=clock)
    assert [one.stage_ms[Stage.STORE] for one in told] == [2.5]
    assert stored(path) == told


def test_shift_begins_where_it_stands_in_the_queue(tmp_path: Path) -> None:
    path, told = tmp_path / "records.db", list[Record]()
    shift = Shift(first_part=7, started_at=START)
    with RecordWriter(path) as writer:
        store_all(waiting(record("a.png"), shift), by(writer), told.extend, linger_s=0.0)
    with RecordReader(path) as reader:
        assert reader.last_shift() == shift
    assert told == [record("a.png")]


class Slow(RecordWriter):
    """A disk that takes a second for each commit of records, on a clock of its own."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.clock = FakeClock()

    def append(
        self,
        records: Sequence[Record],
        timed: Sequence[Record] = (),
        begun_to: int | None = None,
    ) -> None:
        super().append(records, timed, begun_to)
        if records:
            self.clock.step(1_000_000_000)


def test_pass_that_is_on_the_disk_too_late_is_an_error_there_and_is_told_as_one(
    tmp_path: Path,
) -> None:
    path, told = tmp_path / "records.db", list[Record]()
    queue = BoundedQueue[Item](10)
    for name, due_ns in (("a.png", 999_999_999), ("b.png", 5_000_000_000)):
        queue.put(Judged(record(name), judged_ns=0, due_ns=due_ns))
    queue.close()
    writer = Slow(path)
    with writer:
        store_all(queue, by(writer), told.extend, linger_s=0.0, clock=writer.clock)
    assert [one.verdict.decision.value for one in told] == ["ERROR", "PASS"]
    assert told[0].verdict.reasons[0].rule == "DeadlineMissed"
    assert stored(path) == told


def test_pass_that_waited_too_long_is_never_written_as_one(tmp_path: Path) -> None:
    path, told = tmp_path / "records.db", list[Record]()
    queue = BoundedQueue[Item](10)
    queue.put(Judged(record("a.png"), judged_ns=0, due_ns=10))
    queue.put(Judged(record("b.png", Decision.FAIL), judged_ns=0, due_ns=10))
    queue.close()
    clock = FakeClock()
    clock.step(11)
    with RecordWriter(path) as writer:
        store_all(queue, by(writer), told.extend, linger_s=0.0, clock=clock)
    assert [one.verdict.decision.value for one in stored(path)] == ["ERROR", "FAIL"]


def test_numbers_that_were_given_are_never_given_again_and_the_open_ones_are_known(
    tmp_path: Path,
) -> None:
    path = tmp_path / "records.db"
    queue = BoundedQueue[Item](10)
    queue.put(Shift(first_part=1, started_at=START))
    queue.put(Begun(1))
    queue.put(Begun(2))
    queue.put(Judged(replace(record("a.png"), part_number=1), judged_ns=0))
    queue.put(Begun(3))
    queue.close()
    with RecordWriter(path) as writer:
        store_all(queue, by(writer), lambda _: None, linger_s=0.0)
    with RecordReader(path) as reader:
        assert (reader.next_part(), reader.unfinished()) == (4, [2, 3])
