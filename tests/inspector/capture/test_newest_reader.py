"""The thread that always reads: the newest first, what is old never, its end always seen."""

import threading
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.capture.newest_reader import NewestReader
from inspector.errors import GrabTimeout, SourceUnavailable
from tests.support.fakes import FakeClock

Step = tuple[float, int]  # s until the picture comes, its grey level


class ScriptedCapture:
    """An OpenCV capture whose pictures come when the script says, on a clock of its own."""

    def __init__(self, clock: FakeClock, script: Iterable[Step | None]) -> None:
        self._clock = clock
        self._script = iter(script)
        self.go = threading.Semaphore(0)
        self.is_done = threading.Semaphore(0)
        self.n_released = 0

    def read(self) -> tuple[bool, NDArray[np.uint8] | None]:
        self.is_done.release()
        self.go.acquire()
        step = next(self._script, None)
        if step is None:
            return False, None
        wait_s, level = step
        self._clock.step(round(wait_s * 1e9))
        return True, np.full((4, 6, 3), level, dtype=np.uint8)

    def release(self) -> None:
        self.n_released += 1

    def let(self, count: int) -> None:
        """Let so many readings end."""
        for _ in range(count):
            self.go.release()
        for _ in range(count):
            self.is_done.acquire()


def reader_of(
    script: list[Step | None],
) -> tuple[NewestReader, ScriptedCapture, Callable[[], int]]:
    clock = FakeClock()
    capture = ScriptedCapture(clock, script)
    reader = NewestReader("camera", lambda: capture, clock)  # type: ignore[arg-type, return-value]
    capture.is_done.acquire()
    return reader, capture, lambda: int(reader.take(0.0).pixels[0, 0, 0])


def close(reader: NewestReader, capture: ScriptedCapture) -> None:
    for _ in range(3):
        capture.go.release()
    reader.close()
    assert capture.n_released == 1


def test_newest_is_given_once() -> None:
    reader, capture, level = reader_of([(0.1, 10), (0.1, 20), (0.1, 30)])
    capture.let(2)
    assert level() == 20
    with pytest.raises(GrabTimeout):
        level()
    capture.let(1)
    taken = reader.take(0.0)
    assert (taken.number, taken.captured_ns) == (2, 300_000_000)
    close(reader, capture)


def test_burst_after_a_pause_is_old_and_not_given() -> None:
    usual: list[Step | None] = [(0.1, n) for n in range(1, 11)]
    burst: list[Step | None] = [(2.0, 50), (0.001, 51), (0.001, 52)]
    reader, capture, level = reader_of([*usual, *burst, (0.09, 60)])
    capture.let(10)
    assert level() == 10
    capture.let(3)
    with pytest.raises(GrabTimeout):
        level()
    capture.let(1)
    assert level() == 60
    close(reader, capture)


def test_camera_of_one_picture_every_two_seconds_is_heard() -> None:
    reader, capture, level = reader_of([(0.3, 10), (2.0, 20), (2.0, 30), (2.1, 40), (1.9, 50)])
    seen = []
    for _ in range(5):
        capture.let(1)
        try:
            seen.append(level())
        except GrabTimeout:
            seen.append(0)
    assert seen == [10, 0, 30, 40, 50]  # after the first pause nobody can know
    close(reader, capture)


def test_end_of_the_capture_is_a_loss() -> None:
    reader, capture, level = reader_of([(0.1, 10), None])
    capture.let(1)
    capture.go.release()
    assert level() == 10
    with pytest.raises(SourceUnavailable, match="the connection was lost"):
        reader.take(5.0)
    close(reader, capture)


def test_silence_is_a_loss_too() -> None:
    clock = FakeClock()
    capture = ScriptedCapture(clock, [])
    reader = NewestReader("camera", lambda: capture, clock)  # type: ignore[arg-type, return-value]
    with pytest.raises(GrabTimeout):
        reader.take(0.0)
    clock.step(3_100_000_000)
    with pytest.raises(SourceUnavailable, match="no picture for 3 s"):
        reader.take(0.0)
    close(reader, capture)


def test_bug_in_the_thread_is_a_loss_with_its_cause() -> None:
    class Broken(ScriptedCapture):
        def read(self) -> tuple[bool, NDArray[np.uint8] | None]:
            raise ZeroDivisionError("inside OpenCV")

    clock = FakeClock()
    capture = Broken(clock, [])
    reader = NewestReader("camera", lambda: capture, clock)  # type: ignore[arg-type, return-value]
    with pytest.raises(SourceUnavailable, match="inside OpenCV"):
        reader.take(5.0)
    reader.close()
