"""What SQLite reports is told in words that say what to do."""

import sqlite3
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest

from inspector.errors import StoreCorrupt, StoreError, StoreFull
from inspector.store.connection import _uri, connect_read_only, converted_errors
from inspector.store.reader import RecordReader
from inspector.store.writer import RecordWriter
from tests.support.fakes import record
from tests.support.stores import in_sqlite, stored, write_store

PATH = Path("records.db")


def fault(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("as SQLite says")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "kind", "advice"),
    [
        (fault(sqlite3.SQLITE_FULL), StoreFull, "free some space"),
        (fault(sqlite3.SQLITE_CORRUPT), StoreCorrupt, "set the file aside"),
        (fault(sqlite3.SQLITE_CORRUPT_VTAB), StoreCorrupt, "set the file aside"),
        (fault(sqlite3.SQLITE_NOTADB), StoreCorrupt, "set the file aside"),
        (fault(sqlite3.SQLITE_BUSY), StoreError, "check the folder and its disk"),
        (sqlite3.OperationalError("Could not decode to UTF-8"), StoreCorrupt, "set the file aside"),
        (sqlite3.ProgrammingError("closed"), StoreError, "check the folder and its disk"),
    ],
)
def test_each_fault_is_the_error_of_who_must_act(
    error: sqlite3.Error, kind: type[StoreError], advice: str
) -> None:
    with pytest.raises(StoreError, match=advice) as caught, converted_errors(PATH):
        raise error
    assert (type(caught.value), caught.value.__cause__) == (kind, error)


def test_other_errors_pass_unchanged() -> None:
    with pytest.raises(ZeroDivisionError), converted_errors(PATH):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("CREATE TRIGGER t AFTER INSERT ON records BEGIN DELETE FROM records; END", "'t'"),
        ("CREATE VIEW v AS SELECT 1", "'v'"),
        ("CREATE TABLE extra (x)", "'extra'"),
        ("DROP TABLE shifts", "'shifts'"),
        ("ALTER TABLE numbers ADD COLUMN x TEXT", "'numbers'"),
    ],
)
def test_store_that_somebody_changed_is_refused(tmp_path: Path, change: str, named: str) -> None:
    path = tmp_path / "records.db"
    write_store(path, [])
    in_sqlite(path, change)
    for opened in (RecordReader, RecordWriter):
        with pytest.raises(StoreCorrupt, match=f"{named} is changed, missing or foreign"):
            opened(path)


def test_statistics_that_a_tool_left_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    write_store(path, [record("a.png")])
    in_sqlite(path, "ANALYZE")
    assert stored(path) == [record("a.png")]


def test_read_only_connection_reads_beside_a_log_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "odd #1 %20?.db"
    write_store(path, [])
    connection = connect_read_only(path)
    assert connection.execute("SELECT COUNT(*) FROM records").fetchone() == (0,)
    connection.close()


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PurePosixPath("/a b/ü?#.db"), "file:///a%20b/%C3%BC%3F%23.db"),
        (PureWindowsPath("C:\\a\\b.db"), "file:///C:/a/b.db"),
        (PureWindowsPath("\\\\nas\\share\\b.db"), "file:////nas/share/b.db"),
    ],
)
def test_file_of_any_system_has_an_address_without_a_host(path: PurePath, uri: str) -> None:
    assert _uri(path) == uri
