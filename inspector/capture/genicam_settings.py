"""What is written to an industrial camera, in GenICam's words, and read back and compared.

The names are those of the Standard Features Naming Convention, and those of families older than it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from inspector.capture.formats.genicam_pixels import PIXEL_FORMATS
from inspector.capture.registry import Wanted
from inspector.capture.source import SourceInfo
from inspector.errors import SettingsError, SourceUnavailable
from inspector.settings import MAX_SIDE_PX, UNASKED, Trigger

VALUE_TOLERANCE = 0.01  # a camera rounds exposure, gain and rate to its own steps
_SIDES = {"width_px": "Width", "height_px": "Height", "x_px": "OffsetX", "y_px": "OffsetY"}
_EXPOSURE = ("ExposureTime", "ExposureTimeAbs")
_GAIN = ("Gain", "GainAbs", "GainRaw")
_RATE = ("AcquisitionFrameRate", "AcquisitionFrameRateAbs")

Value = str | float | bool


class Feature(Protocol):
    """One setting of a camera."""

    def read(self) -> Value:
        """What the camera has."""
        ...

    def write(self, value: Value) -> None:
        """Ask for another value. Raises SourceUnavailable, with what the camera offers."""
        ...


Find = Callable[[str], Feature | None]  # by its name; None where the camera has no such setting


@dataclass(frozen=True, slots=True, kw_only=True)
class GenicamOptions:
    """What is written to the camera; None: as it is.

    Attributes:
        pixel_format: In the camera's own words: "Mono8", "BayerRG8".
        region: Of the sensor, px, by option; its sides that are absent stay as they are.
        exposure_us, gain: Switch its automatic control off.
        trigger: What makes it take a picture.
        trigger_line: The input that tells it.
        trigger_edge: Of the signal on that input.
    """

    region: Mapping[str, int]
    pixel_format: str | None = None
    exposure_us: float | None = None
    gain: float | None = None
    frames_per_s: float | None = None
    trigger: Trigger = Trigger.FREE
    trigger_line: str = "Line1"
    trigger_edge: str = "RisingEdge"


def read_options(wanted: Wanted) -> GenicamOptions:
    """The options of a station file that all such cameras know; the table is left open.

    Raises:
        SettingsError: A value is out of range, or does not go with the trigger.
    """
    table, trigger = wanted.options, wanted.trigger
    lowest = {"width_px": 1, "height_px": 1, "x_px": 0, "y_px": 0}
    sides = {
        key: table.optional_integer(key, low=low, high=MAX_SIDE_PX) for key, low in lowest.items()
    }
    edges = ("RisingEdge", "FallingEdge")
    options = GenicamOptions(
        region={key: value for key, value in sides.items() if value is not None},
        pixel_format=table.optional_text("pixel_format", among=PIXEL_FORMATS),
        exposure_us=table.optional_number("exposure_us", low=0.1, high=60_000_000.0),
        gain=table.optional_number("gain", low=0.0, high=1e6),
        frames_per_s=table.optional_number("frames_per_s", low=0.01, high=100_000.0),
        trigger=trigger,
        trigger_line=table.optional_text("trigger_line") or "Line1",
        trigger_edge=table.optional_text("trigger_edge", among=edges) or "RisingEdge",
    )
    for key in ("trigger_line", "trigger_edge"):
        if table.has(key) and trigger is not Trigger.HARDWARE:
            raise SettingsError(f"{table.where}: {key} goes with trigger = 'hardware'")
    return options


def write_and_compare(find: Find, options: GenicamOptions, name: str) -> dict[str, str]:
    """Write what was asked for, and read all of it back.

    Args:
        name: Of the camera, for errors.

    Returns:
        What it has, by option.

    Raises:
        SourceUnavailable: It has something else, refuses a value, or knows no such setting.
    """
    if options.region:  # a larger picture does not fit beside the old offsets
        for feature in (find("OffsetX"), find("OffsetY")):
            if feature is not None:
                feature.write(0)
    has: dict[str, str] = {}
    for wish in _wishes(options):
        feature = next(filter(None, map(find, wish.names)), None)
        if feature is None:
            if wish.value is not None and not wish.is_optional:
                raise SourceUnavailable(
                    f"{name} knows no {wish.option}; take it out of the station file"
                )
            continue
        if wish.value is not None:
            feature.write(wish.value)
    for wish in _wishes(options):  # after all of them: one may change another
        feature = next(filter(None, map(find, wish.names)), None)
        if feature is None:
            continue
        value = feature.read()
        has[wish.option] = str(value)
        if wish.value is not None and not _is_same(value, wish.value, wish.tolerance):
            raise SourceUnavailable(
                f"{name} was asked for {wish.option} {wish.value} and has {value}; ask for a value "
                "that it offers"
            )
    return has


def source_info(name: str, settings: dict[str, str], options: GenicamOptions) -> SourceInfo:
    """What an open camera says of itself, where all of it stands among its settings.

    Args:
        settings: What `write_and_compare` gave.
    """
    rate = settings.get("frames_per_s")
    return SourceInfo(
        description=name,
        size_px=(int(settings["height_px"]), int(settings["width_px"])),
        frames_per_s=float(rate) if options.trigger is Trigger.FREE and rate is not None else None,
        is_triggered=options.trigger not in UNASKED,
        settings=settings,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """One setting as it is wanted.

    Attributes:
        names: Of the feature, newest convention first.
        value: None: as it is, only to be shown.
        is_optional: Where the camera has no such feature, it does without.
    """

    option: str
    names: tuple[str, ...]
    value: Value | None
    tolerance: float = 0.0
    is_optional: bool = False


def _wishes(options: GenicamOptions) -> list[_Wish]:
    """In the order in which they are written."""
    exposure_us, gain, rate = options.exposure_us, options.gain, options.frames_per_s
    wishes = [_Wish(option="pixel_format", names=("PixelFormat",), value=options.pixel_format)]
    wishes += [
        _Wish(option=option, names=(name,), value=options.region.get(option))
        for option, name in _SIDES.items()
    ]
    for option, control, off, names, value in (
        ("exposure_us", "ExposureAuto", "Off", _EXPOSURE, exposure_us),
        ("gain", "GainAuto", "Off", _GAIN, gain),
        ("frames_per_s", "AcquisitionFrameRateEnable", True, _RATE, rate),
    ):
        if value is not None:
            wishes.append(
                _Wish(option=f"{option} by hand", names=(control,), value=off, is_optional=True)
            )
        wishes.append(_Wish(option=option, names=names, value=value, tolerance=VALUE_TOLERANCE))
    return wishes + _trigger_wishes(options)


def _trigger_wishes(options: GenicamOptions) -> list[_Wish]:
    is_free = options.trigger is Trigger.FREE
    wishes = [
        _Wish(option="trigger of", names=("TriggerSelector",), value="FrameStart", is_optional=True)
    ]
    if not is_free:
        by_line = options.trigger is Trigger.HARDWARE
        source = options.trigger_line if by_line else "Software"
        wishes.append(_Wish(option="trigger_line", names=("TriggerSource",), value=source))
        if by_line:
            edge = options.trigger_edge
            wishes.append(_Wish(option="trigger_edge", names=("TriggerActivation",), value=edge))
    mode = "Off" if is_free else "On"
    wishes.append(_Wish(option="trigger", names=("TriggerMode",), value=mode, is_optional=is_free))
    return wishes


def _is_same(has: Value, wanted: Value, tolerance: float) -> bool:
    if isinstance(has, str) or isinstance(wanted, str):
        return has == wanted
    return abs(has - wanted) <= tolerance * abs(wanted)
