"""Where each part of a backup comes on this machine; decided before anything is put anywhere."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from inspector.errors import UsageError
from inspector.files.atomic import write_errors
from inspector.settings import StationSettings
from inspector.station import IMAGES_FOLDER, STORE_FILE
from inspector.transfer.backup_manifest import RECIPES, RECORDS_FILE, BackupManifest, is_plain

# In a store's folder while a restore puts records there: for which station, of which backup.
MARK_FILE = ".restoring"
_MAX_RESTORES = 100  # of one backup into one store


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are wanted; where something else is already, they get another name.

    Attributes:
        station: The station file.
        store: The folder of the records.
        bundle: None: the backup has none.
        recipes: By name in the backup.
    """

    station: Path
    store: Path
    bundle: Path | None
    recipes: dict[str, Path]


def places_of(
    manifest: BackupManifest, settings: StationSettings, station: Path, store: Path | None
) -> Places:
    """Where the station file says, in its own folder; what lies outside comes into it.

    Args:
        settings: Of the backup, read in the folder that it was unpacked into.
        station: The station file to be.
        store: Chosen by the person who restores; None: where the station file says.

    Raises:
        UsageError: The records are kept outside, and nobody said where here; or two things would
            have one place.
    """
    stage, folder = settings.path.parent, station.parent
    bundle = None
    if settings.bundle is not None and manifest.bundle is not None:
        own = _inside(settings.bundle, stage, folder) or folder / manifest.bundle
        bundle = own.with_name(manifest.bundle)
    recipes = {name: folder / name.removeprefix(RECIPES) for name in manifest.names(RECIPES)}
    if settings.recipe is not None and manifest.recipe is not None:
        own_name = f"{RECIPES}{manifest.recipe}"
        recipes[own_name] = _inside(settings.recipe, stage, folder) or recipes[own_name]
    if store is None and (store := _inside(settings.store, stage, folder)) is None:
        said = os.path.relpath(settings.store, stage)
        said = said if settings.store.is_relative_to(stage) else str(settings.store)
        raise UsageError(
            f"the station keeps its records in {said!r}, which is no folder inside its own here; "
            "name one for them with --store"
        )
    places = Places(station=station, store=store.resolve(), bundle=bundle, recipes=recipes)
    _check_apart(places)
    return places


def free_store(
    wanted: Path, station: Path, manifest: BackupManifest, *, is_replacing: bool
) -> Path:
    """The folder for the records: records that are there stay where they are.

    Raises:
        UsageError: There are results already, and they may not have a neighbour.
        StoreError: The folder cannot be read.
    """
    for place in _candidates(wanted, manifest):
        if not _holds_results(place) or _was_begun(place, station, manifest):
            return place
        if not is_replacing:
            raise UsageError(
                f"{str(place)!r} holds results already; name another folder with --store, or put "
                "these into a folder inside it with --replace"
            )
    raise UsageError(f"{str(wanted)!r} holds too many restored stores; name another with --store")


def mark_text(station: Path, manifest: BackupManifest) -> str:
    """What stands in `MARK_FILE`."""
    return f"{manifest.backup_id} {station}\n"


def _candidates(wanted: Path, manifest: BackupManifest) -> Iterator[Path]:
    yield wanted
    inside = wanted / f"restored-{manifest.backup_id[:12]}"
    yield inside
    for number in range(2, _MAX_RESTORES):
        yield inside.with_name(f"{inside.name}-{number}")


def _holds_results(store: Path) -> bool:
    with write_errors(store):
        return any(store.glob(f"{STORE_FILE}*")) or (store / IMAGES_FOLDER).exists()


def _was_begun(store: Path, station: Path, manifest: BackupManifest) -> bool:
    """Whether a restore of the same was killed here after it put records that nobody used since."""
    with write_errors(store):
        mark, records = store / MARK_FILE, store / STORE_FILE
        if not mark.is_file() or mark.read_text("utf-8") != mark_text(station, manifest):
            return False
        if RECORDS_FILE not in manifest.files or not records.is_file():
            return False
        with records.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    return digest == manifest.files[RECORDS_FILE].sha256


def _inside(place: Path, stage: Path, folder: Path) -> Path | None:
    """Where it comes in the station's folder; None: the station file leads elsewhere.

    A name of another system, with a drive or backslashes, leads elsewhere too.
    """
    normal = Path(os.path.normpath(place))
    if not normal.is_relative_to(stage):
        return None
    inner = normal.relative_to(stage)
    return folder / inner if all(map(is_plain, inner.parts)) else None


def _check_apart(places: Places) -> None:
    """No two things may have one place, nor one lie in another that is not a folder for both."""
    named = {
        "the station file": places.station,
        "the records": places.store / STORE_FILE,
        "the pictures": places.store / IMAGES_FOLDER,
        **{f"the recipe {name.removeprefix(RECIPES)!r}": at for name, at in places.recipes.items()},
    }
    if places.bundle is not None:
        named["the bundle"] = places.bundle
    keys = {what: Path(os.path.normcase(place)) for what, place in named.items()}
    for (one, first), (other, second) in combinations(keys.items(), 2):
        if first.is_relative_to(second) or second.is_relative_to(first):
            raise UsageError(
                f"{one} and {other} would both come to {str(named[one])!r}; choose another name "
                "for the station file, or another --store"
            )
