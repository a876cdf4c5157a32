"""The station file: what this machine inspects with, and where it keeps the results."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from inspector.errors import SettingsError
from inspector.files.tables import Table
from inspector.files.toml_file import read_toml
from inspector.geometry import PixelRegion
from inspector.keeping import KEEP_FAILS, KeepRule, read_keep_rule

SCHEMA_VERSION = 1
SHIPPED_BUNDLE = "demo"  # in the place of a path: the bundle that comes with the product
MAX_CAMERAS = 16
MAX_SIDE_PX = 65_535


class Trigger(StrEnum):
    """What makes a camera take a part's picture."""

    FREE = "free"  # it gives pictures by itself, and each is a part
    HARDWARE = "hardware"  # the same, and it takes them when its own input tells it to
    TIMER = "timer"
    SOFTWARE = "software"


UNASKED = frozenset({Trigger.FREE, Trigger.HARDWARE})  # each picture that comes is a part


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSettings:
    """One camera.

    Attributes:
        name: For records and screen; unique in a station.
        source: A kind of source and what it needs to be found: "usb:0", "replay:parts".
        options: What only this kind of source knows.
        trigger_every_ms: For a timer.
        region: What of the picture is inspected, sensor px; None: all of it.
    """

    name: str
    source: str
    trigger: Trigger = Trigger.FREE
    trigger_every_ms: float | None = None
    region: PixelRegion | None = None
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSettings:
    """What happens to the pictures of parts.

    Attributes:
        rule: Which are kept, where the recipe does not say otherwise.
        quota_mb: What they may take; the oldest go first.
        free_space_floor_mb: What the disk must have left; below it nothing passes.
    """

    rule: KeepRule = KEEP_FAILS
    quota_mb: int = 2_000
    free_space_floor_mb: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StationSettings:
    """A whole station.

    Attributes:
        path: The file it was read from.
        store: The folder of records and pictures.
        bundle: None: the one that comes with the product.
        recipe: None: the bundle's own limits.
        deadline_ms: From a part's trigger to its verdict; later it is an ERROR.
        is_isolated: The model runs in a process of its own, so that a crash in native code costs
            one part and not the run.
    """

    path: Path
    name: str
    store: Path
    bundle: Path | None
    recipe: Path | None
    cameras: tuple[CameraSettings, ...]
    images: ImageSettings = ImageSettings()
    deadline_ms: float = 1_000.0
    is_isolated: bool = False


def load_station(path: Path) -> StationSettings:
    """Read a station file, TOML. Its paths are relative to its folder.

    Raises:
        SettingsError: Unreadable, not TOML, an unknown or missing key, a value out of range, or
            values that do not go together.
    """
    where = f"station {str(path)!r}"
    table = read_toml(path, "station", SettingsError)
    version = table.integer("schema_version", low=1, high=10_000)
    if version != SCHEMA_VERSION:
        raise SettingsError(
            f"{where}: schema_version {version}; this program reads version {SCHEMA_VERSION}"
        )
    folder = path.resolve().parent
    bundle = table.text("bundle")
    recipe = table.optional_text("recipe")
    station = StationSettings(
        path=path.resolve(),
        name=_named(table.text("name"), where),
        store=folder / _place(table.text("store"), "store", where),
        bundle=None if bundle == SHIPPED_BUNDLE else folder / _place(bundle, "bundle", where),
        recipe=None if recipe is None else folder / _place(recipe, "recipe", where),
        cameras=tuple(_camera(one) for one in table.tables("camera")),
        images=_images(table.optional_table("images")),
        deadline_ms=table.optional_number("deadline_ms", low=1.0, high=600_000.0) or 1_000.0,
        is_isolated=table.has("isolated") and table.boolean("isolated"),
    )
    table.close()
    _check_together(station.cameras, where)
    return station


def _camera(table: Table) -> CameraSettings:
    trigger = table.optional_text("trigger", among=tuple(Trigger)) or Trigger.FREE
    region = table.optional_table("region")
    options = table.optional_table("options")
    camera = CameraSettings(
        name=_named(table.text("name"), table.where),
        source=table.text("source"),
        trigger=Trigger(trigger),
        trigger_every_ms=table.optional_number("trigger_every_ms", low=1.0, high=3_600_000.0),
        region=None if region is None else _region(region),
        options={} if options is None else options.as_mapping(),
    )
    table.close()
    if (camera.trigger_every_ms is not None) != (camera.trigger is Trigger.TIMER):
        raise SettingsError(
            f"{table.where}: trigger_every_ms goes with trigger = 'timer', and each needs the other"
        )
    return camera


def _region(table: Table) -> PixelRegion:
    region = PixelRegion(
        x_px=table.integer("x_px", low=0, high=MAX_SIDE_PX),
        y_px=table.integer("y_px", low=0, high=MAX_SIDE_PX),
        width_px=table.integer("width_px", low=1, high=MAX_SIDE_PX),
        height_px=table.integer("height_px", low=1, high=MAX_SIDE_PX),
    )
    table.close()
    return region


def _images(table: Table | None) -> ImageSettings:
    usual = ImageSettings()
    if table is None:
        return usual
    quota_mb = table.optional_integer("quota_mb", low=1, high=100_000_000)
    floor_mb = table.optional_integer("free_space_floor_mb", low=0, high=100_000_000)
    images = ImageSettings(
        rule=read_keep_rule(table),
        quota_mb=usual.quota_mb if quota_mb is None else quota_mb,
        free_space_floor_mb=usual.free_space_floor_mb if floor_mb is None else floor_mb,
    )
    table.close()
    return images


def _place(text: str, key: str, where: str) -> str:
    if not text or "\0" in text:
        raise SettingsError(f"{where}: {key} is {text!r}; name a file or a folder")
    return text


def _named(name: str, where: str) -> str:
    """Names stand in file names, on the screen and in reports."""
    if not 1 <= len(name.strip()) <= 60 or not name.isprintable() or set(name) & set('/\\:*?"<>|'):
        raise SettingsError(
            f"{where}: the name {name!r} must have 1 to 60 printable characters, none of "
            '/ \\ : * ? " < > |'
        )
    return name.strip()


def _check_together(cameras: tuple[CameraSettings, ...], where: str) -> None:
    if not 1 <= len(cameras) <= MAX_CAMERAS:
        raise SettingsError(
            f"{where}: {len(cameras)} cameras; a station has 1 to {MAX_CAMERAS}, each a [[camera]]"
        )
    names = [camera.name.casefold() for camera in cameras]
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"{where}: two cameras have the name {name!r}; give each its own")
    triggers = {(camera.trigger, camera.trigger_every_ms) for camera in cameras}
    if len(triggers) > 1:
        raise SettingsError(
            f"{where}: the cameras have different triggers; every part is seen by all of them, so "
            "give all the same trigger"
        )
    if len(cameras) > 1 and cameras[0].trigger in UNASKED:
        raise SettingsError(
            f"{where}: several cameras cannot have trigger = {str(cameras[0].trigger)!r}, for "
            "nothing would tell which pictures belong to one part; use 'timer' or 'software'"
        )
