"""Reads an OpenCV capture all the time and keeps the newest picture: what waits there gets old."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inspector.capture.source import SourceInfo
from inspector.clock import Clock
from inspector.concurrency.worker import Worker
from inspector.errors import GrabTimeout, InspectorError, SourceUnavailable
from inspector.flow import Frame
from inspector.opencv import cv2

LOST_AFTER_S = 3.0  # without any picture; a server that is frozen keeps its connection
GAP_S = 1.0  # after such a pause old pictures may come first, in a burst
SLOW_GAPS = 1.5  # times the usual distance, of a camera that is slower than that
STALE_SHARE = 0.25  # of the usual distance: pictures that come so close were waiting somewhere


class Arrived(NamedTuple):
    """One picture as it came.

    Attributes:
        number: Counted from 0; what nobody took is counted too.
        captured_ns: Monotonic time of arrival, ns.
        pixels: uint8, (H, W) or (H, W, 3) BGR; nobody else holds it.
    """

    number: int
    captured_ns: int
    captured_at: datetime
    pixels: NDArray[np.uint8]


class NewestReader:
    """One open capture and the thread that reads it. Used once; a lost capture never recovers.

    Args:
        name: What is read, for messages.
        open_capture: Called in the thread of whoever makes this; gives an open capture, or raises
            SourceUnavailable.
    """

    def __init__(
        self, name: str, open_capture: Callable[[], cv2.VideoCapture], clock: Clock
    ) -> None:
        self._name = name
        self._clock = clock
        self._capture = open_capture()
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._newest: Arrived | None = None
        self._loss: SourceUnavailable | None = None
        self._last_ns = clock.monotonic_ns()
        self._worker = Worker(f"read {name}", self._read_all, self._failed)
        self._worker.start()

    def take(self, timeout_s: float) -> Arrived:
        """The newest picture, once.

        Raises:
            GrabTimeout: None came in time.
            SourceUnavailable: There will be no more.
        """
        deadline_ns = self._clock.monotonic_ns() + round(timeout_s * 1e9)
        with self._changed:
            while self._newest is None:
                if self._loss is not None:
                    raise self._loss
                now_ns = self._clock.monotonic_ns()
                if now_ns - self._last_ns > LOST_AFTER_S * 1e9:
                    raise SourceUnavailable(
                        f"{self._name}: no picture for {LOST_AFTER_S:g} s; it is opened anew"
                    )
                if now_ns >= deadline_ns:
                    raise GrabTimeout(f"{self._name}: no picture in {timeout_s:g} s")
                self._changed.wait((deadline_ns - now_ns) / 1e9)
            taken, self._newest = self._newest, None
            return taken

    def close(self) -> None:
        """End the thread, which lets go of the capture; what is read now may time out first."""
        self._stop.set()
        self._worker.join()

    def _read_all(self) -> None:
        number, usual_s = 0, 0.0
        is_gap = is_catching_up = False
        try:
            while not self._stop.is_set():
                is_read, pixels = self._capture.read()
                if not is_read:
                    self._lose(SourceUnavailable(f"{self._name}: the connection was lost"))
                    return
                now_ns = self._clock.monotonic_ns()
                distance_s = (now_ns - self._last_ns) / 1e9
                gap_s = max(GAP_S, SLOW_GAPS * usual_s)
                is_slow = is_gap and not usual_s  # one gap after the other, and never a burst
                is_gap = bool(number) and distance_s > gap_s
                is_catching_up = (is_gap and not is_slow) or (
                    is_catching_up and distance_s < STALE_SHARE * usual_s
                )
                if number and not is_catching_up:
                    usual_s = distance_s if not usual_s else 0.9 * usual_s + 0.1 * distance_s
                with self._changed:
                    self._last_ns = now_ns
                    if not is_catching_up:
                        self._newest = Arrived(
                            number, now_ns, self._clock.now(), np.asarray(pixels, dtype=np.uint8)
                        )
                        self._changed.notify_all()
                number += 1
        finally:
            self._capture.release()

    def _lose(self, loss: SourceUnavailable) -> None:
        with self._changed:
            self._loss = loss
            self._changed.notify_all()

    def _failed(self, error: InspectorError) -> None:
        self._lose(SourceUnavailable(str(error)))


class ContinuousSource:
    """What every camera that gives pictures by itself has in common. See `FrameSource`.

    Args:
        name: For people.
        open_capture: Gives an open capture, or raises SourceUnavailable.
        info: What the open camera is; `size_px` may be None, then it is that of the last picture.
        exposure_us: What the camera was set to, where it was.
    """

    def __init__(
        self,
        name: str,
        source_id: str,
        open_capture: Callable[[], cv2.VideoCapture],
        info: Callable[[], SourceInfo],
        clock: Clock,
        *,
        exposure_us: float | None = None,
    ) -> None:
        self._name = name
        self._source_id = source_id
        self._open_capture = open_capture
        self._info = info
        self._clock = clock
        self._exposure_us = exposure_us
        self._reader: NewestReader | None = None
        self._size_px: tuple[int, int] | None = None

    def open(self) -> None:
        """See `FrameSource.open`."""
        self.close()
        self._reader = NewestReader(self._name, self._open_and_measure, self._clock)

    def trigger(self) -> None:
        """See `FrameSource.trigger`."""

    def grab(self, timeout_s: float) -> Frame:
        """See `FrameSource.grab`."""
        if self._reader is None:
            raise SourceUnavailable(f"{self._name} is not open")
        arrived = self._reader.take(timeout_s)
        self._size_px = (arrived.pixels.shape[0], arrived.pixels.shape[1])
        return Frame(
            frame_id=arrived.number,
            source_id=self._source_id,
            captured_ns=arrived.captured_ns,
            captured_at=arrived.captured_at,
            pixels=arrived.pixels,
            exposure_us=self._exposure_us,
        )

    def close(self) -> None:
        """See `FrameSource.close`."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def info(self) -> SourceInfo:
        """See `FrameSource.info`."""
        info = self._info()
        return info if info.size_px is not None else replace(info, size_px=self._size_px)

    def _open_and_measure(self) -> cv2.VideoCapture:
        capture = self._open_capture()
        height_px = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
        width_px = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        self._size_px = (height_px, width_px) if height_px and width_px else None
        return capture
