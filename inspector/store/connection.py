"""Opens the SQLite file of a store, and turns what SQLite reports into errors of ours."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path, PurePath
from urllib.parse import quote

from inspector.errors import StoreCorrupt, StoreError, StoreFull
from inspector.store.schema import (
    APPLICATION_ID,
    DOWNGRADES,
    SCHEMA,
    SCHEMA_VERSION,
    UPGRADES,
)

BUSY_TIMEOUT_S = 5.0  # a reader's checkpoint is over in milliseconds; longer means a stuck process


def connect(
    path: Path, *, is_made: bool = True, busy_timeout_s: float = BUSY_TIMEOUT_S
) -> sqlite3.Connection:
    """A connection that may write, in autocommit mode; for one thread.

    Args:
        is_made: Whether a file that is not there is made.
        busy_timeout_s: How long another process may keep it from writing.

    Raises:
        StoreError: The file cannot be opened or made.
    """
    uri = f"{_uri(path)}?mode={'rwc' if is_made else 'rw'}"
    with converted_errors(path):
        return sqlite3.connect(uri, timeout=busy_timeout_s, isolation_level=None, uri=True)


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, beside a writer or without one; for one thread.

    Raises:
        StoreError: There is no such file, or it cannot be read.
    """
    with converted_errors(path):
        uri = _uri(path)
        try:
            return _open_uri(f"{uri}?mode=ro")
        except sqlite3.OperationalError:
            if path.with_name(f"{path.name}-wal").exists() or not path.is_file():
                raise
        # A reader of a store with a write-ahead log makes a file beside it. Where the folder
        # forbids that and there is no log, nobody writes either.
        return _open_uri(f"{uri}?mode=ro&immutable=1")


def _uri(path: PurePath) -> str:
    """As SQLite takes it: of a network folder of Windows no host, for it knows none."""
    if isinstance(path, Path):
        path = path.absolute()
    text = path.as_posix()
    return f"file://{'' if text.startswith('/') else '/'}{quote(os.fsencode(text), safe='/:')}"


def check_owner(connection: sqlite3.Connection, path: Path) -> int:
    """Refuse a file that is not a store of this version or an older one that can be upgraded.

    Returns:
        Its schema version.

    Raises:
        StoreCorrupt: It belongs to another program, or somebody changed its tables, or put
            triggers or views beside them.
        StoreError: It has another schema version.
    """
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StoreCorrupt(f"{str(path)!r} is not a store of this program")
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version not in (*UPGRADES, SCHEMA_VERSION):
        known = ", ".join(map(str, sorted(UPGRADES)))
        raise StoreError(
            f"{str(path)!r} has schema version {version}; this program reads {known} and "
            f"{SCHEMA_VERSION}"
        )
    found = _objects(connection)
    if strange := sorted({name for name, _ in found ^ _expected_objects(version)}):
        named = ", ".join(map(repr, strange))
        raise StoreCorrupt(
            f"{str(path)!r} is not as this program makes a store: {named} is "
            "changed, missing or foreign, and could change results; take it out, or set the file "
            "aside"
        )
    return version


def check_structure(connection: sqlite3.Connection, path: Path) -> None:
    """Read the whole file and refuse one that is damaged; 0.4 s for 100,000 records.

    Raises:
        StoreCorrupt: It is damaged.
    """
    state = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if path.stat().st_size % connection.execute("PRAGMA page_size").fetchone()[0]:
        state = "its last page is truncated"  # SQLite takes the missing bytes for zeros
    if state != "ok":
        raise StoreCorrupt(f"{str(path)!r} is damaged: {state}; set the file aside")


@contextmanager
def converted_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite raises inside the `with` into a StoreError that says what to do."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        code = getattr(error, "sqlite_errorcode", None) or 0
        where = f"store {str(path)!r}"
        if isinstance(error, UnicodeDecodeError) or "decode to UTF-8" in str(error):
            raise StoreCorrupt(f"{where} is damaged: {error}; set the file aside") from error
        if code & 0xFF == sqlite3.SQLITE_FULL:
            raise StoreFull(f"{where}: the disk is full; free some space and resume") from error
        if code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise StoreCorrupt(f"{where} is damaged: {error}; set the file aside") from error
        raise StoreError(f"{where}: {error}; check the folder and its disk") from error


@cache
def _expected_objects(version: int) -> frozenset[tuple[str, str]]:
    fresh = sqlite3.connect(":memory:")
    try:
        fresh.executescript(SCHEMA)
        for older in range(SCHEMA_VERSION - 1, version - 1, -1):
            fresh.executescript(DOWNGRADES[older])
        return _objects(fresh)
    finally:
        fresh.close()


def _objects(connection: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    """Name and definition of everything in the file but the statistics that tools leave there."""
    rows = connection.execute("SELECT type, name, COALESCE(sql, '') FROM main.sqlite_master")
    return frozenset(
        (name, f"{kind} {' '.join(definition.split())}")
        for kind, name, definition in rows
        if not (kind == "table" and name.startswith("sqlite_stat"))
    )


def _open_uri(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, timeout=BUSY_TIMEOUT_S, isolation_level=None, uri=True)
    try:
        connection.execute("PRAGMA schema_version")  # the file itself is opened by the first use
    except BaseException:
        connection.close()
        raise
    return connection
