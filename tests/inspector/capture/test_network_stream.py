"""A network camera over a real connection: the newest picture, and a loss that is noticed."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from inspector.capture.network_stream import network_stream
from inspector.capture.newest_reader import ContinuousSource
from inspector.capture.registry import make_source
from inspector.clock import SystemClock
from inspector.errors import GrabTimeout, SettingsError, SourceUnavailable
from inspector.flow import Frame
from tests.support.mjpeg_server import SIZE_PX, free_port, serving

CLOCK = SystemClock()


def source_of(port: int) -> ContinuousSource:
    return network_stream(f"http://127.0.0.1:{port}/", "cam0", CLOCK)


@contextmanager
def opened(port: int) -> Iterator[ContinuousSource]:
    source = source_of(port)
    source.open()
    try:
        yield source
    finally:
        source.close()


def level(frame: Frame) -> int:
    return round(float(frame.pixels.mean()))


def grab_until_lost(source: ContinuousSource) -> SourceUnavailable:
    for _ in range(1_000):
        try:
            source.grab(1.0)
        except GrabTimeout:
            continue
        except SourceUnavailable as error:
            return error
    raise AssertionError("the loss was never noticed")


def test_pictures_come_in_order_with_their_size_and_time() -> None:
    port = free_port()
    with serving(port), opened(port) as source:
        frames = [source.grab(5.0) for _ in range(8)]
        assert source.info().size_px == SIZE_PX
    assert {frame.pixels.shape for frame in frames} == {(*SIZE_PX, 3)}
    assert [frame.frame_id for frame in frames] == sorted({frame.frame_id for frame in frames})
    times_ns = [frame.captured_ns for frame in frames]
    assert times_ns == sorted(times_ns)
    assert frames[0].source_id == "cam0"


def test_who_looks_late_sees_the_newest_and_what_was_missed_is_a_gap() -> None:
    port = free_port()
    with serving(port, frames_per_s=50.0), opened(port) as source:
        first = source.grab(5.0)
        pause = first.captured_ns + 1_000_000_000
        while CLOCK.monotonic_ns() < pause:
            np.sort(np.arange(10_000))  # another thread reads meanwhile
        late = source.grab(5.0)
    assert late.captured_ns > pause - 200_000_000
    assert late.frame_id - first.frame_id > 10


def test_nobody_there_is_unavailable_at_once() -> None:
    source = source_of(free_port())
    with pytest.raises(SourceUnavailable, match="gives no pictures"):
        source.open()
    source.close()


def test_server_that_is_killed_is_noticed_and_a_new_one_is_found() -> None:
    port = free_port()
    source = source_of(port)
    with serving(port) as server:
        source.open()
        source.grab(5.0)
        server.kill()
        server.wait()
        killed_ns = CLOCK.monotonic_ns()
        grab_until_lost(source)
    source.close()
    with serving(port):
        source.open()
        assert source.grab(5.0).captured_ns > killed_ns
        source.close()


def test_server_that_is_frozen_is_noticed_in_time_and_no_old_picture_follows() -> None:
    port = free_port()
    with serving(port) as server, opened(port) as source:
        source.grab(5.0)
        server.send_signal(signal.SIGSTOP)
        frozen_ns = CLOCK.monotonic_ns()
        grab_until_lost(source)
        assert (CLOCK.monotonic_ns() - frozen_ns) / 1e9 < 6.0
        server.send_signal(signal.SIGCONT)
        source.close()
        source.open()
        fresh = source.grab(5.0)
        assert fresh.captured_ns > frozen_ns
        assert level(fresh) < 60  # the stream began anew: these are its first pictures


def test_password_is_never_shown() -> None:
    source = network_stream("rtsp://user:secret@127.0.0.1:1/x", "cam0", CLOCK)
    assert source.info().description == "rtsp://user:***@127.0.0.1:1/x"


@pytest.mark.parametrize("address", ["rtsp:", "http:camera", "https:///path", "rtsp://[x"])
def test_half_an_address_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="write the whole address"):
        make_source(address, {}, "cam0", str(tmp_path), CLOCK)


def test_unknown_option_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="unknown key 'fps'"):
        make_source("rtsp://host/x", {"fps": 3}, "cam0", str(tmp_path), CLOCK)
