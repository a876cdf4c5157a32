"""A USB camera through OpenCV. Here none can be plugged in: a video stands in for the device."""

from pathlib import Path

import numpy as np
import pytest

from inspector.capture import opencv_camera
from inspector.capture.newest_reader import ContinuousSource
from inspector.capture.opencv_camera import CameraOptions, usb_camera
from inspector.capture.registry import make_source
from inspector.clock import SystemClock
from inspector.errors import SettingsError, SourceUnavailable
from inspector.opencv import cv2
from tests.support.picture_files import write_video

CLOCK = SystemClock()


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(opencv_camera, "BACKEND", cv2.CAP_FFMPEG)
    path = tmp_path / "device.avi"
    write_video(path, [np.full((48, 64, 3), level, dtype=np.uint8) for level in range(0, 250, 5)])
    return str(path)


def camera(device: str | int, **options: object) -> ContinuousSource:
    return usb_camera(device, CameraOptions(**options), "cam0", CLOCK)  # type: ignore[arg-type]


def test_pictures_come_and_the_end_of_the_device_is_a_loss(device: str) -> None:
    source = camera(device, size_px=(48, 64))
    source.open()
    frame = source.grab(5.0)
    assert (frame.source_id, frame.pixels.shape) == ("cam0", (48, 64, 3))
    assert source.info().size_px == (48, 64)
    assert source.info().settings["height_px"] == "48"
    with pytest.raises(SourceUnavailable):
        drain(source)
    source.close()


def drain(source: ContinuousSource) -> None:
    for _ in range(100):
        source.grab(5.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size_px": (480, 640)}, "was asked for height_px 480 and has 48"),
        ({"frames_per_s": 500.0}, "was asked for frames_per_s 500"),
        ({"exposure_us": 2_000.0}, "was asked for exposure_us 2000"),
        ({"gain": 12.0}, "was asked for gain 12"),
    ],
)
def test_camera_that_does_not_take_what_is_written_is_refused(
    device: str, options: dict[str, object], message: str
) -> None:
    with pytest.raises(SourceUnavailable, match=message):
        camera(device, **options).open()


def test_camera_that_is_not_there_is_unavailable() -> None:
    source = camera(63)
    with pytest.raises(SourceUnavailable, match="USB camera 63 cannot be opened; is it plugged in"):
        source.open()
    with pytest.raises(SourceUnavailable, match="is not open"):
        source.grab(0.1)
    source.close()


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("usb", {}, "write which camera behind a colon"),
        ("usb:64", {}, "write which camera behind a colon"),
        ("usb:-1", {}, "write which camera behind a colon"),
        ("usb:cam", {}, "write which camera behind a colon"),
        ("usb:0", {"height_px": 480}, "height_px and width_px go together"),
        ("usb:0", {"exposure": 5}, "did you mean 'exposure_us'"),
        ("usb:0", {"gain": -1}, "gain -1 outside"),
    ],
)
def test_what_no_camera_can_be_is_refused(
    source: str, options: dict[str, object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=message):
        make_source(source, options, "cam0", str(tmp_path), CLOCK)


def test_number_and_path_are_both_devices(tmp_path: Path) -> None:
    for address in ("usb:0", "usb:/dev/video0"):
        source = make_source(address, {}, "cam0", str(tmp_path), CLOCK)
        assert isinstance(source, ContinuousSource)
