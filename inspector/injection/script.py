"""The faults file: what goes wrong, when, and for how long."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from inspector.errors import SettingsError
from inspector.files.tables import Table
from inspector.files.toml_file import read_toml
from inspector.settings import StationSettings

SCHEMA_VERSION = 1
MAX_HITS = 100_000  # of one fault
MAX_SPAN_MS = 600_000.0


class Kind(StrEnum):
    """What can go wrong."""

    DROP = "drop"  # a picture never comes
    LATE = "late"  # it comes `for_ms` later
    DOUBLE = "double"  # it comes a second time
    CORRUPT = "corrupt"  # it comes damaged
    UNPLUG = "unplug"  # the camera is away for `for_ms`
    SLOW_INFERENCE = "slow_inference"  # judging takes `for_ms` longer
    DISK_FULL = "disk_full"  # no result can be written for `for_ms`


_OF_A_CAMERA = frozenset({Kind.DROP, Kind.LATE, Kind.DOUBLE, Kind.CORRUPT, Kind.UNPLUG})
_OVER_THE_DEADLINE = frozenset({Kind.LATE, Kind.SLOW_INFERENCE, Kind.DISK_FULL})
_LASTING = frozenset({Kind.LATE, Kind.UNPLUG, Kind.SLOW_INFERENCE, Kind.DISK_FULL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One entry of the file.

    Attributes:
        place: Its place in the file, from 1.
        camera: Where it is one of a camera; else empty.
        parts: Which parts of the run it hits, counted from 1.
        for_ms: 0 for what happens at once.
    """

    place: int
    kind: Kind
    camera: str
    parts: range
    for_ms: float = 0.0

    @property
    def is_of_camera(self) -> bool:
        """Whether it hits a camera, and not what judges or stores."""
        return self.kind in _OF_A_CAMERA


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """All faults of a file, in its order."""

    faults: tuple[Fault, ...]

    def at(self, part: int, camera: str = "") -> Fault | None:
        """What hits this part at this camera, or where it is judged and stored; else None."""
        for fault in self.faults:
            if fault.camera == camera and part in fault.parts:
                return fault
        return None


def load_script(path: Path, settings: StationSettings) -> Script:
    """Read a faults file, TOML, for this station.

    Raises:
        SettingsError: Unreadable, not TOML, an unknown or missing key, a value out of range, a
            camera that the station has not, or two faults at one place.
    """
    where = f"faults {str(path)!r}"
    table = read_toml(path, "faults", SettingsError)
    version = table.integer("schema_version", low=1, high=10_000)
    if version != SCHEMA_VERSION:
        raise SettingsError(
            f"{where}: schema_version {version}; this program reads version {SCHEMA_VERSION}"
        )
    faults = tuple(
        _fault(one, place, settings) for place, one in enumerate(table.tables("fault"), 1)
    )
    table.close()
    if not faults:
        raise SettingsError(f"{where}: names no fault; each is a [[fault]]")
    for fault in faults:
        for other in faults[: fault.place - 1]:
            if other.camera == fault.camera and _meet(other.parts, fault.parts):
                raise SettingsError(
                    f"{where}: faults {other.place} and {fault.place} hit the same part; nobody "
                    "could tell what it was that the line noticed"
                )
    return Script(faults=faults)


def _fault(table: Table, place: int, settings: StationSettings) -> Fault:
    kind = Kind(table.text("kind", among=tuple(Kind)))
    first = table.integer("part", low=1, high=1_000_000_000)
    every = table.optional_integer("every", low=1, high=1_000_000_000)
    times = table.optional_integer("times", low=1, high=MAX_HITS)
    if (every is None) != (times is None):
        raise SettingsError(f"{table.where}: every and times go together; one is missing")
    camera = ""
    if kind in _OF_A_CAMERA:
        names = tuple(one.name for one in settings.cameras)
        camera = table.optional_text("camera", among=names) or names[0]
    fault = Fault(
        place=place,
        kind=kind,
        camera=camera,
        parts=range(first, first + (every or 1) * (times or 1), every or 1),
        for_ms=table.number("for_ms", low=1.0, high=MAX_SPAN_MS) if kind in _LASTING else 0.0,
    )
    table.close()
    if (
        kind in (Kind.LATE, Kind.SLOW_INFERENCE, Kind.DISK_FULL)
        and fault.for_ms <= settings.deadline_ms
    ):
        raise SettingsError(
            f"{table.where}: for_ms {fault.for_ms:g} is within the station's deadline of "
            f"{settings.deadline_ms:g} ms: nothing would be noticed"
        )
    return fault


def _meet(left: range, right: range) -> bool:
    shorter, longer = sorted((left, right), key=len)
    return any(part in longer for part in shorter)
