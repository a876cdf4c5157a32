"""Every kind of source by its name: ours, and those that other packages bring."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from inspector.capture.source import FrameSource
from inspector.clock import Clock
from inspector.errors import SettingsError
from inspector.files.tables import Table
from inspector.settings import Trigger

ENTRY_POINT_GROUP = "inspector.sources"  # in the pyproject.toml of a package that brings more

# One row a source; imported when it is first used, for some bring a camera's whole SDK.
_OURS = {
    "synthetic": "inspector.capture.synthetic_line:KIND",
    "replay": "inspector.capture.replay:KIND",
    "usb": "inspector.capture.opencv_camera:KIND",
    "rtsp": "inspector.capture.network_stream:RTSP",
    "http": "inspector.capture.network_stream:HTTP",
    "https": "inspector.capture.network_stream:HTTPS",
    "basler": "inspector.capture.basler:KIND",
    "genicam": "inspector.capture.genicam_camera:KIND",
    "gige": "inspector.capture.gige_camera:KIND",
}
# Makers' libraries that are not always here: how the kind that needs one is written, what it is.
_MAKERS = {
    "pypylon": ("basler:SERIAL", "a Basler camera"),
    "genicam": ("genicam:SERIAL", "any camera with a GenTL producer"),
    "harvesters": ("genicam:SERIAL", "any camera with a GenTL producer"),
    "viva_genicam": ("gige:IP", "a GigE Vision camera of any maker"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSource:
    """Something that can be opened here.

    Attributes:
        source: What to write in a station file or after `camera snap`.
    """

    source: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A source as a station file asks for it.

    Attributes:
        kind: What stands before the colon of `source`.
        address: What stands behind the colon of `source`; empty without one.
        options: Of its `[camera.options]`; whoever reads it must `close` it.
        source_id: The camera's name.
        folder: What relative paths are relative to.
        max_sample: Full light in pictures of 16 bits, as the bundle has it; None: it has none.
        trigger: What makes it take a picture.
    """

    kind: str
    address: str
    options: Table
    source_id: str
    folder: str
    max_sample: int | None = None
    trigger: Trigger = Trigger.FREE


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKind:
    """One kind of source.

    Attributes:
        usage: How it is written: "replay:FOLDER".
        summary: What it is, for people.
        make: Checks what was asked for, without opening anything. Raises SettingsError.
        find: What of this kind is there now; an empty tuple where that cannot be known.
        has_input: It can take a picture when an input of its own tells it to.
        is_exclusive: Only one line at a time can have it.
    """

    usage: str
    summary: str
    make: Callable[[Wanted, Clock], FrameSource]
    find: Callable[[], tuple[FoundSource, ...]]
    has_input: bool = False
    is_exclusive: bool = False


def known_kinds() -> Mapping[str, Callable[[], SourceKind]]:
    """Every kind by name, with what imports it.

    Raises:
        SettingsError: Two packages bring one of the same name.
    """
    kinds: dict[str, Callable[[], SourceKind]] = {}
    for name, place in _OURS.items():
        kinds[name] = _loader(place)
    for entry_point in entry_points(group=ENTRY_POINT_GROUP):
        if entry_point.name in kinds:
            raise SettingsError(
                f"the source {entry_point.name!r} is brought by {entry_point.value} and by another "
                "package; remove one of them"
            )
        kinds[entry_point.name] = _foreign(entry_point)
    return kinds


def make_source(
    source: str,
    options: Mapping[str, object],
    source_id: str,
    folder: str,
    clock: Clock,
    *,
    max_sample: int | None = None,
    trigger: Trigger = Trigger.FREE,
) -> FrameSource:
    """The source that a station file or a command line asks for, not yet open.

    Args:
        source: "KIND" or "KIND:ADDRESS"; in a web address the scheme is the kind.
        options, source_id, folder, max_sample, trigger: See `Wanted`.

    Raises:
        SettingsError: There is no such kind, or it cannot do what is asked.
    """
    name, _, address = source.partition(":")
    kinds = known_kinds()
    where = f"source {source!r}"
    if name not in kinds:
        raise SettingsError(
            f"{where}: there is no kind {name!r}; known: {', '.join(sorted(kinds))}"
        )
    table = Table(dict(options), f"{where}: options", SettingsError)
    wanted = Wanted(
        kind=name,
        address=address,
        options=table,
        source_id=source_id,
        folder=folder,
        max_sample=max_sample,
        trigger=trigger,
    )
    kind = kinds[name]()
    if trigger is Trigger.HARDWARE and not kind.has_input:
        raise SettingsError(
            f"{where}: trigger = 'hardware' needs a camera with an input of its own; this kind is "
            f"{kind.summary}: use 'free', 'timer' or 'software'"
        )
    return kind.make(wanted, clock)


def is_exclusive(source: str) -> bool:
    """Whether two lines cannot have this source at the same time."""
    load = known_kinds().get(source.partition(":")[0])
    return load is not None and load().is_exclusive


def _loader(place: str) -> Callable[[], SourceKind]:
    def load() -> SourceKind:
        module, _, name = place.partition(":")
        try:
            kind: SourceKind = getattr(import_module(module), name)
        except ModuleNotFoundError as error:
            if error.name not in _MAKERS:
                raise
            return _missing(error.name)
        return kind

    return load


def _missing(package: str) -> SourceKind:
    """A kind whose maker's library is not here: it is shown, and cannot be made."""
    usage, summary = _MAKERS[package]
    extra = usage.partition(":")[0]
    needs = f"needs the package {package!r}: pip install 'inspector[{extra}]'"
    if getattr(sys, "frozen", False):  # what is installed beside it, it does not see
        needs = f"needs the package {package!r}, and so a line that runs from Python"

    def make(wanted: Wanted, _clock: Clock) -> FrameSource:
        raise SettingsError(f"{wanted.options.where}: {summary} {needs}")

    return SourceKind(
        usage=usage, summary=f"{summary}; {needs}", make=make, find=tuple, has_input=True
    )


def _foreign(entry_point: EntryPoint) -> Callable[[], SourceKind]:
    def load() -> SourceKind:
        kind: SourceKind = entry_point.load()
        return kind

    return load
