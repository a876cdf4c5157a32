"""GigE Vision over the loopback: settings, triggers, broken pictures, and a camera that is lost."""

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from inspector.capture.gige_camera import KIND, GigeCamera
from inspector.capture.registry import make_source
from inspector.clock import SystemClock
from inspector.errors import CorruptFrame, GrabTimeout, SourceUnavailable
from inspector.settings import Trigger
from tests.support.gige_fake import ADDRESS, HEIGHT_PX, WIDTH_PX, gige_camera

CLOCK = SystemClock()
PATIENCE_S = 20.0
NOTICED_WITHIN_S = 4.0  # a second of silence, and half a second to look; of a busy machine


def made(
    trigger: Trigger = Trigger.FREE,
    address: str = ADDRESS,
    options: Mapping[str, object] | None = None,
) -> GigeCamera:
    source = make_source(f"gige:{address}", options or {}, "top", ".", CLOCK, trigger=trigger)
    assert isinstance(source, GigeCamera)
    return source


@contextmanager
def opened(
    trigger: Trigger = Trigger.FREE, *dropped: str, options: Mapping[str, object] | None = None
) -> Iterator[GigeCamera]:
    with gige_camera(30, *dropped):
        source = made(trigger, options=options)
        source.open()
        try:
            yield source
        finally:
            source.close()


def test_camera_that_is_there_is_found() -> None:
    with gige_camera():
        assert [one.source for one in KIND.find()] == [f"gige:{ADDRESS}"]


def test_camera_that_is_not_there_is_told_with_those_that_are() -> None:
    with gige_camera(), pytest.raises(SourceUnavailable, match=f"here now: {ADDRESS}"):
        made(address="10.1.2.3").open()


def test_pictures_come_one_after_the_other() -> None:
    with opened() as source:
        frames = [source.grab(PATIENCE_S) for _ in range(5)]
        assert [frame.frame_id for frame in frames] == [0, 1, 2, 3, 4]
        assert {frame.pixels.shape for frame in frames} == {(HEIGHT_PX, WIDTH_PX)}
        assert source.info().size_px == (HEIGHT_PX, WIDTH_PX)


def test_settings_are_written_and_read_back() -> None:
    wanted = {"exposure_us": 700.0, "gain": 3.0, "width_px": 32, "height_px": 16}
    with opened(options=wanted) as source:
        settings = source.info().settings
        assert (settings["exposure_us"], settings["gain"]) == ("700.0", "3.0")
        assert source.grab(PATIENCE_S).pixels.shape == (16, 32)


def test_setting_that_the_camera_refuses_is_told_with_what_it_offers() -> None:
    with (
        gige_camera(),
        pytest.raises(SourceUnavailable, match=r"refuses ExposureTime 2000000.*10 to 1e\+06"),
    ):
        made(options={"exposure_us": 2e6}).open()


def test_every_trigger_has_its_picture_and_nothing_comes_without() -> None:
    with opened(Trigger.SOFTWARE) as source:
        assert source.info().is_triggered
        with pytest.raises(GrabTimeout):
            source.grab(0.2)
        for number in range(4):
            source.trigger()
            assert source.grab(PATIENCE_S).frame_id == number


def test_picture_with_a_lost_packet_is_a_corrupt_frame_with_its_number() -> None:
    with opened(Trigger.FREE, "3:1") as source:
        numbers = []
        for _ in range(5):
            try:
                numbers.append(str(source.grab(PATIENCE_S).frame_id))
            except CorruptFrame as error:
                numbers.append(str(error))
        assert numbers[:2] == ["0", "1"]
        assert numbers[2].endswith("picture 2 came incomplete")
        assert numbers[3:] == ["3", "4"]


def test_camera_that_another_line_holds_is_told() -> None:
    with opened(), pytest.raises(SourceUnavailable, match="another program holds it"):
        made().open()


def lost_after(source: GigeCamera) -> float:
    """How long until it is noticed, s."""
    begun_ns = CLOCK.monotonic_ns()
    while True:
        try:
            source.grab(0.5)
        except GrabTimeout:
            continue
        except SourceUnavailable:
            return (CLOCK.monotonic_ns() - begun_ns) / 1e9


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
def test_camera_that_is_gone_is_noticed_and_found_again(number: signal.Signals) -> None:
    source = made()
    with gige_camera() as process:
        source.open()
        source.grab(PATIENCE_S)
        process.send_signal(number)
        assert lost_after(source) <= NOTICED_WITHIN_S
        source.close()
        with pytest.raises(SourceUnavailable, match="here now: none"):
            source.open()
        process.send_signal(signal.SIGCONT)
    with gige_camera():
        source.open()
        assert source.grab(PATIENCE_S).frame_id == 0
        source.close()


def test_picture_that_came_while_nobody_waited_gets_no_more_time() -> None:
    with opened() as source:
        source.grab(PATIENCE_S)
        away_ns = source._away_ns = CLOCK.monotonic_ns()
        threading.Event().wait(0.3)  # pictures wait then
        assert [source.grab(PATIENCE_S).captured_ns for _ in range(3)] == [away_ns] * 3
        threading.Event().wait(2.0)
        assert source.grab(PATIENCE_S).captured_ns > away_ns


def test_closed_camera_gives_nothing() -> None:
    source = made()
    source.close()
    with pytest.raises(ValueError, match="not open"):
        source.grab(0.1)
