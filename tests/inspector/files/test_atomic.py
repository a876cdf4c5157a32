"""Under a file's name there is always a whole file: the old or the new."""

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from inspector.errors import StoreError, StoreFull
from inspector.files.atomic import replacing, write_whole


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "report.csv"
    path.write_bytes(b"old")
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write_and_fail(path: Path, error: BaseException) -> None:
    with replacing(path) as file:
        file.write("new" * 10_000)
        raise error


def test_new_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    with replacing(path) as file:
        file.write("half")
        file.flush()
        assert not path.exists()
        file.write(" and half")
    assert path.read_bytes() == b"half and half"
    assert names(tmp_path) == ["report.csv"]


def test_old_file_stands_until_the_new_one_is_whole(old: Path) -> None:
    with replacing(old) as file:
        file.write("new")
        file.flush()
        assert old.read_bytes() == b"old"
    assert old.read_bytes() == b"new"


def test_text_is_utf_8_and_its_line_ends_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "零件 1.csv"
    with replacing(path) as file:
        file.write("划痕\r\nscratch\n")
    assert path.read_bytes() == "划痕\r\nscratch\n".encode()


@pytest.mark.parametrize("error", [ValueError("stop"), KeyboardInterrupt()])
def test_exception_keeps_the_old_file_and_leaves_nothing_else(
    old: Path, error: BaseException
) -> None:
    with pytest.raises(type(error)):
        write_and_fail(old, error)
    assert old.read_bytes() == b"old"
    assert names(old.parent) == ["report.csv"]


def test_exception_leaves_no_new_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stop"):
        write_and_fail(tmp_path / "report.csv", ValueError("stop"))
    assert names(tmp_path) == []


def test_part_that_a_killed_program_left_does_not_matter(old: Path) -> None:
    (old.parent / ".report.csv.part").write_bytes(b"left over, and longer than the new one")
    with replacing(old) as file:
        file.write("new")
    assert old.read_bytes() == b"new"
    assert names(old.parent) == ["report.csv"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_keeps_the_old_file(
    old: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(StoreFull, match=r"report\.csv': the disk is full"), replacing(old) as file:
        file.write("new")
    assert old.read_bytes() == b"old"
    assert names(old.parent) == ["report.csv"]


def test_failing_disk_keeps_the_old_file(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(StoreError) as caught, replacing(old) as file:
        file.write("new")
    assert type(caught.value) is StoreError
    assert str(caught.value) == f"{str(old)!r} cannot be written: Input/output error"
    assert (old.read_bytes(), names(old.parent)) == (b"old", ["report.csv"])


def test_folder_that_is_not_there_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "report.csv"
    with pytest.raises(StoreError, match="cannot be written: No such file"), replacing(path):
        pytest.fail("there is nothing to write to")
    with pytest.raises(StoreError, match="cannot be written"), replacing(path.parent):
        path.parent.mkdir()  # a folder stands where the file shall go
    assert names(tmp_path) == ["nowhere"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights there")
def test_rights_of_the_old_file_pass_to_the_new_one(old: Path) -> None:
    old.chmod(0o640)
    write_whole(old, b"new")
    assert (old.read_bytes(), stat.S_IMODE(old.stat().st_mode)) == (b"new", 0o640)


def test_file_that_does_not_stand_its_check_leaves_the_old_one(old: Path) -> None:
    def refuse(growing: Path) -> None:
        assert growing.read_bytes() == b"new"
        raise StoreError("no")

    with pytest.raises(StoreError, match="no"):
        write_whole(old, b"new", refuse)
    assert old.read_bytes() == b"old"
    assert names(old.parent) == ["report.csv"]
