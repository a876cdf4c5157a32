"""A damaged store gets another name, and its numbers are not given a second time."""

from pathlib import Path

import pytest

from inspector.errors import StoreCorrupt, StoreError
from inspector.store.aside import highest_part, set_aside
from inspector.store.writer import RecordWriter
from tests.support.fakes import START
from tests.support.panels import part
from tests.support.stores import in_sqlite, stored


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "records.db"
    with RecordWriter(path) as writer:
        writer.append([part(1), part(2)], begun_to=3)
    return path


def test_store_is_renamed_with_all_that_belongs_to_it(path: Path) -> None:
    path.with_name("records.db-wal").write_bytes(b"a log")
    aside = set_aside(path, START)
    assert aside.name == "records.damaged-20260304T050607-1.db"
    assert sorted(file.name for file in path.parent.iterdir()) == [
        aside.name,
        f"{aside.name}-high",
        f"{aside.name}-wal",
    ]
    path.write_bytes(b"damaged again, in the same second")
    assert set_aside(path, START).name == "records.damaged-20260304T050607-2.db"
    aside.with_name(f"{aside.name}-wal").unlink()
    assert [one.part_number for one in stored(aside)] == [1, 2]


def test_store_that_cannot_be_renamed_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(StoreError, match="cannot be set aside: Permission denied"):
        set_aside(path, START)


@pytest.mark.parametrize("n_done", [1, 2, 3])
def test_setting_aside_that_is_stopped_half_way_is_noticed_at_the_next_start(
    path: Path, monkeypatch: pytest.MonkeyPatch, n_done: int
) -> None:
    """The mark goes last: it alone tells that something is missing."""
    for suffix in ("-wal", "-shm"):
        path.with_name(f"records.db{suffix}").write_bytes(b"")
    rename, done = Path.rename, list[str]()

    def some(old: Path, new: Path) -> Path:
        if len(done) == n_done:
            raise PermissionError(13, "Permission denied")
        done.append(old.name)
        return rename(old, new)

    with monkeypatch.context() as stopped:
        stopped.setattr(Path, "rename", some)
        with pytest.raises(StoreError):
            set_aside(path, START)
    assert done == ["records.db-wal", "records.db-shm", "records.db"][:n_done]
    assert path.with_name("records.db-high").exists()
    assert highest_part(path, path.parent / "images") == 3
    if n_done == 3:
        with pytest.raises(StoreCorrupt):
            RecordWriter(path)


def test_highest_part_is_what_any_trace_tells(path: Path, tmp_path: Path) -> None:
    images = tmp_path / "images"
    mark = path.with_name("records.db-high")
    assert highest_part(path, images) == 3
    mark.unlink()
    assert highest_part(path, images) == 3
    path.write_bytes(b"nothing to be read in it")
    assert highest_part(path, images) == 0
    images.mkdir()
    for name in ("000000000017-top.png", "000000000009-top.png", "x.png"):
        (images / name).touch()
    assert highest_part(path, images) == 17


def test_number_out_of_reason_is_none(path: Path, tmp_path: Path) -> None:
    path.with_name("records.db-high").unlink()
    in_sqlite(path, f"UPDATE numbers SET begun_to = {2**62}")
    assert highest_part(path, tmp_path / "images") == 2
