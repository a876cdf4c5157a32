"""What a run comes to is kept through a time in which the disk takes nothing."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inspector.clock import SystemClock
from inspector.concurrency.worker import Worker
from inspector.errors import InspectorError, StoreCorrupt, StoreError
from inspector.flow import Decision
from inspector.pipeline import record_keeper
from inspector.pipeline.plan import StorePlan
from inspector.pipeline.record_keeper import RecordKeeper
from inspector.pipeline.storing import Judged
from inspector.store.schema import Shift
from inspector.store.writer import RecordWriter
from tests.support.fakes import START, record
from tests.support.stores import in_sqlite, stored, write_store

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


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "records.db"
    write_store(path, [])
    return path


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
