"""Puts a bundle or a recipe beside a station file, and makes the station file name it.

What is there stays as it is: new things take names that are free. The change of the station file,
in one step, is what brings them into force.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from inspector.bundle import Manifest, open_bundle
from inspector.bundle.files import MANIFEST_FILE, bundle_reader
from inspector.errors import (
    BundleError,
    InspectorError,
    RecipeError,
    SettingsError,
    UsageError,
)
from inspector.files.atomic import write_errors, write_whole
from inspector.files.folders import replace_folder
from inspector.files.toml_edit import with_texts
from inspector.recipe import Recipe, load_recipe
from inspector.settings import SHIPPED_BUNDLE, StationSettings, load_station

TRANSFER_LOCK = ".transfer.lock"  # in a station's folder: one at a time brings things in


def put_bundle(source: Path, manifest: Manifest, wanted: Path) -> Path:
    """Copy a bundle, so that the copy is proven whole.

    Args:
        source: A folder or a zip.
        manifest: Of the bundle that it was when it was checked.
        wanted: The folder to make; where something else is, one with the bundle's id in its name.

    Returns:
        Where it is.

    Raises:
        BundleError: It changed since it was checked, or cannot be read.
        UsageError: Both names are taken.
        StoreFull, StoreError: It cannot be written.
    """

    def is_it(path: Path) -> bool:
        return open_bundle(path).manifest.bundle_id == manifest.bundle_id

    def check(growing: Path) -> None:
        if not is_it(growing):
            raise BundleError(f"bundle {str(source)!r} changed while it was copied; try again")

    place, is_there = _free_place(wanted, manifest.bundle_id, is_it)
    if not is_there:
        read = bundle_reader(source)
        names = (MANIFEST_FILE, *manifest.files)
        with write_errors(place):
            replace_folder(place, {name: read(name) for name in names}, check)
    return place


def put_recipe(source: Path, recipe: Recipe, wanted: Path) -> Path:
    """Copy a recipe, so that the copy says what was checked.

    Args:
        recipe: What the source said when it was checked.
        wanted: The file to make; where something else is, one with the recipe's id in its name.

    Returns:
        Where it is.

    Raises:
        RecipeError: It changed since it was checked, or cannot be read.
        UsageError: Both names are taken.
        StoreFull, StoreError: It cannot be written.
    """

    def check(growing: Path) -> None:
        if load_recipe(growing) != recipe:
            raise RecipeError(f"recipe {str(source)!r} changed while it was copied; try again")

    place, is_there = _free_place(
        wanted, recipe.recipe_id, lambda path: load_recipe(path) == recipe
    )
    if not is_there:
        with write_errors(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            data = source.read_bytes()
        write_whole(place, data, check)
    return place


def write_station(text: str, wanted: StationSettings) -> None:
    """Write a station file that names these places, in one step; the rest of its text stays.

    Args:
        text: A station file's, which says the same but for path, store, bundle and recipe.
        wanted: What the new file at `wanted.path` shall say. What lies in its folder is named
            relative to it.

    Raises:
        SettingsError: The text cannot be changed so.
        StoreFull, StoreError: It cannot be written.
    """
    path = wanted.path
    changes: dict[str, str | None] = {"store": _shown(wanted.store, path.parent)}
    if wanted.bundle is not None:
        changes["bundle"] = _shown(wanted.bundle, path.parent)
    changes["recipe"] = None if wanted.recipe is None else _shown(wanted.recipe, path.parent)

    def check(growing: Path) -> None:
        if replace(load_station(growing), path=path) != wanted:
            raise SettingsError(
                f"station {str(path)!r}: store, bundle and recipe cannot be changed in it; write "
                "them by hand"
            )

    write_whole(path, with_texts(text, changes).encode(), check)


def _shown(place: Path, folder: Path) -> str:
    shown = place.relative_to(folder).as_posix() if place.is_relative_to(folder) else str(place)
    return f"./{shown}" if shown == SHIPPED_BUNDLE else shown  # that word means another one


def _free_place(wanted: Path, tag: str, is_it: Callable[[Path], bool]) -> tuple[Path, bool]:
    """A place where nothing is, or where the same is already, and whether it is."""
    other = wanted.with_name(f"{wanted.stem}-{tag[:12]}{wanted.suffix}")
    for place in (wanted, other):
        if not os.path.lexists(place):
            return place, False
        try:
            if is_it(place):
                return place, True
        except InspectorError:  # what is there is something else
            continue
    raise UsageError(
        f"{str(wanted)!r} and {other.name!r} are taken by something else; move one of them away"
    )
