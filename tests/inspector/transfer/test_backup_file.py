"""A backup is whole or refused, whatever happened to its file."""

import os
import random
import stat
import sys
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.errors import BackupError, StoreError
from inspector.transfer import backup_file
from inspector.transfer.backup_file import BackupReader, new_backup, open_backup
from inspector.transfer.backup_manifest import BackupManifest, StoredFile
from tests.inspector.transfer.test_backup_manifest import MANIFEST

CONTENTS = {
    "station.toml": b"name = 1\n",
    "recipes/part.toml": b"name = 2\n",
    "bundle/manifest.json": b"{}",
    "records.db": bytes(range(256)) * 40,
}


def describe(files: dict[str, StoredFile]) -> BackupManifest:
    return replace(MANIFEST, files=files)


def write(path: Path, contents: dict[str, bytes]) -> None:
    with new_backup(path) as backup:
        for name, data in contents.items():
            backup.add(name, data)
        backup.seal(describe)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write(tmp_path / "a.zip", CONTENTS)
    return tmp_path / "a.zip"


def contents_of(backup: BackupReader, folder: Path) -> dict[str, bytes]:
    for name in backup.manifest.files:
        backup.extract(name, folder / name)
    return {name: (folder / name).read_bytes() for name in backup.manifest.files}


def test_files_come_out_as_they_went_in(path: Path, tmp_path: Path) -> None:
    with open_backup(path) as backup:
        assert contents_of(backup, tmp_path / "out") == CONTENTS
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.zip", "out"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights there")
def test_only_its_owner_may_read_it(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_same_contents_make_the_same_file(path: Path, tmp_path: Path) -> None:
    write(tmp_path / "b.zip", CONTENTS)
    assert (tmp_path / "b.zip").read_bytes() == path.read_bytes()


def test_flipped_bits_and_cuts_are_refused_or_change_no_file(path: Path, tmp_path: Path) -> None:
    whole, draw, n_refused = path.read_bytes(), random.Random(1), 0
    for number in range(300):
        damaged = bytearray(whole)
        if number % 6 == 0:
            damaged = damaged[: draw.randrange(len(whole))]
        else:
            damaged[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged)
        try:
            with open_backup(path) as backup:
                # A date or a right in the zip's own directory may differ: nobody reads it.
                assert contents_of(backup, tmp_path / str(number)) == CONTENTS
        except BackupError:
            n_refused += 1
    assert n_refused > 200


def test_file_beside_those_that_are_named_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../etc/cron.d/evil", "x")
    with pytest.raises(BackupError, match=r"'\.\./\.\./etc/cron\.d/evil' is in it, and should not"):
        open_backup(path).__enter__()


def test_file_that_stands_twice_is_refused(path: Path) -> None:
    with (
        zipfile.ZipFile(path, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("records.db", "x")
    with pytest.raises(BackupError, match="some of them twice"):
        open_backup(path).__enter__()


def test_file_that_is_missing_is_named(path: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(tmp_path / "b.zip", "w") as part:
        for name in whole.namelist():
            if name != "records.db":
                part.writestr(name, whole.read(name))
    with pytest.raises(BackupError, match=r"'records\.db' is not in it"):
        open_backup(tmp_path / "b.zip").__enter__()


def test_file_that_grows_beyond_what_was_said_is_not_read_to_its_end(
    path: Path, tmp_path: Path
) -> None:
    bomb = tmp_path / "b.zip"
    with (
        zipfile.ZipFile(path) as whole,
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in whole.namelist():
            data = bytes(50_000_000) if name == "records.db" else whole.read(name)
            archive.writestr(name, data)
    with open_backup(bomb) as backup, pytest.raises(BackupError, match="not the file that was"):
        backup.extract("records.db", tmp_path / "out")
    assert (tmp_path / "out").stat().st_size <= backup_file.CHUNK_BYTES


def test_description_that_is_too_long_for_its_files_is_not_read_to_its_end(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("backup.json", b"[" * 50_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(BackupError, match=r"backup\.json: not valid JSON"):
            open_backup(tmp_path / "b.zip").__enter__()
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_what_is_no_backup_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="there is no such file"):
        open_backup(tmp_path / "none").__enter__()
    (tmp_path / "text").write_text("hello")
    with pytest.raises(BackupError, match="damaged or no backup: File is not a zip file"):
        open_backup(tmp_path / "text").__enter__()
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a", "b")
    with pytest.raises(BackupError, match=r"holds no backup\.json; is it a backup of a station\?"):
        open_backup(tmp_path / "other.zip").__enter__()


@pytest.mark.skipif(sys.platform == "win32", reason="spoils an open file")
def test_stick_that_gives_back_other_bytes_is_told_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def spoil(handle: int) -> None:
        sync(handle)
        os.pwrite(handle, b"\0\0\0\0", 60)

    monkeypatch.setattr(os, "fsync", spoil)
    with pytest.raises(StoreError, match="did not come back whole; is the disk or stick sound"):
        write(tmp_path / "a.zip", CONTENTS)
    assert list(tmp_path.iterdir()) == []


def test_target_that_cannot_be_written_is_named(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with open_backup(path) as backup, pytest.raises(StoreError, match="cannot be written"):
        backup.extract("records.db", tmp_path / "file" / "records.db")
