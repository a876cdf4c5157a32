"""Where things come is decided before anything is put, and nothing comes outside."""

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.settings import StationSettings, load_station
from inspector.transfer.backup_manifest import StoredFile
from inspector.transfer.restore_places import MARK_FILE, free_store, mark_text, places_of
from tests.inspector.transfer.test_backup_manifest import MANIFEST
from tests.support.stations import STATION

EMPTY = StoredFile(
    sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", n_bytes=0
)
BACKUP = replace(MANIFEST, files={**MANIFEST.files, "records.db": EMPTY}).sealed()


def settings(folder: Path, **texts: str) -> StationSettings:
    """Of a station file that was unpacked into a folder."""
    text = STATION.format(frames_per_s=1, loop="false").replace(
        "[images]", f'recipe = "{texts.get("recipe", "part.toml")}"\n[images]'
    )
    text = text.replace('"records"', f'"{texts.get("store", "records")}"')
    text = text.replace('"grey.bundle"', f'"{texts.get("bundle", "grey.bundle")}"')
    folder.mkdir()
    (folder / "station.toml").write_text(text)
    return load_station(folder / "station.toml")


def test_what_is_inside_comes_inside_again(tmp_path: Path) -> None:
    found = settings(tmp_path / "stage", store="out/records", bundle="models/a.zip")
    places = places_of(BACKUP, found, tmp_path / "line" / "station.toml", None)
    assert places.store == tmp_path / "line" / "out" / "records"
    assert places.bundle == tmp_path / "line" / "models" / "part.bundle"
    assert places.recipes == {"recipes/part.toml": tmp_path / "line" / "part.toml"}


def test_what_leads_outside_comes_inside_under_the_name_it_has_in_the_backup(
    tmp_path: Path,
) -> None:
    found = settings(tmp_path / "stage", bundle="/opt/x.bundle", recipe="../../etc/passwd")
    places = places_of(BACKUP, found, tmp_path / "line" / "station.toml", None)
    assert places.bundle == tmp_path / "line" / "part.bundle"
    assert places.recipes == {"recipes/part.toml": tmp_path / "line" / "part.toml"}


@pytest.mark.parametrize("store", ["/var/lib/x", "../x", "a/../../x", "C:/data", ".hidden"])
def test_records_that_lead_outside_need_a_word(tmp_path: Path, store: str) -> None:
    found = settings(tmp_path / "stage", store=store)
    station = tmp_path / "line" / "station.toml"
    with pytest.raises(UsageError, match="name one for them with --store"):
        places_of(BACKUP, found, station, None)
    assert places_of(BACKUP, found, station, tmp_path / "there").store == tmp_path / "there"


def test_store_of_another_station_or_another_backup_is_not_taken_for_a_killed_restore(
    tmp_path: Path,
) -> None:
    station, store = tmp_path / "station.toml", tmp_path / "records"
    store.mkdir()
    (store / "records.db").touch()
    (store / MARK_FILE).write_text(mark_text(station, BACKUP))
    assert free_store(store, station, BACKUP, is_replacing=False) == store
    other = replace(BACKUP, n_records=8).sealed()
    for whose, backup in ((tmp_path / "b.toml", BACKUP), (station, other)):
        with pytest.raises(UsageError, match="holds results already"):
            free_store(store, whose, backup, is_replacing=False)
    (store / "records.db").write_bytes(b"used since")
    with pytest.raises(UsageError, match="holds results already"):
        free_store(store, station, BACKUP, is_replacing=False)


def test_log_that_was_left_alone_counts_as_results(tmp_path: Path) -> None:
    (tmp_path / "records.db-wal").touch()
    inside = tmp_path / f"restored-{BACKUP.backup_id[:12]}"
    found = free_store(tmp_path, tmp_path / "station.toml", BACKUP, is_replacing=True)
    assert found == inside
