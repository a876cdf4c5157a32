"""Cameras behind a real GenTL producer, the one that comes with the library, and its traps."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from genicam.genapi import AccessException, EAccessMode

from inspector.capture.genicam_camera import KIND, PRODUCERS, GenicamCamera, _feature
from inspector.capture.registry import make_source
from inspector.clock import SystemClock
from inspector.errors import GrabTimeout, SettingsError, SourceUnavailable
from inspector.settings import Trigger
from tests.support.gentl import PRODUCER

CLOCK = SystemClock()


def made(address: str = "0", trigger: Trigger = Trigger.FREE, **options: object) -> GenicamCamera:
    options = {"producer": str(PRODUCER), "pixel_format": "Mono8", **options}
    source = make_source(f"genicam:{address}", options, "top", ".", CLOCK, trigger=trigger)
    assert isinstance(source, GenicamCamera)
    return source


@contextmanager
def opened(address: str = "0", **options: object) -> Iterator[GenicamCamera]:
    source = made(address, **options)  # type: ignore[arg-type]
    source.open()
    try:
        yield source
    finally:
        source.close()


def nodes(source: GenicamCamera) -> Any:
    """The library's own features, behind the product's back."""
    assert source._acquirer is not None
    return source._acquirer.remote_device.node_map


def test_cameras_of_installed_producers_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PRODUCERS, str(PRODUCER.parent))
    assert [one.source for one in KIND.find()] == ["genicam:0", "genicam:1", "genicam:2"]
    source = make_source("genicam:VikyTL_DEV_green", {}, "top", ".", CLOCK)
    source.open()
    assert source.info().description == "Machine Vision Games Ltd. Viky 1"
    source.close()


def test_producer_must_be_named_where_none_or_several_are_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(PRODUCERS, raising=False)
    with pytest.raises(SettingsError, match=rf"producer = .*; installed by {PRODUCERS}: none"):
        make_source("genicam:0", {}, "top", ".", CLOCK)
    for name in ("a.cti", "b.cti"):
        (tmp_path / name).touch()
    monkeypatch.setenv(PRODUCERS, str(tmp_path))
    with pytest.raises(SettingsError, match=r"a\.cti, .*b\.cti"):
        make_source("genicam:0", {}, "top", ".", CLOCK)


@pytest.mark.parametrize(
    ("name", "reason"), [("none.cti", "there is no such file"), ("text.cti", "file too short")]
)
def test_producer_that_is_none_is_refused_with_what_to_do(
    tmp_path: Path, name: str, reason: str
) -> None:
    """The library itself passes over it without a word."""
    (tmp_path / "text.cti").write_text("hello")
    source = made(producer=str(tmp_path / name))
    with pytest.raises(SourceUnavailable, match=rf"cannot be loaded: .*{reason}; name the \.cti"):
        source.open()


def test_address_must_say_which_of_several() -> None:
    with pytest.raises(SourceUnavailable, match=r"3 GenICam cameras answer to ''.*: 0, 1, 2"):
        made("").open()
    with pytest.raises(SourceUnavailable, match="there is no GenICam camera '77'"):
        made("77").open()


def test_what_is_written_is_read_back_and_told() -> None:
    with opened(width_px=320, height_px=240, frames_per_s=50) as source:
        info = source.info()
        assert (nodes(source).Width.value, nodes(source).PixelFormat.value) == (320, "Mono8")
        pixels = source.grab(5.0).pixels
    assert (info.size_px, pixels.shape) == ((240, 320), (240, 320))
    assert info.frames_per_s == 50
    assert info.settings["pixel_format"] == "Mono8"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width_px": 5_000}, r"refuses Width 5000: .*; it offers 100 to 800"),
        ({"pixel_format": "Mono12"}, r"refuses PixelFormat Mono12: .*; it offers RGBa8, Mono8"),
        ({"exposure_us": 100}, "knows no exposure_us; take it out of the station file"),
    ],
)
def test_setting_that_the_camera_refuses_is_named_with_what_it_offers(
    options: dict[str, object], message: str
) -> None:
    source = made(**options)  # type: ignore[arg-type]
    with pytest.raises(SourceUnavailable, match=message):
        source.open()
    with opened() as again:  # nothing was left open
        again.grab(5.0)


def test_camera_that_knows_no_trigger_is_refused_for_triggered_parts() -> None:
    with pytest.raises(SourceUnavailable, match="knows no trigger_line"):
        made(trigger=Trigger.SOFTWARE).open()


def test_colour_comes_as_bgr() -> None:
    with opened("0", pixel_format="RGBa8") as source:
        pixels = source.grab(5.0).pixels
    assert pixels.shape == (400, 400, 3)
    blue, green, red = (pixels[..., channel].astype(int) for channel in range(3))
    is_red = (red > green + 100) & (red > blue + 100)
    is_blue = (blue > red + 100) & (blue > green + 100)
    assert is_red.sum() > 10 * is_blue.sum()  # it draws a red ball


def test_several_cameras_of_one_producer_run_side_by_side() -> None:
    """A second harvester on the same producer would find no camera."""
    with opened("0", frames_per_s=100) as first, opened("2", frames_per_s=100) as second:
        for number in range(5):
            assert first.grab(5.0).frame_id == number
            assert second.grab(5.0).frame_id == number
        with opened("1") as third:
            third.grab(5.0)
        assert first.grab(5.0).frame_id >= 5


def test_camera_that_is_open_already_is_held() -> None:
    with opened("0") as source:
        with pytest.raises(SourceUnavailable, match="already in use; another program holds it"):
            made("0").open()
        source.grab(5.0)


def test_picture_that_does_not_come_is_a_timeout_and_the_next_one_comes() -> None:
    with opened(frames_per_s=2) as source:
        source.grab(5.0)
        with pytest.raises(GrabTimeout, match=r"gave no picture in 0\.02 s"):
            source.grab(0.02)
        assert source.grab(5.0).frame_id == 1


def test_pictures_are_not_views_of_buffers_that_are_used_again() -> None:
    with opened(frames_per_s=200) as source:
        first = source.grab(5.0).pixels
        before = first.copy()
        for _ in range(40):
            source.grab(5.0)
    assert np.array_equal(first, before)


def test_lost_pictures_leave_a_gap_in_the_numbers() -> None:
    with opened(frames_per_s=100) as source:
        source.grab(5.0)
        assert source._acquirer is not None
        source._acquirer.fetch(timeout=5.0).queue()
        assert source.grab(5.0).frame_id == 2


def test_opened_again_it_counts_from_zero() -> None:
    source = made(frames_per_s=100)
    for _ in range(3):
        source.open()
        assert [source.grab(5.0).frame_id for _ in range(2)] == [0, 1]
        source.close()


def test_picture_that_may_not_be_waited_for_is_a_timeout_at_once() -> None:
    """The library itself takes no time at all for as long as it takes."""
    with opened(frames_per_s=2) as source:
        source.grab(5.0)
        with pytest.raises(GrabTimeout):
            source.grab(0.0)


def test_what_lies_there_before_a_trigger_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The producer knows no trigger: its free pictures stand for those that nobody asked for."""
    executed = []
    with opened(frames_per_s=10) as source:
        source.grab(5.0)
        acquirer = source._acquirer
        assert acquirer is not None
        while acquirer.data_streams[0].num_awaiting_delivery < 3:
            pass
        source._options = replace(source._options, trigger=Trigger.SOFTWARE)
        command = SimpleNamespace(execute=lambda: executed.append("trigger"))
        device = SimpleNamespace(node_map=SimpleNamespace(TriggerSoftware=command))
        with monkeypatch.context() as faked:
            faked.setattr(type(acquirer), "remote_device", device)
            source.trigger()
        assert executed == ["trigger"]
        assert acquirer.data_streams[0].num_awaiting_delivery == 0
        assert source.grab(5.0).frame_id >= 4


def test_camera_that_is_gone_at_a_trigger_is_lost_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> None:
        raise AccessException("the node is not writable")

    with opened() as source:
        source._options = replace(source._options, trigger=Trigger.SOFTWARE)
        command = SimpleNamespace(execute=fail)
        device = SimpleNamespace(node_map=SimpleNamespace(TriggerSoftware=command))
        with monkeypatch.context() as faked:
            faked.setattr(type(source._acquirer), "remote_device", device)
            with pytest.raises(SourceUnavailable, match="not writable; check cable and power"):
                source.trigger()


def test_feature_that_cannot_be_read_now_is_as_good_as_none() -> None:
    gain = SimpleNamespace(get_access_mode=lambda: EAccessMode.NA, value=1.0)
    nodes = SimpleNamespace(Gain=gain)
    assert _feature(nodes, "camera", "Gain") is None
    gain.get_access_mode = lambda: EAccessMode.RO
    found = _feature(nodes, "camera", "Gain")
    assert found is not None
    assert found.read() == 1.0
