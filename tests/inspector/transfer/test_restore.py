"""A restored station runs on as if it had never moved; a refused one changes nothing."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.errors import (
    BackupError,
    BundleError,
    InspectorError,
    StoreCorrupt,
    StoreFull,
    UsageError,
)
from inspector.files.folder_lock import sole_writer
from inspector.recipe import load_recipe
from inspector.settings import load_station
from inspector.store.reader import RecordReader
from inspector.transfer.backup import back_up
from inspector.transfer.backup_file import new_backup, open_backup
from inspector.transfer.backup_manifest import BackupManifest, StoredFile
from inspector.transfer.places import TRANSFER_LOCK
from inspector.transfer.restore import Restored, restore
from tests.support.bundles import write_bundle
from tests.support.kills import killed_calls
from tests.support.moved_stations import RECIPE, run_line, write_line
from tests.support.stations import change_station
from tests.support.stores import in_sqlite, stored

CLOCK = SystemClock()


@pytest.fixture
def station(tmp_path: Path) -> Path:
    path = write_line(tmp_path / "line")
    run_line(path)
    return path


@pytest.fixture
def backup(station: Path, tmp_path: Path) -> Path:
    return take(station, tmp_path / "a.zip")


def take(station: Path, out: Path) -> Path:
    return back_up(load_station(station), out, CLOCK, has_images=True).path


def put(
    backup: Path, station: Path, *, store: Path | None = None, is_replacing: bool = False
) -> Restored:
    return restore(backup, station, CLOCK, store=store, is_replacing=is_replacing)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def tree(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in paths
        if path.name != ".lock"
    }


def changed(backup: Path, out: Path, others: dict[str, bytes]) -> Path:
    """The same backup with other files, sealed anew as an enemy would."""

    def describe(files: dict[str, StoredFile]) -> BackupManifest:
        return replace(manifest, files=files)

    with open_backup(backup) as old, new_backup(out) as new:
        manifest = old.manifest
        for name in manifest.files:
            data = others.get(name, b"".join(cast("Iterable[bytes]", old._chunks(name))))
            new.add(name, data)
        new.seal(describe)
    return out


def test_restored_station_is_the_same_and_goes_on_counting(
    station: Path, backup: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new" / "station.toml"
    done = put(backup, new)
    assert new.read_bytes() == station.read_bytes()
    assert names(new.parent) == [
        "grey.bundle",
        "mild.toml",
        "records",
        "station.toml",
        "strict.toml",
    ]
    assert stored(new.parent / "records" / "records.db") == stored(
        station.parent / "records" / "records.db"
    )
    assert names(new.parent / "records") == ["images", "records.db"]
    assert tree(new.parent / "grey.bundle") == tree(station.parent / "grey.bundle")
    assert done.settings == load_station(new)
    assert done.old_station is None
    (station.parent / "parts").rename(new.parent / "parts")
    run_line(new)
    numbers = [record.part_number for record in stored(new.parent / "records" / "records.db")]
    assert numbers == [1, 2, 3, 4, 5, 6]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only for root")
def test_what_an_administrator_restores_belongs_to_the_user_of_the_folder(
    backup: Path, tmp_path: Path
) -> None:
    store = tmp_path / "state" / "line2"
    store.mkdir(parents=True)
    os.chown(store.parent, 1234, 1234)
    put(backup, tmp_path / "etc", store=store)
    owners = {path.stat().st_uid for path in (store, *store.rglob("*"))}
    assert owners == {1234}


def test_folder_gets_a_station_file(backup: Path, tmp_path: Path) -> None:
    assert put(backup, tmp_path / "new").settings.path == tmp_path / "new" / "station.toml"


def test_what_lay_outside_the_folder_comes_into_it_and_comments_stay(
    station: Path, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    for name in ("grey.bundle", "strict.toml"):
        (station.parent / name).rename(models / name)
    change_station(station, '"grey.bundle"', '"../models/grey.bundle"')
    change_station(station, '"strict.toml"', f'"{(models / "strict.toml").as_posix()}"')
    done = put(take(station, tmp_path / "a.zip"), tmp_path / "new")
    assert 'bundle = "grey.bundle"  # of May\n' in done.settings.path.read_text()
    assert done.settings.bundle == tmp_path / "new" / "grey.bundle"
    assert done.settings.recipe == tmp_path / "new" / "strict.toml"


def test_records_outside_the_folder_need_a_place_to_be_named(station: Path, tmp_path: Path) -> None:
    far = tmp_path / "far"
    (station.parent / "records").rename(far)
    change_station(station, '"records"', f'"{far.as_posix()}"')
    backup = take(station, tmp_path / "a.zip")
    with pytest.raises(UsageError, match=r"in '/.*/far', which is no folder inside .* --store"):
        put(backup, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    done = put(backup, tmp_path / "new", store=tmp_path / "elsewhere")
    assert done.settings.store == tmp_path / "elsewhere"
    assert len(stored(tmp_path / "elsewhere" / "records.db")) == 3


def test_station_that_is_there_stays_without_leave(station: Path, backup: Path) -> None:
    before = tree(station.parent)
    with pytest.raises(UsageError, match=r"exists already; --replace puts"):
        put(backup, station)
    assert tree(station.parent) == before


def test_replaced_station_keeps_what_was_there(station: Path, backup: Path) -> None:
    run_line(station)
    old_text = station.read_bytes() + b"# changed since\n"
    station.write_bytes(old_text)
    write_bundle(station.parent / "grey.bundle", threshold=0.7)
    (station.parent / "strict.toml").write_text(RECIPE.replace("0.4", "0.3"))
    done = put(backup, station, is_replacing=True)
    assert done.old_station is not None
    assert done.old_station.read_bytes() == old_text
    settings = done.settings
    assert settings.bundle is not None
    assert settings.bundle.name.startswith("grey-")
    assert open_bundle(settings.bundle).manifest.threshold.value == 0.5
    assert open_bundle(station.parent / "grey.bundle").manifest.threshold.value == 0.7
    assert settings.recipe is not None
    assert load_recipe(settings.recipe).threshold == 0.4
    assert settings.store.parent == station.parent / "records"
    assert len(stored(settings.store / "records.db")) == 3
    assert len(stored(station.parent / "records" / "records.db")) == 6
    run_line(station)
    assert len(stored(settings.store / "records.db")) == 6


def test_line_that_runs_is_not_replaced(station: Path, backup: Path) -> None:
    with (
        sole_writer(station.parent / "records", "x"),
        pytest.raises(UsageError, match=r"another run is writing into .* stop that line first"),
    ):
        put(backup, station, is_replacing=True)


def test_each_restore_into_one_store_has_a_folder_of_its_own_there(
    station: Path, backup: Path
) -> None:
    run_line(station)
    stores = []
    for _ in range(3):
        stores.append(put(backup, station, is_replacing=True).settings.store)
        run_line(station)
    inside = f"restored-{stores[0].name[-12:]}"
    assert [store.name for store in stores] == [inside, f"{inside}-2", f"{inside}-3"]
    assert [len(stored(store / "records.db")) for store in stores] == [6, 6, 6]


def test_old_station_files_never_take_each_others_place(station: Path, backup: Path) -> None:
    station.write_bytes(station.read_bytes() + b"# mine\n")
    kept = [put(backup, station, is_replacing=True).old_station for _ in range(3)]
    assert len(set(kept)) == 3
    assert [b"# mine" in old.read_bytes() for old in kept if old] == [True, False, False]


def test_two_stations_never_share_a_store(backup: Path, tmp_path: Path) -> None:
    put(backup, tmp_path / "one", store=tmp_path / "shared")
    with pytest.raises(UsageError, match="holds results already"):
        put(backup, tmp_path / "two", store=tmp_path / "shared")


def test_one_restore_at_a_time(backup: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    held = sole_writer(new, "", TRANSFER_LOCK)
    with held, pytest.raises(UsageError, match="wait until it has ended"):
        put(backup, new)
    put(backup, new)


@pytest.mark.parametrize("name", ["strict.toml", "mild.toml"])
def test_station_file_of_a_recipes_name_is_refused(backup: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=rf"the station file and the recipe '{name}' would both"):
        put(backup, tmp_path / "new" / name)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"records": "station.toml"},
        {"records": "grey.bundle/inside"},
        {"strict.toml": "records/images"},
        {"records": "../outside"},
        {"records": "a\\\\b"},
        {"records": ".restoring-a"},
    ],
)
def test_places_that_do_not_go_together_change_nothing(
    backup: Path, station: Path, tmp_path: Path, changes: dict[str, str]
) -> None:
    text = station.read_text()
    for old, new in changes.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    forged = changed(backup, tmp_path / "b.zip", {"station.toml": text.encode()})
    with pytest.raises(UsageError, match=r"would both come to|no folder inside its own"):
        put(forged, tmp_path / "new" / "station.toml")
    assert not (tmp_path / "new").exists()


def test_records_with_a_trigger_are_refused(backup: Path, station: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil.db"
    with open_backup(backup) as opened:
        opened.extract("records.db", evil)
    in_sqlite(evil, "CREATE TRIGGER t AFTER INSERT ON records BEGIN DELETE FROM records; END;")
    forged = changed(backup, tmp_path / "b.zip", {"records.db": evil.read_bytes()})
    with pytest.raises(StoreCorrupt, match="'t' is changed, missing or foreign"):
        put(forged, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_records_in_the_stations_own_folder_come_back_there(station: Path, tmp_path: Path) -> None:
    for path in (station.parent / "records").iterdir():
        path.rename(station.parent / path.name)
    change_station(station, '"records"', '"."')
    done = put(take(station, tmp_path / "a.zip"), tmp_path / "new")
    assert done.settings.store == tmp_path / "new"
    assert len(stored(tmp_path / "new" / "records.db")) == 3


def test_folder_in_the_place_of_the_station_file_is_told(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "dir.toml").mkdir()
    with pytest.raises(UsageError, match="is no file; name the station file to make"):
        put(backup, tmp_path / "dir.toml", is_replacing=True)


def test_station_with_the_products_bundle_takes_the_one_that_is_here(
    station: Path, tmp_path: Path
) -> None:
    change_station(station, '"grey.bundle"', '"demo"')
    (station.parent / "records" / "records.db").unlink()
    done = put(take(station, tmp_path / "a.zip"), tmp_path / "new")
    assert done.settings.bundle is None
    assert done.bundle_id == done.manifest.bundle_id


@pytest.mark.parametrize("name", ["bundle/model.onnx", "records.db", "recipes/strict.toml"])
def test_sealed_backup_that_was_made_up_is_refused_and_changes_nothing(
    backup: Path, tmp_path: Path, name: str
) -> None:
    forged = changed(backup, tmp_path / "b.zip", {name: b"something else"})
    with pytest.raises(
        InspectorError, match=r"not the file that was validated|damaged|not valid TOML"
    ):
        put(forged, tmp_path / "new" / "station.toml")
    assert not (tmp_path / "new").exists()


def test_bundle_whose_canary_is_off_here_is_refused(station: Path, tmp_path: Path) -> None:
    write_bundle(station.parent / "grey.bundle", canary_score_offset=0.1)
    backup = take(station, tmp_path / "a.zip")
    with pytest.raises(BundleError, match="the canary picture scores"):
        put(backup, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_station_file_that_names_another_bundle_than_the_backup_is_refused(
    backup: Path, tmp_path: Path, station: Path
) -> None:
    text = station.read_bytes().replace(b'"grey.bundle"', b'"demo"')
    forged = changed(backup, tmp_path / "b.zip", {"station.toml": text})
    with pytest.raises(BackupError, match="bundle is not the one that its station file names"):
        put(forged, tmp_path / "new")


def test_records_that_are_fewer_than_was_said_are_refused(backup: Path, tmp_path: Path) -> None:
    def describe(files: dict[str, StoredFile]) -> BackupManifest:
        return replace(manifest, files=files, n_records=4)

    with open_backup(backup) as old, new_backup(tmp_path / "b.zip") as new:
        manifest = old.manifest
        for name in manifest.files:
            new.add(name, b"".join(cast("Iterable[bytes]", old._chunks(name))))
        new.seal(describe)
    with pytest.raises(BackupError, match="holds 3 records and speaks of 4"):
        put(tmp_path / "b.zip", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_disk_without_room_is_told_before_anything_is_written(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000))
    with pytest.raises(StoreFull, match=r"needs .* MB, and 0 MB shall stay free; the disk of"):
        put(backup, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def put_again(backup: str, station: str) -> None:
    put(Path(backup), Path(station), is_replacing=True)


def test_restore_that_is_killed_anywhere_leaves_the_old_station_or_the_new_one(
    station: Path, backup: Path, tmp_path: Path
) -> None:
    run_line(station)
    write_bundle(station.parent / "grey.bundle", threshold=0.7)
    old, new = (0.7, 7), (0.5, 4)
    found: list[tuple[float, int]] = []
    is_done = False
    with killed_calls(put_again) as reaches_its_end:
        while not is_done:
            at = tmp_path / f"killed-{len(found)}" / "station.toml"
            shutil.copytree(station.parent, at.parent)
            is_done = reaches_its_end(len(found), str(backup), str(at))
            found.append(what_runs(at))
            assert len(stored(at.parent / "records" / "records.db")) == 6
            put_again(str(backup), str(at))
            assert what_runs(at) == new
            assert list(at.parent.rglob(".inspector-restore-*")) == []
    assert len(found) > 30
    n_old = found.index(new)
    assert n_old > 20
    assert found == [old] * n_old + [new] * (len(found) - n_old)


def what_runs(station: Path) -> tuple[float, int]:
    """The threshold, and the number that the next part gets."""
    settings = load_station(station)
    assert settings.bundle is not None
    with RecordReader(settings.store / "records.db") as reader:
        reader.check_whole()
        return open_bundle(settings.bundle).manifest.threshold.value, reader.next_part()
