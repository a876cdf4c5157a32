"""A copy of a store is whole, alone, and of one moment."""

from pathlib import Path

import pytest

from inspector.errors import StoreError
from inspector.flow import Record
from inspector.store.snapshot import copy_store
from inspector.store.writer import RecordWriter
from tests.support.fakes import record
from tests.support.stores import stored


def test_copy_holds_what_was_committed_and_needs_no_other_file(
    path: Path, full: list[Record], tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    with RecordWriter(path) as writer:
        writer.append([record("zzz.png")])  # still in the write-ahead log
        copy_store(path, folder / "copy.db")
        writer.append([record("zzzz.png")])
    assert [leaf.name for leaf in folder.iterdir()] == ["copy.db"]
    assert stored(folder / "copy.db") == [*full, record("zzz.png")]


def test_writer_goes_on_in_the_copy(path: Path, full: list[Record], tmp_path: Path) -> None:
    copy_store(path, tmp_path / "copy.db")
    with RecordWriter(tmp_path / "copy.db") as writer:
        writer.append([record("zzz.png")])
    assert stored(tmp_path / "copy.db") == [*full, record("zzz.png")]
    assert stored(path) == full


def test_what_is_not_there_cannot_be_copied(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="unable to open database file"):
        copy_store(tmp_path / "none.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []
