"""Basler's own SDK over its emulated cameras: settings, triggers, losses, and each of its traps."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from pypylon import pylon

from inspector.capture import basler
from inspector.capture.basler import KIND, BaslerCamera
from inspector.capture.genicam_settings import Value
from inspector.capture.registry import make_source
from inspector.clock import SystemClock
from inspector.errors import (
    CorruptFrame,
    FrameLost,
    GrabTimeout,
    SettingsError,
    SourceUnavailable,
)
from inspector.settings import Trigger

CLOCK = SystemClock()
FIRST, SECOND = "0815-0000", "0815-0001"
SMALL = {"width_px": 64, "height_px": 48}


@pytest.fixture(autouse=True)
def _two_cameras(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYLON_CAMEMU", "2")


def made(
    address: str = FIRST,
    trigger: Trigger = Trigger.FREE,
    max_sample: int | None = None,
    **options: object,
) -> BaslerCamera:
    source = make_source(
        f"basler:{address}",
        {**SMALL, **options},
        "top",
        ".",
        CLOCK,
        max_sample=max_sample,
        trigger=trigger,
    )
    assert isinstance(source, BaslerCamera)
    return source


@contextmanager
def opened(
    address: str = FIRST, trigger: Trigger = Trigger.FREE, **options: object
) -> Iterator[BaslerCamera]:
    source = made(address, trigger, **options)  # type: ignore[arg-type]
    source.open()
    try:
        yield source
    finally:
        source.close()


def sdk(source: BaslerCamera) -> Any:
    """The SDK's own camera, behind the product's back."""
    assert source._camera is not None
    return source._camera


def test_cameras_that_are_there_are_found() -> None:
    assert [one.source for one in KIND.find()] == [f"basler:{FIRST}", f"basler:{SECOND}"]


def test_no_camera_is_found_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    factory = pylon.TlFactory.GetInstance()
    monkeypatch.setattr("inspector.capture.basler._devices", lambda: ())
    assert factory is not None
    with pytest.raises(SourceUnavailable, match=r"no Basler camera 'X'; here now: none"):
        made("X").open()


def test_address_must_say_which_of_several() -> None:
    with pytest.raises(SourceUnavailable, match=rf"2 Basler cameras .*: {FIRST}, {SECOND}"):
        made("").open()
    with pytest.raises(SourceUnavailable, match=r"there is no Basler camera '77'"):
        made("77").open()


def test_what_is_written_is_read_back_and_told() -> None:
    with opened(
        exposure_us=2_000, gain=3, frames_per_s=50, pixel_format="Mono12", x_px=16, y_px=8
    ) as source:
        info = source.info()
        camera = sdk(source)
        assert camera.ExposureTime.Value == 2_000
        assert camera.PixelFormat.Value == "Mono12"
        assert (camera.OffsetX.Value, camera.OffsetY.Value) == (16, 8)
    assert info.size_px == (48, 64)
    assert info.description == "Basler Emulation 0815-0000"
    assert info.settings["exposure_us"] == "2000.0"
    assert info.settings["trigger"] == "Off"
    assert info.frames_per_s == 50


def test_settings_are_written_again_after_somebody_changed_them() -> None:
    source = made(exposure_us=2_000)
    source.open()
    sdk(source).ExposureTime.Value = 500
    source.close()
    source.open()
    assert sdk(source).ExposureTime.Value == 2_000
    source.close()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width_px": 5_000}, r"refuses Width 5000: .*; it offers 1 to 4096"),
        ({"exposure_us": 50_000_000}, r"refuses ExposureTime 5.*; it offers 1 to 1e\+07"),
        ({"pixel_format": "Mono14"}, r"refuses PixelFormat Mono14: .*; it offers Mono8, Mono10"),
        ({"x_px": 4_090}, r"refuses OffsetX 4090"),
    ],
)
def test_setting_that_the_camera_refuses_is_named_with_what_it_offers(
    options: dict[str, object], message: str
) -> None:
    source = made(**options)  # type: ignore[arg-type]
    with pytest.raises(SourceUnavailable, match=message):
        source.open()
    source.close()


def test_setting_that_the_camera_changes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    source = made(exposure_us=2_000)
    write = basler._Node.write

    def write_otherwise(self: basler._Node, value: Value) -> None:
        write(self, 2_500 if value == 2_000 else value)

    monkeypatch.setattr(basler._Node, "write", write_otherwise)
    with pytest.raises(SourceUnavailable, match=r"asked for exposure_us 2000.* and has 2500"):
        source.open()


@pytest.mark.parametrize("pixel_format", ["Mono8", "Mono10", "Mono12", "BayerRG8", "BayerGB12",
                                          "RGB8Packed", "BGR8Packed", "BGRA8Packed"])  # fmt: skip
def test_picture_is_the_one_that_the_sdk_itself_would_make(pixel_format: str) -> None:
    """Compared with pylon's own converter on the same buffer; Bayer within its other filter."""
    with opened(pixel_format=pixel_format) as source:
        camera = sdk(source)
        camera.TestImageSelector.Value = "Testimage1"  # a picture that stands still
        source.grab(5.0)
        pixels = source.grab(5.0).pixels
        converter = pylon.ImageFormatConverter()
        is_mono = pixel_format.startswith("Mono")
        converter.OutputPixelFormat = (
            pylon.PixelType_Mono8 if is_mono else pylon.PixelType_BGR8packed
        )
        result = camera.RetrieveResult(5_000, pylon.TimeoutHandling_ThrowException)
        theirs = converter.Convert(result).GetArray()
        result.Release()
    assert pixels.shape == ((48, 64) if is_mono else (48, 64, 3))
    difference = np.abs(pixels.astype(int) - theirs.astype(int))[2:-2, 2:-2]
    assert difference.max() <= (8 if "Bayer" in pixel_format else 1)


def test_depth_that_the_bundle_was_not_made_for_is_no_picture() -> None:
    with (
        opened(pixel_format="Mono12", max_sample=1_023) as source,
        pytest.raises(CorruptFrame, match=r"reach 4,095; the bundle was made for 1,023"),
    ):
        source.grab(5.0)


def test_each_trigger_gives_one_picture_and_none_comes_without() -> None:
    with opened(trigger=Trigger.SOFTWARE) as source:
        with pytest.raises(GrabTimeout):
            source.grab(0.05)
        for number in range(5):
            before_ns = CLOCK.monotonic_ns()
            source.trigger()
            frame = source.grab(5.0)
            assert frame.frame_id == number
            assert frame.captured_ns > before_ns
        with pytest.raises(GrabTimeout):
            source.grab(0.05)


def test_picture_that_comes_too_late_is_never_the_next_parts() -> None:
    with opened(trigger=Trigger.SOFTWARE) as source:
        source.trigger()
        with pytest.raises(GrabTimeout):
            source.grab(0.0)
        while not sdk(source).NumReadyBuffers.Value:  # now the late one lies there
            pass
        source.trigger()
        assert source._count.newest == -1  # it was thrown away with its acquisition
        assert source.grab(5.0).frame_id == 0
        with pytest.raises(GrabTimeout):
            source.grab(0.05)


def test_doubled_picture_is_thrown_away_before_the_next_trigger() -> None:
    with opened(trigger=Trigger.SOFTWARE) as source:
        source.trigger()
        source.grab(5.0)
        sdk(source).ExecuteSoftwareTrigger()  # a spike on the wire
        while not sdk(source).NumReadyBuffers.Value:
            pass
        source.trigger()
        frame = source.grab(5.0)
        assert frame.frame_id == 2  # the gap says that one went by
        with pytest.raises(GrabTimeout):
            source.grab(0.05)


def test_trigger_that_comes_before_the_camera_is_ready_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The SDK loses it without a word."""
    with opened(trigger=Trigger.SOFTWARE) as source:
        monkeypatch.setattr("inspector.capture.basler.READY_TIMEOUT_MS", 0)
        monkeypatch.setattr(
            pylon.InstantCamera, "WaitForFrameTriggerReady", lambda *_: False, raising=True
        )
        with pytest.raises(FrameLost, match="was not ready for the trigger"):
            source.trigger()


def test_hardware_trigger_waits_for_the_line() -> None:
    with opened(trigger=Trigger.HARDWARE, trigger_line="Line3", trigger_edge="FallingEdge") as one:
        camera = sdk(one)
        assert (camera.TriggerMode.Value, camera.TriggerSource.Value) == ("On", "Line3")
        assert camera.TriggerActivation.Value == "FallingEdge"
        assert one.info().settings["trigger_line"] == "Line3"
        one.trigger()  # nobody but the line may
        with pytest.raises(GrabTimeout):
            one.grab(0.05)


def test_options_of_the_line_without_it_are_refused() -> None:
    with pytest.raises(SettingsError, match="trigger_line goes with trigger = 'hardware'"):
        made(trigger_line="Line2")


def test_broken_buffers_are_corrupt_frames_with_their_numbers() -> None:
    with opened(trigger=Trigger.SOFTWARE) as source:
        camera = sdk(source)
        camera.ForceFailedBufferCount.Value = 3
        camera.ForceFailedBuffer.Execute()
        for _ in range(3):
            source.trigger()
            with pytest.raises(CorruptFrame, match="came incomplete"):
                source.grab(5.0)
        for number in (3, 4):
            source.trigger()
            assert source.grab(5.0).frame_id == number


def test_camera_that_was_removed_is_seen_though_its_pictures_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with opened() as source:
        source.grab(5.0)
        camera = sdk(source)
        camera.FirePnPCallback.Execute()
        while not camera.IsCameraDeviceRemoved():  # the SDK tells it from a thread of its own
            pass
        assert camera.RetrieveResult(5_000, pylon.TimeoutHandling_Return)
        with pytest.raises(SourceUnavailable, match="was removed; check its cable"):
            source.grab(1.0)
        source.close()
        monkeypatch.setenv("PYLON_CAMEMU", "1")
        with pytest.raises(SourceUnavailable, match=rf"there is no Basler camera '{SECOND}'"):
            made(SECOND).open()
        source.open()
        assert source.grab(5.0).frame_id == 0


def test_lost_pictures_leave_a_gap_in_the_numbers() -> None:
    with opened(frames_per_s=100) as source:
        source.grab(5.0)
        camera = sdk(source)
        lost = camera.RetrieveResult(5_000, pylon.TimeoutHandling_ThrowException)
        lost.Release()
        second = source.grab(5.0)
        assert second.frame_id == 2
