"""Reads the frames of a video file, one after the other, and notices when they end too soon."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspector.capture.files.file_faults import readable
from inspector.errors import CorruptFrame, SourceUnavailable
from inspector.opencv import MAX_IMAGE_PX, cv2

OPEN_TIMEOUT_MS = 5_000  # a local file opens in milliseconds; a dead network drive must not hang us
READ_TIMEOUT_MS = 5_000

# OpenCV reads these whenever it opens a video, and has no other way to be told.
_WHILE_OPENING = {
    # Else the last frame of a truncated file is decoded from what is left of it filled up grey.
    "OPENCV_FFMPEG_CAPTURE_OPTIONS": "fflags;discardcorrupt",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",  # FFmpeg prints by itself; what matters is a return value
}


def read_video(path: Path) -> Iterator[NDArray[np.uint8] | CorruptFrame]:
    """Every frame of a video in order, uint8 (H, W, 3) BGR.

    Where the video ends before the count in its header, the last thing given is a `CorruptFrame`:
    a truncated video must not look like a short one.

    Raises:
        SourceUnavailable: The file cannot be opened as a video.
    """
    name = readable(path.name)
    with _opened(path, name) as video:
        expected = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
        count = 0
        while True:
            is_read, pixels = video.read()
            if not is_read:
                break
            count += 1
            yield np.asarray(pixels, dtype=np.uint8)
        if count < expected or count == 0:
            yield CorruptFrame(
                f"{name}: the video ends after {count} of {expected} frames; it is truncated, or "
                "a frame is damaged"
            )


def check_video(path: Path) -> None:
    """Find out before a run whether `read_video` could begin.

    Raises:
        SourceUnavailable: As `read_video`.
    """
    with _opened(path, readable(path.name)):
        pass


@contextmanager
def _opened(path: Path, name: str) -> Iterator[cv2.VideoCapture]:
    try:
        str(path).encode()  # OpenCV 5.0 crashes on a path that is not UTF-8
        is_regular = stat.S_ISREG(path.stat().st_mode)
    except UnicodeEncodeError as error:
        raise SourceUnavailable(f"{name}: its path is not UTF-8; rename it") from error
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = getattr(error, "strerror", None) or error
        raise SourceUnavailable(f"{name} cannot be read: {reason}") from error
    if not is_regular:  # a pipe would be waited for without end
        raise SourceUnavailable(f"{name}: this is not a regular file but a device, pipe or socket")
    parameters = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS,
    ]  # fmt: skip
    with _environment(_WHILE_OPENING):
        video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, parameters)
    try:
        if not video.isOpened():
            raise SourceUnavailable(f"{name} cannot be opened as a video; is it whole?")
        size_px = video.get(cv2.CAP_PROP_FRAME_WIDTH) * video.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if size_px > MAX_IMAGE_PX:
            raise SourceUnavailable(f"{name}: frames of {size_px:.0f} px are too large")
        yield video
    finally:
        video.release()


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
