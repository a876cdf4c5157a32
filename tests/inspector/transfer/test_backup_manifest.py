"""A backup's description is what was written, and names nothing outside the backup."""

from dataclasses import replace

import pytest

from inspector.errors import BackupError
from inspector.transfer.backup_manifest import (
    BackupManifest,
    StoredFile,
    is_plain,
    parse_backup_manifest,
    plain_name,
)

FILE = StoredFile(sha256="0" * 64, n_bytes=12)
MANIFEST = BackupManifest(
    backup_id="",
    made_at="2026-01-01T00:00:00.000Z",
    made_by="1.0",
    station="Line 3",
    bundle="part.bundle",
    bundle_id="1" * 64,
    recipe="part.toml",
    n_records=7,
    files={
        "station.toml": FILE,
        "recipes/part.toml": FILE,
        "bundle/manifest.json": FILE,
        "records.db": FILE,
        "images/000000000001-top.png": FILE,
    },
).sealed()


def refused(manifest: BackupManifest) -> str:
    with pytest.raises(BackupError) as caught:
        parse_backup_manifest(manifest.sealed().to_json(), "backup 'b'")
    return str(caught.value)


def test_description_is_read_as_it_was_written() -> None:
    assert parse_backup_manifest(MANIFEST.to_json(), "b") == MANIFEST
    plain = replace(MANIFEST, bundle=None, recipe=None, files={"station.toml": FILE}).sealed()
    assert parse_backup_manifest(plain.to_json(), "b") == plain


def test_description_with_one_changed_value_is_refused() -> None:
    data = MANIFEST.to_json().replace(b'"n_records": 7', b'"n_records": 8')
    with pytest.raises(BackupError, match=r"backup 'b' is not what was written"):
        parse_backup_manifest(data, "backup 'b'")


def test_description_of_a_later_version_is_refused() -> None:
    data = MANIFEST.to_json().replace(b'"schema_version": 1', b'"schema_version": 2')
    with pytest.raises(BackupError, match="schema_version 2; this program reads version 1"):
        parse_backup_manifest(data, "backup 'b'")


@pytest.mark.parametrize(
    "name",
    [
        "../station.toml",
        "/etc/passwd",
        "recipes/../../a.toml",
        "recipes/a/b.toml",
        "recipes/.toml",
        "recipes/a.exe",
        "images/..png",
        "images/a\\b.png",
        "images/c:a.png",
        "bundle/other.bin",
        "bundle/../manifest.json",
        "records.db-wal",
    ],
)
def test_file_that_is_in_no_backup_is_refused(name: str) -> None:
    message = refused(replace(MANIFEST, files={**MANIFEST.files, name: FILE}))
    assert message == f"backup 'b' names {name!r}, which is no file of a backup"


def test_file_that_is_too_large_for_its_kind_is_refused() -> None:
    huge = StoredFile(sha256="0" * 64, n_bytes=16_001)
    assert "n_bytes 16001 outside 0..16000" in refused(
        replace(MANIFEST, files={**MANIFEST.files, "station.toml": huge})
    )


def test_references_to_what_is_not_there_are_refused() -> None:
    only = {"station.toml": FILE}
    assert "names no station.toml" in refused(replace(MANIFEST, files={}))
    assert "its recipe 'part.toml' is not in it" in refused(replace(MANIFEST, files=only))
    assert "its bundle is not in it" in refused(replace(MANIFEST, recipe=None, files=only))
    assert "'..' is no name of a folder" in refused(replace(MANIFEST, bundle=".."))


@pytest.mark.parametrize("name", ["a", "零件 1.toml", "000000000001-top.png", "a..b"])
def test_plain_names_are_known(name: str) -> None:
    assert is_plain(name)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a.", "a ", "a:b", "a\n", "x" * 300])
def test_names_that_some_file_system_cannot_hold_are_known(name: str) -> None:
    assert not is_plain(name)


@pytest.mark.parametrize(
    ("name", "plain"),
    [("a:b.bundle", "a-b.bundle"), (".hidden", "hidden"), ("a. ", "a"), ("..", "unnamed"),
     ("q\udcff.toml", "q-.toml"), ("零件.toml", "零件.toml")],
)  # fmt: skip
def test_nearest_plain_name_is_plain(name: str, plain: str) -> None:
    assert plain_name(name) == plain
    assert is_plain(plain)


def test_description_with_more_recipes_than_a_station_has_is_refused() -> None:
    recipes = {f"recipes/{number}.toml": FILE for number in range(1_001)}
    assert "names more than 1,000 recipes" in refused(
        replace(MANIFEST, recipe=None, files={**MANIFEST.files, **recipes})
    )
