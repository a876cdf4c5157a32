"""Whether the product can work on this machine: its sources, folders, disk, clock and processor."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from inspector.assembly import build_inspection, shipped_bundle
from inspector.bundle import open_bundle
from inspector.capture.registry import known_kinds, make_source
from inspector.capture.synthetic.render import render_part
from inspector.clock import Clock
from inspector.errors import InspectorError, StoreError
from inspector.machine.choices import STANDARD_CHOICE, remembered, user_folder
from inspector.machine.processor import has_vnni, processor_name, usable_cores
from inspector.machine.user_folders import SAID
from inspector.pipeline.free_space import check_free_space
from inspector.recipe import DEFAULT_RECIPE
from inspector.selftest.check import Check, tried
from inspector.store.images import write_png

ENTRY_POINT_GROUP = "inspector.selftest_checks"  # of what another package brings: () -> its detail
FLOOR_BYTES = 200_000_000  # of a disk: a day's records, and what an update needs
_BUILT = datetime(2026, 1, 1, tzinfo=UTC)  # a clock before it was never set
_GRAB_TIMEOUT_S = 10.0
_LONGEST_RUN_S = 10.0
_SIZE_PX = (192, 256)


def machine_checks(clock: Clock) -> list[Check]:
    """Each by itself: what one finds does not depend on another."""
    found: dict[str, Callable[[], str]] = {
        "sources": lambda: _sources(clock),
        "isolated model": lambda: _isolated(clock),
        "folders": _folders,
        "free space": _free_space,
        "clock": lambda: _clock(clock),
        "processor": _processor,
    }
    for entry_point in entry_points(group=ENTRY_POINT_GROUP):
        found[entry_point.name] = partial(_brought, entry_point)
    return [tried(name, find, clock) for name, find in found.items()]


def _brought(entry_point: EntryPoint) -> str:
    try:
        find: Callable[[], str] = entry_point.load()
    except ImportError as error:
        raise InspectorError(f"{entry_point.value} cannot be loaded: {error}") from error
    return find()


def _sources(clock: Clock) -> str:
    """Every kind loads; those that need no camera give a picture; cameras are only listed.

    A camera may be working for a station: it is not opened.
    """
    kinds = {name: load() for name, load in known_kinds().items()}
    with tempfile.TemporaryDirectory(prefix="inspector-selftest-") as folder:
        write_png(Path(folder, "part.png"), render_part(seed=1, size_px=_SIZE_PX).pixels)
        height_px, width_px = _SIZE_PX
        drawn = {"height_px": height_px, "width_px": width_px, "defect_share": 0.0}
        for source, options in (("synthetic", drawn), (f"replay:{folder}", {})):
            opened = make_source(source, options, "selftest", folder, clock)
            try:
                opened.open()
                opened.grab(_GRAB_TIMEOUT_S)
            finally:
                opened.close()
    there = [one.source for kind in kinds.values() for one in kind.find()]
    return f"{', '.join(kinds)}; found here: {', '.join(there)}"


def _isolated(clock: Clock) -> str:
    """A model loads in a process of its own, and judges its canary there as was proven."""
    bundle = open_bundle(shipped_bundle())
    build_inspection(bundle, DEFAULT_RECIPE, clock, isolation_limit_s=_LONGEST_RUN_S).close()
    return "judges the canary in a process of its own"


def _folders() -> str:
    """What the program writes into can be written to."""
    places = [Path(tempfile.gettempdir())]
    remembering = user_folder()
    if remembering is not None:
        places.append(remembering)
    for place in places:
        try:
            place.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=place) as file:
                file.write(b"inspector")
        except OSError as error:
            raise InspectorError(
                f"folder {str(place)!r} cannot be written to: {error.strerror}; give this user the "
                "right to"
            ) from error
    named = ", ".join(map(str, places))
    return named if remembering is not None else f"{named}; nothing is remembered: {SAID}"


def _free_space() -> str:
    place = user_folder()
    while place is not None and not place.exists():
        place = place.parent
    folder = Path(tempfile.gettempdir()) if place is None else place
    try:
        check_free_space(folder, FLOOR_BYTES)
    except StoreError as error:
        raise InspectorError(str(error)) from error
    return f"{shutil.disk_usage(folder).free / 1e9:,.1f} GB on the disk of {folder}"


def _clock(clock: Clock) -> str:
    now = clock.now()
    if now < _BUILT:
        raise InspectorError(
            f"it is {now:%Y-%m-%d %H:%M} here, before this program was made; set the clock, for "
            "records carry its time"
        )
    local = now.astimezone()
    return f"{local:%Y-%m-%d %H:%M:%S}, time zone {local.tzname()} (UTC{local:%z})"


def _processor() -> str:
    bundle = open_bundle(shipped_bundle())
    name = processor_name()
    choice = remembered(bundle.manifest.bundle_id, name, user_folder()) or STANDARD_CHOICE
    threads = f"{choice.threads} thread{'s' if choice.threads > 1 else ''}"
    return (
        f"{name}, {usable_cores()} cores, {'with' if has_vnni() else 'without'} VNNI; the demo's "
        f"bundle runs its {choice.model} model on {threads}"
    )
