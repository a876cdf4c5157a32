"""Fills, reads and damages stores, around the product's own writer and reader."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from inspector.flow import Record
from inspector.store.reader import RecordReader
from inspector.store.schema import DOWNGRADES, SCHEMA_VERSION
from inspector.store.writer import RecordWriter


def write_store(path: Path, records: Sequence[Record]) -> None:
    """Commit these records, in a store that is made where there is none."""
    with RecordWriter(path) as writer:
        writer.append(records)


def stored(path: Path) -> list[Record]:
    """Everything that a store holds."""
    with RecordReader(path) as reader:
        return list(reader.records())


def overwrite(path: Path, data: bytes) -> None:
    """Put other bytes in the place of a closed store."""
    for leaf in path.parent.glob(f"{path.name}-*"):  # the log and its index
        leaf.unlink()
    path.write_bytes(data)


def in_sqlite(path: Path, script: str) -> None:
    """Change a store behind the product's back."""
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


def make_older(path: Path, version: int) -> None:
    """Bring a store to an older schema, as the program of that time would have made it."""
    steps = [DOWNGRADES[older] for older in range(SCHEMA_VERSION - 1, version - 1, -1)]
    in_sqlite(path, f"{' '.join(steps)} PRAGMA user_version = {version};")


def tables_and_version(path: Path) -> tuple[set[str], int]:
    """Which tables a store has, and which schema it says that it follows."""
    connection = sqlite3.connect(path)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    connection.close()
    return tables, version
