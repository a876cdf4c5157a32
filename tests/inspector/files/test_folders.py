"""Under a folder's name there is the old one or the new one, whole."""

import os
from pathlib import Path

import pytest

from inspector.files.folders import replace_folder


def contents_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_new_folder_holds_what_it_was_given(tmp_path: Path) -> None:
    replace_folder(tmp_path / "above" / "x", {"a": b"1", "b": b""})
    assert contents_of(tmp_path / "above" / "x") == {"a": b"1", "b": b""}


def test_old_folder_goes_with_all_that_was_in_it(tmp_path: Path) -> None:
    replace_folder(tmp_path / "x", {"a": b"1"})
    replace_folder(tmp_path / "x", {"b": b"2"})
    assert contents_of(tmp_path / "x") == {"b": b"2"}
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_check_sees_the_new_folder_while_the_old_one_stands(tmp_path: Path) -> None:
    replace_folder(tmp_path / "x", {"a": b"1"})
    seen = []

    def look(folder: Path) -> None:
        seen.append((contents_of(folder), contents_of(tmp_path / "x")))

    replace_folder(tmp_path / "x", {"b": b"2"}, look)
    assert seen == [({"b": b"2"}, {"a": b"1"})]


def test_failed_check_leaves_everything_as_it_was(tmp_path: Path) -> None:
    replace_folder(tmp_path / "x", {"a": b"1"})

    def refuse(folder: Path) -> None:
        raise ValueError(folder.name)

    with pytest.raises(ValueError, match="x"):
        replace_folder(tmp_path / "x", {"b": b"2"}, refuse)
    assert contents_of(tmp_path / "x") == {"a": b"1"}
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_what_a_killed_run_of_the_same_number_left_does_not_matter(tmp_path: Path) -> None:
    left = tmp_path / f".x.{os.getpid()}.part"
    left.mkdir()
    (left / "half").write_bytes(b"")
    replace_folder(tmp_path / "x", {"a": b"1"})
    assert contents_of(tmp_path / "x") == {"a": b"1"}


def test_old_folder_comes_back_when_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_folder(tmp_path / "x", {"a": b"1"})
    rename = Path.rename

    def held(path: Path, target: Path) -> Path:
        if path.name.endswith(".part"):
            raise PermissionError("held by another program")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", held)
    with pytest.raises(PermissionError):
        replace_folder(tmp_path / "x", {"b": b"2"})
    assert contents_of(tmp_path / "x") == {"a": b"1"}
