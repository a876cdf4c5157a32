"""What a run comes to is kept through a time in which the disk takes nothing."""

import itertools
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.clock import SystemClock
from inspector.concurrency.worker import Worker
from inspector.errors import (
    InspectorError,
    StoreCorrupt,
    StoreError,
    StoreFull,
)
from inspector.flow import Decision
from inspector.pipeline import record_keeper
from inspector.pipeline import runner as runner_module
from inspector.pipeline.events import Phase
from inspector.pipeline.plan import StorePlan
from inspector.pipeline.record_keeper import RecordKeeper
from inspector.pipeline.runner import Runner
from inspector.pipeline.storing import Judged
from inspector.store.schema import Shift
from inspector.store.writer import RecordWriter
from tests.support.fakes import START, record
from tests.support.lines import Ear, ScriptedSource
from tests.support.runs import DARK, ERROR, PASS, plan, running
from tests.support.stores import in_sqlite, stored

PATIENCE_S = 30.0


class Kept:
    """A keeper at work, and what it told."""

    def __init__(self, path: Path, floor_bytes: int = 0) -> None:
        self.changed = threading.Condition()
        self.troubles: list[str] = []
        self.n_stored = 0
        self.failures: list[InspectorError] = []
        self.is_open = threading.Event()
        plan = StorePlan(
            path=path,
            next_part=1,
            shift=Shift(first_part=1, started_at=START),
            decisions=dict.fromkeys(Decision, 0),
            free_space_floor_bytes=floor_bytes,
        )
        self.keeper = RecordKeeper(
            plan,
            SystemClock(),
            on_open=self.is_open.set,
            on_stored=lambda records: self._hear("", len(records)),
            on_shift=lambda _: None,
            on_change=lambda: self._hear(str(self.keeper.trouble), 0),
        )
        self.worker = Worker("store", self.keeper.run, self.failures.append)

    def keep(self, name: str) -> None:
        assert self.keeper.offer(Judged(record(name), SystemClock().monotonic_ns()))

    def wait_for_trouble(self, words: str) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: words in str(self.troubles[-1:]), PATIENCE_S)

    def _hear(self, trouble: str, n_stored: int) -> None:
        with self.changed:
            self.troubles += [trouble] if trouble else []
            self.n_stored += n_stored
            self.changed.notify_all()


@contextmanager
def keeping(path: Path) -> Iterator[Kept]:
    kept = Kept(path)
    kept.worker.start()
    assert kept.is_open.wait(PATIENCE_S)
    try:
        yield kept
    finally:
        kept.keeper.close()
        kept.worker.join()


def test_store_that_another_process_holds_is_tried_until_it_is_free(path: Path) -> None:
    with keeping(path) as kept:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        kept.keep("a.png")
        kept.wait_for_trouble("database is locked")
        kept.keep("b.png")
        holder.close()
        kept.wait_for_trouble("None")
        assert kept.keeper.trouble is None
    assert [one.source_id for one in stored(path)] == ["a.png", "b.png"]
    assert (kept.n_stored, kept.failures) == (2, [])


def test_what_cannot_be_kept_at_the_end_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_keeper, "LAST_TRIES_S", 0.1)
    holder = sqlite3.connect(path, isolation_level=None)
    with keeping(path) as kept:
        holder.execute("BEGIN IMMEDIATE")
        kept.keep("a.png")
        kept.wait_for_trouble("database is locked")
    holder.close()
    assert [type(error) for error in kept.failures] == [StoreError]
    assert kept.n_stored == 0


def test_file_that_was_taken_away_is_never_made_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results would go on in an empty store, and nobody would miss the others."""
    monkeypatch.setattr(record_keeper, "LAST_TRIES_S", 0.1)
    with keeping(path) as kept:
        kept.keep("a.png")
        path.rename(path.with_name("elsewhere.db"))
        kept.keep("b.png")
        kept.wait_for_trouble("store")
        assert not path.exists()
    assert [type(error) for error in kept.failures] == [StoreError]


def test_damaged_file_ends_it_at_once(path: Path) -> None:
    in_sqlite(path, "DROP TABLE records")
    kept = Kept(path)
    kept.worker.start()
    kept.worker.join()
    assert [type(error) for error in kept.failures] == [StoreCorrupt]
    kept.keeper.discard()


def test_disk_below_the_floor_is_a_trouble_until_it_is_not(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Kept(path, floor_bytes=10**15)
    kept.keeper.check_room()
    kept.keeper.check_room()
    assert "needs 1,000,000,000 MB" in str(kept.keeper.trouble)
    monkeypatch.setattr(record_keeper, "check_free_space", lambda *_: None)
    kept.keeper.check_room()
    assert kept.keeper.trouble is None
    assert len(kept.troubles) == 2


def test_disk_that_does_not_answer_is_a_trouble_and_no_part_begins_when_too_much_waits(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_keeper, "LONGEST_WRITE_S", 0.02)
    monkeypatch.setattr(record_keeper, "CROWDED", 3)
    answers, is_asked = threading.Event(), threading.Event()

    append = RecordWriter.append

    def slow(writer: RecordWriter, *arguments: object) -> None:
        is_asked.set()
        assert answers.wait(PATIENCE_S)
        append(writer, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(RecordWriter, "append", slow)
    with keeping(path) as kept:
        kept.keep("a.png")
        assert is_asked.wait(PATIENCE_S)
        for number in range(3):
            assert not kept.keeper.is_crowded
            kept.keep(f"{number}.png")
        assert kept.keeper.is_crowded
        while not kept.troubles:
            kept.keeper.check_room()
        answers.set()
        while len(kept.troubles) == 1:
            kept.keeper.check_room()
    assert "does not answer" in kept.troubles[0]
    assert kept.troubles[1:] == ["None"]
    assert len(stored(path)) == 4


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """While it is set no record can be written."""
    is_full = threading.Event()
    append = RecordWriter.append

    def maybe(writer: RecordWriter, *arguments: object) -> None:
        if is_full.is_set():
            raise StoreFull("no room")
        append(writer, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(RecordWriter, "append", maybe)
    yield is_full
    is_full.clear()


def test_line_is_blocked_while_nothing_can_be_kept_and_goes_on_by_itself(
    path: Path, full_disk: threading.Event
) -> None:
    source = ScriptedSource(itertools.repeat(DARK), can_wait=False, pause_s=0.005)
    with running(plan(path, source, deadline_s=0.2)) as (_, ear):
        ear.wait_for(lambda ear: len(ear.records) > 5)
        full_disk.set()
        ear.wait_for(lambda ear: ear.snapshots[-1].phase is Phase.BLOCKED)
        assert str(ear.snapshots[-1].blocked_by) == "no room"
        n_kept = len(ear.records)
        blocked_from = ear.results[-1].part_number
        ear.wait_for(lambda ear: ear.results[-1].part_number > blocked_from + 100)
        assert len(ear.records) == n_kept
        blocked_to = ear.results[-1].part_number
        full_disk.clear()
        ear.wait_for(lambda ear: ear.snapshots[-1].phase is Phase.RUNNING)
        seen = len(ear.results)
        ear.wait_for(lambda ear: len(ear.results) > seen + 10)
        ear.wait_for(lambda ear: ear.records[-1].verdict.decision is PASS)
        assert ear.snapshots[-1].blocked_by is None
    records = {record.part_number or 0: record for record in stored(path)}
    assert list(records) == list(range(1, len(records) + 1))
    while_blocked = [records[number] for number in range(blocked_from + 1, blocked_to + 1)]
    assert {record.verdict.decision for record in while_blocked} == {ERROR}
    assert {record.verdict.reasons[0].text() for record in while_blocked} == {"StoreFull: no room"}
    passed = [record.part_number for record in ear.records if record.verdict.decision is PASS]
    assert passed == [number for number, one in records.items() if one.verdict.decision is PASS]


def test_store_that_takes_nothing_at_the_end_is_the_end_of_the_run(
    path: Path, full_disk: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_keeper, "LAST_TRIES_S", 0.3)
    full_disk.set()
    ear = Ear()
    runner = Runner(plan(path, ScriptedSource([DARK] * 20)), ear, SystemClock())
    with pytest.raises(StoreFull):
        runner.run()
    assert (ear.records, stored(path)) == ([], [])
    assert ear.phases()[-1] is Phase.FAULTED


def test_no_part_begins_while_too_many_results_wait_for_the_disk(
    path: Path, full_disk: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_keeper, "CROWDED", 40)
    source = ScriptedSource(itertools.repeat(DARK), can_wait=False, pause_s=0.001)
    full_disk.set()
    with running(plan(path, source)) as (runner, ear):
        ear.wait_for(lambda ear: ear.snapshots[-1].n_not_taken > 20)
        n_begun = runner.snapshot().n_begun
        assert n_begun <= 40
        full_disk.clear()
        ear.wait_for(lambda ear: len(ear.records) > n_begun + 10)
    records = stored(path)
    assert [record.part_number for record in records] == list(range(1, len(records) + 1))


def test_pictures_that_can_wait_are_all_judged_though_too_much_waits_for_the_disk(
    path: Path, full_disk: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_keeper, "CROWDED", 60)
    full_disk.set()
    with running(plan(path, ScriptedSource([DARK] * 100))) as (runner, ear):
        ear.wait_for(lambda ear: ear.snapshots[-1].phase is Phase.BLOCKED)
        full_disk.clear()
        ear.wait_for(lambda ear: len(ear.records) == 100)
        assert runner.snapshot().n_not_taken == 0
    assert [record.part_number for record in stored(path)] == list(range(1, 101))


def test_line_is_blocked_while_the_disk_is_below_its_floor(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "SNAPSHOT_EVERY_S", 0.01)
    floor_bytes = 10**15
    free = shutil.disk_usage(path.parent)
    source = ScriptedSource(itertools.repeat(DARK), can_wait=False, pause_s=0.005)
    run_plan = plan(path, source)
    run_plan = replace(run_plan, store=replace(run_plan.store, free_space_floor_bytes=floor_bytes))
    with running(run_plan) as (_, ear):
        ear.wait_for(lambda ear: ear.snapshots[-1].phase is Phase.BLOCKED)
        blocked_from = ear.results[-1].part_number if ear.results else 0
        ear.wait_for(lambda ear: len(ear.records) > blocked_from + 10)  # which can be kept
        assert "MB left, and the station needs 1,000,000,000 MB" in str(
            ear.snapshots[-1].blocked_by
        )
        assert {one.verdict.decision for one in ear.records[blocked_from + 1 :]} == {ERROR}
        roomy = free._replace(free=2 * floor_bytes)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: roomy)
        ear.wait_for(lambda ear: ear.snapshots[-1].phase is Phase.RUNNING)
        ear.wait_for(lambda ear: ear.records[-1].verdict.decision is PASS)
