"""The mark beside a store tells a loss, and is never ahead of what is stored."""

import os
from pathlib import Path

import pytest

from inspector.errors import StoreCorrupt
from inspector.flow import Decision
from inspector.store.high_mark import NOTHING, HighMark, Reach
from inspector.store.writer import RecordWriter
from tests.support.panels import part


def test_mark_is_the_last_number_that_was_noted(tmp_path: Path) -> None:
    mark = HighMark(tmp_path / "records.db")
    assert mark.read() == NOTHING
    for number in (7, 1_000_000, 8):
        mark.note(Reach(number, 3))
    mark.close()
    mark.close()
    assert HighMark(tmp_path / "records.db").read() == Reach(part_number=8, n_records=3)


def test_mark_that_is_not_whole_is_none(tmp_path: Path) -> None:
    mark = HighMark(tmp_path / "records.db")
    mark.note(Reach(12, 12))
    mark.close()
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for cut in range(len(whole)):
        file.write_bytes(whole[:cut])
        assert mark.read() == NOTHING
    for at in range(len(whole)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert mark.read() == NOTHING


def test_mark_that_cannot_be_written_stays_behind(tmp_path: Path) -> None:
    mark = HighMark(tmp_path / "nowhere" / "records.db")
    mark.note(Reach(12, 12))
    assert mark.read() == NOTHING
    mark.close()


def test_store_that_has_less_than_was_stored_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with RecordWriter(path) as writer:
        writer.append([part(1)], begun_to=1)
    older = path.read_bytes()
    with RecordWriter(path) as writer:
        writer.append([part(2)], begun_to=2)
    path.write_bytes(older)
    with pytest.raises(
        StoreCorrupt, match="holds 1 records and reaches to part 1, and 2 to part 2 were"
    ):
        RecordWriter(path)


def test_record_that_is_gone_is_noticed_though_its_number_is_there(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with RecordWriter(path) as writer:
        writer.append([part(1)], begun_to=2)
    older = path.read_bytes()
    with RecordWriter(path) as writer:
        writer.append([part(2)])
    path.write_bytes(older)
    with pytest.raises(StoreCorrupt, match="holds 1 records and reaches to part 2, and 2 to part"):
        RecordWriter(path)


def test_record_that_is_corrected_is_still_one(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with RecordWriter(path) as writer:
        writer.append([part(1)], begun_to=1)
        writer.correct([part(1, Decision.ERROR)])
    RecordWriter(path).close()
    assert HighMark(path).read() == Reach(part_number=1, n_records=1)


def test_commit_that_is_repeated_counts_once(tmp_path: Path) -> None:
    """The disk may report as failed what it did."""
    path = tmp_path / "records.db"
    with RecordWriter(path) as writer:
        writer.append([part(1), part(2)], begun_to=2)
        writer.append([part(2), part(3)], begun_to=3)
    assert HighMark(path).read() == Reach(part_number=3, n_records=3)


def test_store_that_is_gone_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    with RecordWriter(path) as writer:
        writer.append([part(1)], begun_to=1)
    path.unlink()
    with pytest.raises(
        StoreCorrupt, match="holds 0 records and reaches to part 0, and 1 to part 1 were"
    ):
        RecordWriter(path)


def test_mark_that_cannot_be_closed_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = HighMark(tmp_path / "records.db")
    mark.note(Reach(1, 1))
    close = os.close

    def fail(file: int) -> None:
        close(file)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "close", fail)
    mark.close()
    assert mark.read() == Reach(1, 1)
