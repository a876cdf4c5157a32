"""The mark beside a store tells a loss, and is never ahead of what is stored."""

from pathlib import Path

import pytest

from inspector.errors import StoreCorrupt
from inspector.store.high_mark import HighMark
from inspector.store.writer import RecordWriter
from tests.support.panels import part


def test_mark_is_the_last_number_that_was_noted(tmp_path: Path) -> None:
    mark = HighMark(tmp_path / "records.db")
    assert mark.read() == 0
    for number in (7, 1_000_000, 8):
        mark.note(number)
    mark.close()
    mark.close()
    assert HighMark(tmp_path / "records.db").read() == 8


def test_mark_that_is_not_whole_is_none(tmp_path: Path) -> None:
    mark = HighMark(tmp_path / "records.db")
    mark.note(12)
    mark.close()
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for cut in range(len(whole)):
        file.write_bytes(whole[:cut])
        assert mark.read() == 0
    for at in range(len(whole)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert mark.read() == 0


def test_mark_that_cannot_be_written_stays_behind(tmp_path: Path) -> None:
    mark = HighMark(tmp_path / "nowhere" / "records.db")
    mark.note(12)
    assert mark.read() == 0
    mark.close()


def test_store_that_has_less_than_was_stored_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with RecordWriter(path) as writer:
        writer.append([part(1)], begun_to=1)
    older = path.read_bytes()
    with RecordWriter(path) as writer:
        writer.append([part(2)], begun_to=2)
    path.write_bytes(older)
    with pytest.raises(StoreCorrupt, match="ends with part 1, and results up to part 2 were"):
        RecordWriter(path)


def test_store_that_is_gone_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with RecordWriter(path) as writer:
        writer.append([part(1)], begun_to=1)
    path.unlink()
    with pytest.raises(StoreCorrupt, match="ends with part 0, and results up to part 1 were"):
        RecordWriter(path)
