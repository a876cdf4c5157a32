"""A USB camera, through OpenCV: what is written to it is read back and compared."""

import sys
from dataclasses import dataclass
from pathlib import Path

from inspector.capture.newest_reader import ContinuousSource
from inspector.capture.registry import FoundSource, SourceKind, Wanted
from inspector.capture.source import SourceInfo
from inspector.clock import Clock
from inspector.errors import SettingsError, SourceUnavailable
from inspector.opencv import cv2

MAX_INDEX = 63
MAX_SIDE_PX = 16_384
MIN_RATE = 0.5  # pictures/s; one that is silent for three seconds counts as lost
BACKEND = {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_MSMF}.get(sys.platform, cv2.CAP_ANY)
EXPOSURE_UNIT_US = 100.0  # of V4L2 and so of OpenCV on Linux
MANUAL_EXPOSURE = 1.0  # of V4L2; 3 is automatic
RATE_TOLERANCE = 0.05  # a camera offers steps, and rounds what is asked for
VALUE_TOLERANCE = 0.1  # likewise for exposure and gain


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraOptions:
    """What is written to the camera; None: as it is.

    Attributes:
        exposure_us: Switches its automatic exposure off. Linux only.
        gain: In the camera's own unit.
    """

    size_px: tuple[int, int] | None = None
    frames_per_s: float | None = None
    exposure_us: float | None = None
    gain: float | None = None


class _Device:
    """Opens one camera, and knows what it said when it was opened last."""

    def __init__(self, device: int | str, options: CameraOptions) -> None:
        self._device = device
        self.name = f"USB camera {device}"
        self._options = options
        self._info = SourceInfo(description=self.name)

    def info(self) -> SourceInfo:
        return self._info

    def open_capture(self) -> cv2.VideoCapture:
        capture = cv2.VideoCapture(self._device, BACKEND)
        try:
            if not capture.isOpened():
                raise SourceUnavailable(
                    f"{self.name} cannot be opened; is it plugged in, and free of other programs?"
                )
            self._write_and_compare(capture)
        except BaseException:
            capture.release()
            raise
        return capture

    def _write_and_compare(self, capture: cv2.VideoCapture) -> None:
        options = self._options
        if options.size_px is not None:
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, options.size_px[0])
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, options.size_px[1])
        if options.frames_per_s is not None:
            capture.set(cv2.CAP_PROP_FPS, options.frames_per_s)
        if options.exposure_us is not None:
            capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL_EXPOSURE)
            capture.set(cv2.CAP_PROP_EXPOSURE, options.exposure_us / EXPOSURE_UNIT_US)
        if options.gain is not None:
            capture.set(cv2.CAP_PROP_GAIN, options.gain)
        height_px = capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        width_px = capture.get(cv2.CAP_PROP_FRAME_WIDTH)
        frames_per_s = capture.get(cv2.CAP_PROP_FPS)
        exposure_us = capture.get(cv2.CAP_PROP_EXPOSURE) * EXPOSURE_UNIT_US
        wanted_px = (None, None) if options.size_px is None else options.size_px
        read_back = (
            ("height_px", wanted_px[0], height_px, 0.0),
            ("width_px", wanted_px[1], width_px, 0.0),
            ("frames_per_s", options.frames_per_s, frames_per_s, RATE_TOLERANCE),
            ("exposure_us", options.exposure_us, exposure_us, VALUE_TOLERANCE),
            ("gain", options.gain, capture.get(cv2.CAP_PROP_GAIN), VALUE_TOLERANCE),
        )
        self._info = SourceInfo(
            description=self.name,
            size_px=(int(height_px), int(width_px)),
            frames_per_s=frames_per_s or None,
            settings={name: f"{value:g}" for name, _, value, _ in read_back},
        )
        for name, asked, value, tolerance in read_back:
            if asked is not None and abs(value - asked) > tolerance * abs(asked):
                raise SourceUnavailable(
                    f"{self.name} was asked for {name} {asked:g} and has {value:g}; ask for a "
                    "value that it offers"
                )


def usb_camera(
    device: int | str, options: CameraOptions, source_id: str, clock: Clock
) -> ContinuousSource:
    """The source behind a device: its index, or its path."""
    camera = _Device(device, options)
    return ContinuousSource(
        camera.name,
        source_id,
        camera.open_capture,
        camera.info,
        clock,
        exposure_us=options.exposure_us,
    )


def _make(wanted: Wanted, clock: Clock) -> ContinuousSource:
    table = wanted.options
    height_px = table.optional_integer("height_px", low=1, high=MAX_SIDE_PX)
    width_px = table.optional_integer("width_px", low=1, high=MAX_SIDE_PX)
    options = CameraOptions(
        size_px=None if height_px is None or width_px is None else (height_px, width_px),
        frames_per_s=table.optional_number("frames_per_s", low=MIN_RATE, high=10_000.0),
        exposure_us=table.optional_number("exposure_us", low=1.0, high=60_000_000.0),
        gain=table.optional_number("gain", low=0.0, high=1e6),
    )
    table.close()
    if (height_px is None) != (width_px is None):
        raise SettingsError(f"{table.where}: height_px and width_px go together")
    if options.exposure_us is not None and not sys.platform.startswith("linux"):
        raise SettingsError(f"{table.where}: exposure_us can be set on Linux only")
    return usb_camera(_device(wanted), options, wanted.source_id, clock)


def _device(wanted: Wanted) -> int | str:
    address = wanted.address
    if address.isascii() and address.isdigit() and int(address) <= MAX_INDEX:
        return int(address)
    if address.startswith("/"):
        return address
    raise SettingsError(
        f"{wanted.options.where}: write which camera behind a colon: 'usb:0' to 'usb:{MAX_INDEX}', "
        "or 'usb:/dev/video0'"
    )


def _find() -> tuple[FoundSource, ...]:
    """Linux names them; elsewhere OpenCV could only open one after the other."""
    devices = sorted(Path("/dev").glob("video[0-9]*")) if sys.platform.startswith("linux") else []
    return tuple(
        FoundSource(source=f"usb:{device}", description="a video device") for device in devices
    )


KIND = SourceKind(
    usage="usb:N",
    summary="a USB camera by its number or its path",
    make=_make,
    find=_find,
    is_exclusive=True,
)
