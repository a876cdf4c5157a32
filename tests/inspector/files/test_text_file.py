"""Text files are read with whatever an editor puts before the first letter, or refused with why."""

import os
from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.files.text_file import read_text


def read(path: Path, max_bytes: int = 1000) -> str:
    return read_text(path, "list 'x'", max_bytes, UsageError)


def test_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for data in ("零件\n".encode(), "零件\n".encode("utf-8-sig")):
        path.write_bytes(data)
        assert read(path) == "零件\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_is_named(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(("\ufeff" if encoding != "utf-16" else "").encode(encoding))
    (tmp_path / "x").write_bytes("\ufeffname".encode("utf-16-be"))
    with pytest.raises(UsageError, match="list 'x': is UTF-16 text; save it as UTF-8"):
        read(tmp_path / "x")


def test_line_of_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a\nb\ncaf\xe9\n")
    with pytest.raises(
        UsageError, match="list 'x', line 3: not UTF-8 text; save the file as UTF-8"
    ):
        read(tmp_path / "x")


def test_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    assert read(tmp_path / "x", 5) == "12345"
    with pytest.raises(UsageError, match="larger than 4 bytes; is it the right file"):
        read(tmp_path / "x", 4)


@pytest.mark.timeout(30)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes there")
def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place, words in (
        (tmp_path, "is not a file"),
        (tmp_path / "pipe", "is not a file"),
        (tmp_path / "gone", "cannot be read: No such file"),
        (tmp_path / "a\0b", "cannot be read: embedded null"),
    ):
        with pytest.raises(UsageError, match=words):
            read(place)
