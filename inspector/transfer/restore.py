"""Makes a station of its backup: everything is checked first, and one step brings it into force."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from inspector.assembly import build_inspection, models_of, shipped_bundle
from inspector.bundle import Manifest, open_bundle
from inspector.clock import Clock
from inspector.errors import BackupError, SettingsError, StoreFull, UsageError
from inspector.files.atomic import sync_folder, write_errors, write_whole
from inspector.files.folder_lock import LOCK_FILE, sole_writer
from inspector.files.text_file import read_text
from inspector.files.toml_file import MAX_TOML_BYTES
from inspector.recipe import DEFAULT_RECIPE, load_recipe
from inspector.settings import StationSettings, load_station
from inspector.station import IMAGES_FOLDER, MB, STORE_FILE
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
from inspector.transfer.places import TRANSFER_LOCK, put_bundle, put_recipe, write_station
from inspector.transfer.restore_places import (
    MARK_FILE,
    Places,
    free_store,
    mark_text,
    places_of,
)

_STAGE = ".inspector-restore-"


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
        UsageError: There is a station already, it runs, or it needs `store`; or somebody else
            restores there.
        StoreFull, StoreError: Something cannot be written.
    """
    station = (station if station.suffix == ".toml" else station / STATION_FILE).resolve()
    _check_station(station, is_replacing=is_replacing)
    with ExitStack() as held:
        opened = held.enter_context(open_backup(backup))
        manifest = opened.manifest
        held.enter_context(_folder(station.parent))
        advice = "wait until it has ended"
        held.enter_context(sole_writer(station.parent, advice, TRANSFER_LOCK))
        stage = held.enter_context(_stage(station.parent))
        small = [name for name in manifest.files if not _is_of_store(name)]
        _check_room(manifest, small, stage, floor_mb=0)
        for name in small:
            opened.extract(name, stage / name)
        settings = load_station(stage / STATION_FILE)
        judging = _check_judging(manifest, settings, stage, clock)
        places = places_of(manifest, settings, station, store)
        place = free_store(places.store, station, manifest, is_replacing=is_replacing)
        places = replace(places, store=place)
        held.enter_context(_folder(place))
        for used in {place, *_store_of(station)}:
            held.enter_context(sole_writer(used, "stop that line first"))
        store_stage = held.enter_context(_stage(place, stage))
        floor_mb = settings.images.free_space_floor_mb
        large = [name for name in manifest.files if _is_of_store(name)]
        _check_room(manifest, large, store_stage, floor_mb=floor_mb)
        _take_records(opened, store_stage)
        wanted = _put_beside(manifest, judging, settings, stage, places)
        _put_records(manifest, store_stage, places)
        sync_folder(places.store)  # what the station file names must be there before it
        sync_folder(station.parent)
        old_station = _keep_old(station, clock)
        text = read_text(stage / STATION_FILE, STATION_FILE, MAX_TOML_BYTES, SettingsError)
        write_station(text, wanted)
        sync_folder(station.parent)
        _give_to_its_user(places.store)
    with write_errors(place):  # last of all: until then a second try clears away what is left
        (place / MARK_FILE).unlink()
    return Restored(
        settings=wanted,
        manifest=manifest,
        bundle_id=judging.bundle_id,
        old_station=old_station,
    )


def _is_of_store(name: str) -> bool:
    return name == RECORDS_FILE or name.startswith(IMAGES)


def _check_station(station: Path, *, is_replacing: bool) -> None:
    if station.exists() and not station.is_file():
        raise UsageError(f"{str(station)!r} is no file; name the station file to make")
    if station.exists() and not is_replacing:
        raise UsageError(
            f"{str(station)!r} exists already; --replace puts the station of the backup there, and "
            "keeps the old file and its records beside it"
        )


def _check_judging(
    manifest: BackupManifest, settings: StationSettings, stage: Path, clock: Clock
) -> Manifest:
    """Gives the manifest of the bundle that judges here."""
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
    return bundle.manifest


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


def _put_beside(
    manifest: BackupManifest,
    judging: Manifest,
    settings: StationSettings,
    stage: Path,
    places: Places,
) -> StationSettings:
    """Put bundle and recipes where they are wanted, or beside; what the station file shall say."""
    wanted = replace(settings, path=places.station, store=places.store)
    if places.bundle is not None:
        bundle = put_bundle(stage / BUNDLE, judging, places.bundle)
        wanted = replace(wanted, bundle=bundle)
    for name, place in places.recipes.items():
        put = put_recipe(stage / name, load_recipe(stage / name), place)
        if name == f"{RECIPES}{manifest.recipe}":
            wanted = replace(wanted, recipe=put)
    return wanted


def _put_records(manifest: BackupManifest, stage: Path, places: Places) -> None:
    store = places.store
    write_whole(store / MARK_FILE, mark_text(places.station, manifest).encode())
    with write_errors(store):
        # Records first: whoever restores once more after a kill knows by them that they are these.
        for name, place in ((RECORDS_FILE, STORE_FILE), (IMAGES, IMAGES_FOLDER)):
            if (stage / name).exists() and not (store / place).exists():
                (stage / name).rename(store / place)


def _give_to_its_user(store: Path) -> None:
    """What an administrator put into another user's folder is that user's, as the line will be."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return
    owners = (folder.stat() for folder in (store, *store.parents[:2]))
    owner = next((one for one in owners if one.st_uid != 0), None)
    if owner is not None:
        with write_errors(store):
            for path in (store, *store.rglob("*")):
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _keep_old(station: Path, clock: Clock) -> Path | None:
    """A copy of the station file that is there, under a name of its own."""
    if not station.exists():
        return None
    name = f"{station.name}.before-{clock.now():%Y%m%d-%H%M%S}"
    with write_errors(station):
        data, number = station.read_bytes(), 1
        while (old := station.with_name(f"{name}-{number}")).exists():
            number += 1
        write_whole(old, data)
        shutil.copymode(station, old)
    return old


def _store_of(station: Path) -> Iterator[Path]:
    """The store of the station that is there: its line must not run meanwhile."""
    try:
        store = load_station(station).store.resolve() if station.exists() else None
    except SettingsError:  # a file that cannot be read runs no line
        return
    if store is not None and store.is_dir():
        yield store


def _check_room(manifest: BackupManifest, names: list[str], folder: Path, *, floor_mb: int) -> None:
    """Before hours of copying; the true limit is what the disk says when it is written."""
    n_bytes = sum(manifest.files[name].n_bytes for name in names)
    free_bytes = shutil.disk_usage(folder).free
    if n_bytes + floor_mb * MB > free_bytes:
        raise StoreFull(
            f"the backup needs {n_bytes / 1e6:,.0f} MB, and {floor_mb:,} MB shall stay free; the "
            f"disk of {str(folder.parent)!r} has {free_bytes / 1e6:,.0f} MB left; free some space"
        )


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    """Make it; where nothing came into it after all, it goes again."""
    with write_errors(folder):
        is_new = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        if is_new and {path.name for path in folder.iterdir()} <= {LOCK_FILE, TRANSFER_LOCK}:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _stage(folder: Path, other: Path | None = None) -> Iterator[Path]:
    """A new folder inside; those of restores that were killed go. The folder must be held.

    Args:
        other: A stage of this restore, which may lie in the same folder.
    """
    with write_errors(folder):
        for left in folder.glob(f"{_STAGE}*"):
            if left != other:
                shutil.rmtree(left, ignore_errors=True)
        stage = Path(tempfile.mkdtemp(prefix=_STAGE, dir=folder))
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)
