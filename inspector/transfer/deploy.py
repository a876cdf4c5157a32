"""Brings a bundle or a recipe, as from a stick, into a station, with its proof."""

from dataclasses import dataclass, replace
from pathlib import Path

from inspector.assembly import build_inspection, models_of, shipped_bundle
from inspector.bundle import Bundle, open_bundle
from inspector.clock import Clock
from inspector.errors import SettingsError
from inspector.files.folder_lock import sole_writer
from inspector.files.text_file import read_text
from inspector.files.toml_file import MAX_TOML_BYTES
from inspector.recipe import DEFAULT_RECIPE, Recipe, load_recipe
from inspector.settings import StationSettings, load_station
from inspector.transfer.places import TRANSFER_LOCK, put_bundle, put_recipe, write_station


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What the station judges with from now on.

    Attributes:
        settings: What its file says now.
    """

    settings: StationSettings
    bundle: Bundle
    recipe: Recipe


def deploy(
    station: Path,
    clock: Clock,
    *,
    bundle: Path | None,
    recipe: Path | None,
    has_recipe: bool = True,
) -> Deployed:
    """Copy a bundle, a recipe or both beside the station file, and name them in it in one step.

    Every byte of the bundle and its proof are checked, each of its models judges the canary on this
    machine, and bundle and recipe must go together, before anything is written. A line that runs
    takes it from its next part on. What was in force before stays on the disk.

    Args:
        station: The station file.
        bundle: A folder or a zip; None: the station keeps the one it has.
        recipe: None: the station keeps the one it has.
        has_recipe: False: the bundle's own limits from now on.

    Raises:
        BundleError, RecipeError: It is not what was validated, does not judge here as it was proven
            to, or does not go with the other.
        UsageError: The names that it would have are taken by something else, or somebody else
            deploys.
        SettingsError: The station file cannot be changed.
        StoreFull, StoreError: Something cannot be written.
    """
    folder = station.resolve().parent
    with sole_writer(folder, "wait until it has ended", TRANSFER_LOCK):
        return _deploy(load_station(station), clock, bundle, recipe, has_recipe=has_recipe)


def _deploy(
    settings: StationSettings,
    clock: Clock,
    bundle: Path | None,
    recipe: Path | None,
    *,
    has_recipe: bool,
) -> Deployed:
    where = f"station {str(settings.path)!r}"
    text = read_text(settings.path, where, MAX_TOML_BYTES, SettingsError)
    source = bundle or settings.bundle or shipped_bundle()
    checked = open_bundle(source)
    recipe_source = (recipe or settings.recipe) if has_recipe else None
    limits = DEFAULT_RECIPE if recipe_source is None else load_recipe(recipe_source)
    for model in models_of(checked):
        build_inspection(checked, limits, clock, model=model)
    folder = settings.path.parent
    wanted = settings
    if bundle is not None:
        name = bundle.resolve().name
        place = folder / (name[:-4] if name.lower().endswith(".zip") else name)
        place = put_bundle(bundle, checked.manifest, place)
        wanted = replace(wanted, bundle=place)
    if recipe is not None:
        wanted = replace(wanted, recipe=put_recipe(recipe, limits, folder / recipe.name))
    elif not has_recipe:
        wanted = replace(wanted, recipe=None)
    write_station(text, wanted)
    return Deployed(settings=wanted, bundle=checked, recipe=limits)
