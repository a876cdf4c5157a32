"""What SQLite reports is told in words that say what to do."""

import sqlite3
from pathlib import Path

import pytest

from inspector.errors import StoreCorrupt, StoreError, StoreFull
from inspector.store.connection import connect_read_only, converted_errors
from tests.support.stores import write_store

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


def test_read_only_connection_reads_beside_a_log_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "odd #1 %20?.db"
    write_store(path, [])
    connection = connect_read_only(path)
    assert connection.execute("SELECT COUNT(*) FROM records").fetchone() == (0,)
    connection.close()
