"""Takes everything that a station is made of into one file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inspector import __version__
from inspector.assembly import criteria_of, shipped_bundle
from inspector.bundle import open_bundle
from inspector.bundle.files import MANIFEST_FILE as BUNDLE_MANIFEST_FILE
from inspector.bundle.files import bundle_reader
from inspector.clock import Clock, utc_text
from inspector.errors import RecipeError, StoreCorrupt
from inspector.recipe import DEFAULT_RECIPE, load_recipe
from inspector.settings import StationSettings
from inspector.station import IMAGES_FOLDER, STORE_FILE
from inspector.store.reader import RecordReader
from inspector.store.snapshot import copy_store
from inspector.transfer.backup_file import BackupWriter, new_backup
from inspector.transfer.backup_manifest import (
    BUNDLE,
    IMAGES,
    RECIPES,
    RECORDS_FILE,
    STATION_FILE,
    BackupManifest,
    StoredFile,
    is_plain,
    plain_name,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What was taken.

    Attributes:
        path: The file.
        left_out: What the station uses and the backup does not hold, in people's words.
    """

    path: Path
    manifest: BackupManifest
    left_out: tuple[str, ...]


def back_up(settings: StationSettings, out: Path, clock: Clock, *, has_images: bool) -> Backup:
    """Write a station's settings, recipes, bundle and records, all as they are at one moment.

    The line may run meanwhile. Every record is read and checked, and the file is read back.

    Args:
        out: The file to make, or a folder that it comes into under a name of its own.
        has_images: Also the kept pictures of parts.

    Raises:
        UsageError: There is something at `out`.
        ConfigurationError: The station would not run: its bundle or its recipe is not whole, or
            they do not go together.
        StoreCorrupt: A record is not what was written.
        StoreFull, StoreError: The file cannot be written.
    """
    now = clock.now()
    if out.is_dir():
        out /= f"{settings.name} {now:%Y-%m-%d %H%M%S}.backup.zip"
    recipe = DEFAULT_RECIPE if settings.recipe is None else load_recipe(settings.recipe)
    bundle = open_bundle(shipped_bundle() if settings.bundle is None else settings.bundle)
    criteria_of(recipe, bundle.manifest)
    recipes, passed_over = _recipes(settings)
    own = next((name for name, path in recipes.items() if path == settings.recipe), None)
    n_records = 0
    with new_backup(out) as backup:
        backup.add(STATION_FILE, settings.path)
        for name, path in recipes.items():
            backup.add(f"{RECIPES}{name}", path)
        if settings.bundle is not None:
            read = bundle_reader(settings.bundle)
            for name in (BUNDLE_MANIFEST_FILE, *bundle.manifest.files):
                backup.add(f"{BUNDLE}{name}", read(name))
        if (settings.store / STORE_FILE).exists():
            n_records = _add_records(backup, settings.store / STORE_FILE)
        if has_images:
            _add_images(backup, settings.store / IMAGES_FOLDER)

        def describe(files: dict[str, StoredFile]) -> BackupManifest:
            return BackupManifest(
                backup_id="",
                made_at=utc_text(now),
                made_by=__version__,
                station=settings.name,
                bundle=None if settings.bundle is None else _folder_name(settings.bundle),
                bundle_id=bundle.manifest.bundle_id,
                recipe=own,
                n_records=n_records,
                files=files,
            )

        manifest = backup.seal(describe)
    return Backup(
        path=out,
        manifest=manifest,
        left_out=(*passed_over, *_left_out(settings, has_images=has_images)),
    )


def _folder_name(bundle: Path) -> str:
    """A zipped bundle is a folder in a backup, and after it."""
    return plain_name(bundle.stem if bundle.suffix.lower() == ".zip" else bundle.name)


def _recipes(settings: StationSettings) -> tuple[dict[str, Path], list[str]]:
    """The station's own and the others beside the station file, by their names in the backup.

    The second value says which of them is not taken, and why.
    """
    found: dict[str, Path] = {}
    passed_over: list[str] = []
    if settings.recipe is not None:
        found[plain_name(f"{settings.recipe.stem}.toml")] = settings.recipe
    for path in sorted(settings.path.parent.glob("*.toml")):
        try:
            load_recipe(path)
        except RecipeError:  # it is something else
            continue
        if settings.recipe is not None and path.samefile(settings.recipe):
            continue
        if not is_plain(path.name):
            passed_over.append(f"{path.name!a}, for not every system can have a file of this name")
        elif path.name in found:
            passed_over.append(f"{path.name}, for the recipe in force has the same name")
        else:
            found[path.name] = path
    return found, passed_over


def _add_records(backup: BackupWriter, store: Path) -> int:
    copy = backup.work / RECORDS_FILE
    copy_store(store, copy)
    try:
        with RecordReader(copy) as reader:
            reader.check_whole()
            n_records = sum(1 for _ in reader.records(has_gone=True))
    except StoreCorrupt as error:  # it was so where it came from
        raise StoreCorrupt(str(error).replace(str(copy), str(store))) from error
    backup.add(RECORDS_FILE, copy)
    copy.unlink()
    return n_records


def _add_images(backup: BackupWriter, folder: Path) -> None:
    for path in sorted(folder.glob("*.png")):
        if not (path.is_file() and is_plain(path.name)):  # the line made no such file
            continue
        try:
            backup.add(f"{IMAGES}{path.name}", path)
        except FileNotFoundError:  # it was the oldest, and the line made room
            continue


def _left_out(settings: StationSettings, *, has_images: bool) -> Iterator[str]:
    for camera in settings.cameras:
        _, _, place = camera.source.partition(":")
        if place and (settings.path.parent / place).exists():
            yield f"what camera {camera.name!r} reads: {place}"
    for path in sorted(settings.store.glob(f"{Path(STORE_FILE).stem}.damaged-*.db")):
        yield f"results that were set aside as damaged: {path.name}"
    if not has_images and any((settings.store / IMAGES_FOLDER).glob("*.png")):
        yield "the kept pictures of parts: --images takes them too"
