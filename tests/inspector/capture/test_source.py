"""The contract of every source: one suite, and each kind of camera goes through all of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from inspector.capture.registry import make_source
from inspector.capture.source import FrameSource
from inspector.clock import SystemClock
from inspector.errors import GrabTimeout, SourceUnavailable
from inspector.flow import Frame
from inspector.store.images import write_png
from tests.support.gentl import PRODUCER
from tests.support.mjpeg_server import free_port, serving
from tests.support.picture_files import write_video

CLOCK = SystemClock()
Maker = Callable[[Path, dict[str, object], ExitStack], str]


def _synthetic(_folder: Path, options: dict[str, object], _stack: ExitStack) -> str:
    options |= {"parts_per_s": 0, "width_px": 128, "height_px": 96}
    return "synthetic"


def _folder(folder: Path, options: dict[str, object], _stack: ExitStack) -> str:
    for level in (20, 90, 200):
        write_png(folder / f"{level}.png", np.full((24, 32), level, dtype=np.uint8))
    options["frames_per_s"] = 0
    return "replay:."


def _video(folder: Path, options: dict[str, object], _stack: ExitStack) -> str:
    frames = [np.full((48, 64, 3), level, dtype=np.uint8) for level in (20, 90, 200)]
    write_video(folder / "line.avi", frames)
    options["frames_per_s"] = 0
    return "replay:line.avi"


def _stream(_folder: Path, _options: dict[str, object], stack: ExitStack) -> str:
    port = free_port()
    stack.enter_context(serving(port))
    return f"http://127.0.0.1:{port}/"


def _basler(_folder: Path, options: dict[str, object], stack: ExitStack) -> str:
    emulated = pytest.MonkeyPatch()
    stack.callback(emulated.undo)
    emulated.setenv("PYLON_CAMEMU", "1")
    options |= {"width_px": 128, "height_px": 96}
    return "basler:"


def _genicam(_folder: Path, options: dict[str, object], _stack: ExitStack) -> str:
    options |= {"producer": str(PRODUCER), "pixel_format": "Mono8", "frames_per_s": 100}
    return "genicam:1"


@pytest.fixture(
    params=[_synthetic, _folder, _video, _stream, _basler, _genicam],
    ids=lambda maker: maker.__name__.strip("_"),
)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FrameSource]:
    options: dict[str, object] = {}
    maker: Maker = request.param
    with ExitStack() as stack:
        address = maker(tmp_path, options, stack)
        made = make_source(address, options, "cam0", str(tmp_path), CLOCK)
        stack.callback(made.close)
        yield made


def grabbed(source: FrameSource, count: int) -> list[Frame]:
    return [source.grab(5.0) for _ in range(count)]


def test_frames_are_counted_from_zero_named_and_timed_in_order(source: FrameSource) -> None:
    before_ns = CLOCK.monotonic_ns()
    source.open()
    frames = grabbed(source, 5)
    numbers = [frame.frame_id for frame in frames]
    if source.info().can_wait:
        assert numbers == list(range(5))
    assert numbers == sorted(set(numbers))
    assert {frame.source_id for frame in frames} == {"cam0"}
    times_ns = [before_ns, *(frame.captured_ns for frame in frames), CLOCK.monotonic_ns()]
    assert times_ns == sorted(times_ns)
    assert frames[0].captured_at.tzinfo is not None


def test_frame_given_is_not_changed_by_the_next(source: FrameSource) -> None:
    source.open()
    first = source.grab(5.0)
    copy = first.pixels.copy()
    grabbed(source, 4)
    assert np.array_equal(first.pixels, copy)
    assert not first.pixels.flags.writeable


def test_open_source_says_what_it_is_and_its_size(source: FrameSource) -> None:
    source.open()
    info = source.info()
    assert info.description != ""
    assert info.size_px == source.grab(5.0).pixels.shape[:2]


def test_source_is_opened_again_after_a_close_and_counts_from_zero(source: FrameSource) -> None:
    source.open()
    grabbed(source, 3)
    source.close()
    source.open()
    numbers = [frame.frame_id for frame in grabbed(source, 2)]
    if source.info().can_wait:
        assert numbers == [0, 1]
    assert numbers[0] < numbers[1] < 10


def test_closing_twice_or_unopened_does_nothing(source: FrameSource) -> None:
    source.close()
    source.open()
    source.close()
    source.close()


@pytest.mark.parametrize("kind", ["synthetic", "replay:."])
def test_picture_that_is_not_due_is_a_timeout_and_comes_later(kind: str, tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", np.full((24, 32), 9, dtype=np.uint8))
    options: dict[str, object] = {"parts_per_s" if kind == "synthetic" else "frames_per_s": 20}
    source = make_source(kind, options, "cam0", str(tmp_path), CLOCK)
    begun_ns = CLOCK.monotonic_ns()
    source.open()
    first = source.grab(5.0)
    with pytest.raises(GrabTimeout):
        source.grab(0.001)
    second = source.grab(5.0)
    source.close()
    assert (first.frame_id, second.frame_id) == (0, 1)
    assert second.captured_ns - begun_ns >= 50_000_000


def test_replay_of_what_is_not_there_is_unavailable(tmp_path: Path) -> None:
    source = make_source("replay:nowhere", {}, "cam0", str(tmp_path), CLOCK)
    with pytest.raises(SourceUnavailable):
        source.open()
