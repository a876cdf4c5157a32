"""The store on a real disk: what was kept is there, and a file that is not ours is left alone."""

import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.errors import StoreCorrupt, StoreError, StoreFull
from inspector.flow import Decision, Record, StoredImage
from inspector.store import connection
from inspector.store import writer as writing
from inspector.store.reader import RecordReader
from inspector.store.schema import SCHEMA_VERSION, UPGRADES, Shift
from inspector.store.writer import RecordWriter
from tests.inspector.store.test_health import FIRST as FIRST_MINUTE
from tests.support.fakes import START, record
from tests.support.panels import part
from tests.support.stores import (
    in_sqlite,
    make_older,
    overwrite,
    stored,
    tables_and_version,
    write_store,
)

PLAIN = record("a.png")
STORES = Path(__file__).with_name("stores")


def of_the_stores() -> list[tuple[int | None, Decision, str]]:
    """What was written into each of them: number, decision and time of its parts."""
    line = [part(1), part(2, Decision.FAIL), part(3, Decision.ERROR)]
    return [essence(record) for record in line]


def essence(record: Record) -> tuple[int | None, Decision, str]:
    return record.part_number, record.verdict.decision, record.judged_at.isoformat()


def test_commits_reach_the_disk_before_they_return(path: Path) -> None:
    for _ in ("new", "opened again"):
        with RecordWriter(path) as store:
            run = store._connection.execute
            assert run("PRAGMA journal_mode").fetchone() == ("wal",)
            assert run("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_file_says_whose_it_is(path: Path) -> None:
    RecordWriter(path).close()
    head = path.read_bytes()[:100]
    assert head[:16] == b"SQLite format 3\0"
    assert (head[60:64], head[68:72]) == (SCHEMA_VERSION.to_bytes(4), b"INSP")


def test_closed_store_is_one_file(path: Path, full: list[Record]) -> None:
    assert [leaf.name for leaf in path.parent.iterdir()] == ["records.db"]


def test_opened_again_it_holds_the_same(path: Path, full: list[Record]) -> None:
    assert stored(path) == full
    with RecordWriter(path) as store:
        store.append([record("zzz.png")])
    assert stored(path) == [*full, record("zzz.png")]


def test_appended_record_outlives_the_death_of_its_program(path: Path) -> None:
    program = """
import os, sys
from pathlib import Path
from inspector.store.schema import SCHEMA_VERSION
from inspector.store.writer import RecordWriter
from tests.support.fakes import record
store = RecordWriter(Path(sys.argv[1]))
store.append([record("kept.png")])
store._connection.execute("BEGIN IMMEDIATE")
store._connection.execute("DELETE FROM records")
os._exit(9)
"""
    here = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", program, str(path)], cwd=here, timeout=60)
    assert done.returncode == 9
    assert stored(path) == [record("kept.png")]


def test_append_is_all_or_nothing(path: Path) -> None:
    good = [record("a.png"), record("b.png")]
    nameless = replace(record("c.png"), bundle_id=None)  # type: ignore[arg-type]
    with RecordWriter(path) as store:
        with pytest.raises(StoreError, match=r"NOT NULL constraint failed: records\.bundle_id"):
            store.append([*good, nameless])
        assert stored(path) == []
        store.append(good)
        with pytest.raises(StoreError, match="NOT NULL"):
            store.append([record("d.png"), nameless, record("a.png", Decision.FAIL)])
        assert stored(path) == good
    assert stored(path) == good


def test_store_goes_on_after_a_record_that_cannot_be_written(path: Path) -> None:
    with RecordWriter(path) as store:
        with pytest.raises(UnicodeEncodeError):
            store.append([record("a.png"), replace(PLAIN, record_id="x", source_id="\udcff")])
        store.append([record("b.png")])
    assert stored(path) == [record("b.png")]


def test_full_disk_keeps_what_was_stored_and_nothing_of_the_rest(path: Path) -> None:
    with RecordWriter(path) as store:
        store.append([record("a.png")])
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(StoreFull, match="the disk is full; free some space and resume"):
            store.append([record(f"{n}.png") for n in range(100)])
        assert stored(path) == [record("a.png")]
        store._connection.execute("PRAGMA max_page_count = 1000")
        store.append([record("b.png")])
    assert stored(path) == [record("a.png"), record("b.png")]


def test_record_of_a_changed_picture_takes_the_place_of_the_old_one(path: Path) -> None:
    old, other = record("a.png"), record("b.png")
    changed = replace(
        record("a.png", Decision.FAIL, 0.875),
        captured_at=START + timedelta(hours=1),
        image=StoredImage(path="a.png", sha256="f" * 64),
    )
    with RecordWriter(path) as store:
        store.append([old, other])
        store.append([changed])
        assert stored(path) == [changed, other]
    assert stored(path) == [changed, other]


def test_what_the_run_is_can_be_noted_once(path: Path) -> None:
    with RecordWriter(path) as store:
        store.set_run({"bundle_id": "b", "recipe": "划"})
        with pytest.raises(StoreError, match="UNIQUE"):
            store.set_run({"new": "x", "bundle_id": "c"})
    with RecordReader(path) as reader:
        assert reader.run() == {"bundle_id": "b", "recipe": "划"}


@pytest.mark.parametrize(
    "content", [b"hello, this is a text", bytes(5000), b"SQLite format 4\0" * 9]
)
def test_file_that_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match="set the file aside"):
        RecordWriter(path)
    assert path.read_bytes() == content


def test_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    in_sqlite(path, "CREATE TABLE records (id); INSERT INTO records VALUES (1);")
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match="is not a store of this program"):
        RecordWriter(path)
    assert path.read_bytes() == before


def test_store_of_another_version_is_refused_and_left_alone(path: Path, full: list[Record]) -> None:
    in_sqlite(path, "PRAGMA user_version = 7")
    before = path.read_bytes()
    with pytest.raises(
        StoreError, match="has schema version 7; this program reads 2, 3 and 4"
    ) as caught:
        RecordWriter(path)
    assert type(caught.value) is StoreError
    assert path.read_bytes() == before


def test_place_that_cannot_hold_a_store_is_a_store_error(tmp_path: Path) -> None:
    for place in (tmp_path / "nowhere" / "records.db", tmp_path):
        with pytest.raises(StoreError, match="check the folder and its disk"):
            RecordWriter(place)


def test_store_locked_by_another_program_stores_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_S", 0.0)
    with RecordWriter(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="database is locked"):
            store.append([record("a.png")])
        other.execute("ROLLBACK")
        other.close()
        store.append([record("b.png")])
    assert stored(path) == [record("b.png")]


def test_cut_store_is_refused(path: Path, full: list[Record]) -> None:
    data = path.read_bytes()
    accepted = []
    for n_bytes in [2, 15, 16, 99, 100, 511, 512, *range(1024, len(data), 1_511), len(data) - 1]:
        overwrite(path, data[:n_bytes])
        try:
            RecordWriter(path).close()
        except StoreCorrupt:
            continue
        accepted.append(n_bytes)
    assert accepted == []


def test_store_with_an_empty_page_is_refused(path: Path, full: list[Record]) -> None:
    data = path.read_bytes()
    accepted = []
    for start in range(0, len(data), 4096):
        overwrite(path, data[:start] + bytes(4096) + data[start + 4096 :])
        try:
            RecordWriter(path).close()
        except StoreCorrupt:
            continue
        accepted.append(start)
    assert (accepted, len(data) // 4096 > 8) == ([], True)


def test_checked_store_is_not_read_whole_again(path: Path, full: list[Record]) -> None:
    data = path.read_bytes()
    damaged = data[:-4096] + bytes(4096)
    overwrite(path, damaged)
    RecordWriter(path, is_checked=True).close()
    with pytest.raises(StoreCorrupt):
        RecordWriter(path)


def test_store_of_the_version_before_is_upgraded_and_keeps_its_records(path: Path) -> None:
    write_store(path, [record("a.png"), record("b.png")])
    make_older(path, 2)
    with RecordWriter(path) as store:
        store.set_gone([record("a.png").record_id])
        store.append([record("c.png")])
    assert stored(path) == [record("b.png"), record("c.png")]
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    connection.close()


_UPGRADE = """
import os, sqlite3, sys
from pathlib import Path
from inspector.store import connection
from inspector.store.schema import SCHEMA_VERSION
from inspector.store.writer import RecordWriter
class Killing(sqlite3.Connection):
    def execute(self, sql, *values):
        if Killing.left == 0:
            os._exit(9)
        Killing.left -= 1
        return super().execute(sql, *values)
Killing.left = int(sys.argv[2])
whole = sqlite3.connect
sqlite3.connect = lambda *a, **k: whole(*a, **k, factory=Killing)
RecordWriter(Path(sys.argv[1])).close()
"""


def test_upgrade_that_is_killed_anywhere_leaves_the_old_store_or_the_new_one(path: Path) -> None:
    old = (STORES / f"version_{SCHEMA_VERSION - 1}.db").read_bytes()
    overwrite(path, old)
    records, versions = stored(path), []
    for n_statements in range(30):
        overwrite(path, old)
        command = [sys.executable, "-c", _UPGRADE, str(path), str(n_statements)]
        code = subprocess.run(command, check=False).returncode
        tables, version = tables_and_version(path)
        versions.append(version)
        assert ("health" in tables) == (version == SCHEMA_VERSION)
        assert stored(path) == records
        if code == 0:
            break
    assert code == 0
    assert versions == sorted(versions)
    assert (versions[0], versions[-1]) == (SCHEMA_VERSION - 1, SCHEMA_VERSION)


@pytest.mark.parametrize("version", sorted({*UPGRADES, SCHEMA_VERSION}))
def test_store_that_an_earlier_version_wrote_is_read_and_goes_on(path: Path, version: int) -> None:
    """Written by the program of that time; a new schema needs one more file here."""
    path.write_bytes((STORES / f"version_{version}.db").read_bytes())
    records = stored(path)
    assert [essence(record) for record in records] == of_the_stores()
    for _ in ("as it was written", "upgraded"):
        with RecordReader(path) as reader:
            assert list(reader.records()) == records
            assert reader.run() == {"station": "Line 3"}
            assert reader.unfinished() == [4]
            assert reader.next_part() == 5
            assert reader.last_shift() == Shift(first_part=1, started_at=START)
            assert reader.n_gone() == 0
        with RecordWriter(path) as writer:
            writer.set_gone([])
    assert tables_and_version(path)[1] == SCHEMA_VERSION


def test_minutes_of_the_line_come_back_in_order_and_old_ones_go(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MAX_HEALTH_ROWS", 2)
    monkeypatch.setattr(writing, "PRUNE_EVERY", 1)
    days = (0, 89, 20_000)  # the clock may be wrong by years
    with RecordWriter(path) as writer:
        for day in days:
            writer.note_health(replace(FIRST_MINUTE, at=START + timedelta(days=day)))
    with RecordReader(path) as reader:
        assert [row.at for row in reader.health(10)] == [
            START + timedelta(days=day) for day in days[1:]
        ]
        assert reader.health(1)[0].at == START + timedelta(days=days[-1])
