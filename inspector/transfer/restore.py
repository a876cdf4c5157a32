"""Makes a station of its backup: everything is checked first, and one step brings it into force."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from inspector.assembly import build_inspection, models_of, shipped_bundle
from inspector.bundle import open_bundle
from inspector.clock import Clock
from inspector.errors import BackupError, SettingsError, StoreFull, UsageError
from inspector.files.atomic import write_errors, write_whole
from inspector.files.folder_lock import sole_writer
from inspector.files.text_file import read_text
from inspector.files.toml_file import MAX_TOML_BYTES
from inspector.recipe import DEFAULT_RECIPE, load_recipe
from inspector.settings import StationSettings, load_station
from inspector.station import IMAGES_FOLDER, STORE_FILE
from inspector.store.reader import RecordReader
from inspector.transfer.backup_file import BackupReader, open_backup
from inspector.transfer.backup_manifest import (
    BUNDLE,
    IMAGES,
    RECIPES,
    RECORDS_FILE,
    STATION_FILE,
    BackupManifest,
)
from inspector.transfer.places import put_bundle, put_recipe, write_station

_STAGE = ".restoring"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A station that stands again.

    Attributes:
        settings: What its file says now.
        bundle_id: Of the bundle that judges here; another than the backup's where the station uses
            the one that comes with the product.
        old_station: Where the station file is that was there before; None: there was none.
    """

    settings: StationSettings
    manifest: BackupManifest
    bundle_id: str
    old_station: Path | None


def restore(
    backup: Path, station: Path, clock: Clock, *, store: Path | None, is_replacing: bool
) -> Restored:
    """Put a station's file, bundle, recipes and records in their places.

    Every hash, the bundle's proof, its canary on this machine, the recipe and every record are
    checked before anything is put anywhere. Then all goes to places that are free, and the station
    file, written in one step, names them: a kill leaves the old station or the new one. What was
    there before stays on the disk.

    Args:
        station: The station file to write, a `.toml`, or its folder; the rest goes beside it.
        store: The folder for the records; None: where the station file says, in its own folder.
        is_replacing: There may be a station file and records already.

    Raises:
        BackupError: The backup is not what was written.
        ConfigurationError: Its station would not run here.
        UsageError: There is a station already, it runs, or it needs `store`.
        StoreFull, StoreError: Something cannot be written.
    """
    station = (station if station.suffix == ".toml" else station / STATION_FILE).resolve()
    if station.exists() and not is_replacing:
        raise UsageError(
            f"{str(station)!r} exists already; --replace puts the station of the backup there, and "
            "keeps the old file and its records beside it"
        )
    with open_backup(backup) as opened, _stage(station.parent) as stage:
        for name in opened.manifest.files:
            if not name.startswith(IMAGES) and name != RECORDS_FILE:
                opened.extract(name, stage / name)
        settings = load_station(stage / STATION_FILE)
        bundle_id = _check_judging(opened.manifest, settings, stage, clock)
        place = _store_place(settings, stage, station.parent, store)
        place = _free_store(place, opened.manifest, is_replacing=is_replacing)
        _check_room(opened.manifest, place)
        with _stage(place) as store_stage, _stopped(station):
            _take_records(opened, store_stage)
            staged = _Staged(opened.manifest, settings, stage, store_stage)
            old_station, written = _put(staged, station, place, clock)
    return Restored(
        settings=written,
        manifest=opened.manifest,
        bundle_id=bundle_id,
        old_station=old_station,
    )


def _check_judging(
    manifest: BackupManifest, settings: StationSettings, stage: Path, clock: Clock
) -> str:
    """Gives the id of the bundle that judges here."""
    for key, named, held in (
        ("bundle", settings.bundle, manifest.bundle),
        ("recipe", settings.recipe, manifest.recipe),
    ):
        if (named is None) != (held is None):
            raise BackupError(f"the backup's {key} is not the one that its station file names")
    bundle = open_bundle(shipped_bundle() if manifest.bundle is None else stage / BUNDLE)
    if manifest.bundle is not None and bundle.manifest.bundle_id != manifest.bundle_id:
        raise BackupError("the bundle in the backup is not the one that the backup speaks of")
    recipe = DEFAULT_RECIPE
    if manifest.recipe is not None:
        recipe = load_recipe(stage / RECIPES / manifest.recipe)
    for model in models_of(bundle):
        build_inspection(bundle, recipe, clock, model=model)
    return bundle.manifest.bundle_id


def _take_records(backup: BackupReader, stage: Path) -> None:
    manifest = backup.manifest
    for name in manifest.names(IMAGES):
        backup.extract(name, stage / name)
    if RECORDS_FILE not in manifest.files:
        return
    backup.extract(RECORDS_FILE, stage / RECORDS_FILE)
    with RecordReader(stage / RECORDS_FILE) as reader:
        reader.check_whole()
        n_records = sum(1 for _ in reader.records(has_gone=True))
    if n_records != manifest.n_records:
        raise BackupError(
            f"the backup holds {n_records:,} records and speaks of {manifest.n_records:,}"
        )


class _Staged(NamedTuple):
    """What was checked and only waits for its place."""

    manifest: BackupManifest
    settings: StationSettings
    stage: Path
    store_stage: Path


def _put(
    staged: _Staged, station: Path, store: Path, clock: Clock
) -> tuple[Path | None, StationSettings]:
    """Where the old station file is now, and what the new one says."""
    manifest, settings, stage, store_stage = staged
    folder = station.parent
    wanted = replace(settings, path=station, store=store)
    if settings.bundle is not None and manifest.bundle is not None:
        own = _inside(settings.bundle, stage, folder) or folder / manifest.bundle
        own = own.with_name(manifest.bundle)
        wanted = replace(wanted, bundle=put_bundle(stage / BUNDLE, manifest.bundle_id, own))
    for source in (stage / name for name in manifest.names(RECIPES)):
        recipe, own = load_recipe(source), folder / source.name
        if settings.recipe is not None and source.name == manifest.recipe:
            own = _inside(settings.recipe, stage, folder) or own
            wanted = replace(wanted, recipe=put_recipe(source, recipe, own))
        else:
            put_recipe(source, recipe, own)
    with write_errors(store):
        # Records first: whoever restores once more after a kill knows by them that they are these.
        for name, place in ((RECORDS_FILE, STORE_FILE), (IMAGES, IMAGES_FOLDER)):
            if (store_stage / name).exists() and not (store / place).exists():
                (store_stage / name).rename(store / place)
    old = None
    if station.exists():
        with write_errors(station):
            data = station.read_bytes()
        old = station.with_name(f"{station.name}.before-{clock.now():%Y%m%d-%H%M%S}")
        write_whole(old, data)
    text = read_text(stage / STATION_FILE, STATION_FILE, MAX_TOML_BYTES, SettingsError)
    write_station(text, wanted)
    return old, wanted


def _store_place(settings: StationSettings, stage: Path, folder: Path, store: Path | None) -> Path:
    if store is not None:
        return store.resolve()
    place = _inside(settings.store, stage, folder)
    if place is None:
        raise UsageError(
            f"the station keeps its records in {str(settings.store)!r}, outside its own folder; "
            "name the folder for them here with --store, that one or another"
        )
    return place


def _free_store(place: Path, manifest: BackupManifest, *, is_replacing: bool) -> Path:
    """Records that are there stay where they are."""
    if not _holds_others(place, manifest):
        return place
    if not is_replacing:
        raise UsageError(
            f"{str(place)!r} holds results already; name another folder with --store, or put these "
            "into a folder inside it with --replace"
        )
    inside = place / f"restored-{manifest.backup_id[:12]}"
    if _holds_others(inside, manifest):
        raise UsageError(
            f"{str(inside)!r} holds results already: this backup was restored here before, and its "
            "line ran; name another folder with --store"
        )
    return inside


def _holds_others(store: Path, manifest: BackupManifest) -> bool:
    """Whether there are results, other than what a killed restore of this backup put there."""
    with write_errors(store):
        if RECORDS_FILE in manifest.files and (store / STORE_FILE).is_file():
            with (store / STORE_FILE).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest == manifest.files[RECORDS_FILE].sha256:
                return False
        return any(store.glob(f"{STORE_FILE}*")) or (store / IMAGES_FOLDER).exists()


def _inside(place: Path, stage: Path, folder: Path) -> Path | None:
    """Where it comes in the station's folder; None: the station file leads elsewhere."""
    normal = Path(os.path.normpath(place))
    if normal == stage or not normal.is_relative_to(stage):
        return None
    return folder / normal.relative_to(stage)


def _check_room(manifest: BackupManifest, folder: Path) -> None:
    """Before hours of copying; the true limit is what the disk says when it is written."""
    existing = next(one for one in (folder.resolve(), *folder.resolve().parents) if one.exists())
    n_bytes = sum(file.n_bytes for file in manifest.files.values())
    free_bytes = shutil.disk_usage(existing).free
    if n_bytes > free_bytes:
        raise StoreFull(
            f"the backup needs {n_bytes / 1e6:,.0f} MB and the disk of {str(folder)!r} has "
            f"{free_bytes / 1e6:,.0f} MB left; free some space"
        )


@contextmanager
def _stage(folder: Path) -> Iterator[Path]:
    """An empty folder on the disk of `folder`; what a killed restore left in it goes."""
    stage = folder / _STAGE
    with write_errors(folder):
        is_new = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir()
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if is_new and not any(folder.iterdir()):  # nothing came
            folder.rmdir()


@contextmanager
def _stopped(station: Path) -> Iterator[None]:
    """Hold the store of the station that is there, so that its line does not run meanwhile."""
    try:
        store = load_station(station).store if station.exists() else None
    except SettingsError:  # a file that cannot be read runs no line
        store = None
    if store is None or not store.is_dir():
        yield
        return
    with sole_writer(store, "stop that line first"):
        yield
