"""Reads the frames of a video file, one after the other, and notices when they end too soon."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspector.errors import CorruptFrame, SourceUnavailable
from inspector.opencv import MAX_IMAGE_PX, cv2

OPEN_TIMEOUT_MS = 5_000  # a local file opens in milliseconds; a dead network drive must not hang us
READ_TIMEOUT_MS = 5_000


def read_video(path: Path) -> Iterator[NDArray[np.uint8] | CorruptFrame]:
    """Every frame of a video in order, uint8 (H, W, 3) BGR.

    Where the video ends before the count in its header, the last thing given is a `CorruptFrame`:
    a cut video must not look like a short one.

    Raises:
        SourceUnavailable: The file cannot be opened as a video.
    """
    parameters = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS,
    ]  # fmt: skip
    video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, parameters)
    try:
        if not video.isOpened():
            raise SourceUnavailable(f"{str(path)!r} cannot be opened as a video; is it whole?")
        size_px = video.get(cv2.CAP_PROP_FRAME_WIDTH) * video.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if size_px > MAX_IMAGE_PX:
            raise SourceUnavailable(f"{str(path)!r}: frames of {size_px:.0f} px are too large")
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
                f"{path.name}: the video ends after {count} of {expected} frames; it was cut, or "
                "a frame is damaged"
            )
    finally:
        video.release()
