"""Finds data that are missing inside a restart interval of a JPEG.

There libjpeg leaves the rest of the interval mid-grey and goes on at the next restart marker; a
defect could lie under it. Intervals that end in mid-grey are decoded once more, each by itself.
"""

import struct

import numpy as np
from numpy.typing import NDArray

from inspector.capture.files.file_faults import not_read, truncated
from inspector.capture.formats.whole_jpeg import READ_AHEAD, Restarts
from inspector.opencv import cv2

MAX_DECODED_AGAIN = 10_000  # at about 15 us each; a whole picture of exact mid-grey has so many
MAX_JPEG_SIDE_PX = 65_500  # libjpeg refuses more
_GREY = 128
_GREY_TOLERANCE = 3  # what the conversion to BGR and a neighbour's colour can do to an exact 128


def check_intervals(data: bytes, restarts: Restarts, pixels: NDArray[np.uint8], name: str) -> None:
    """Raise unless every interval but the last has its data, its last coding unit excepted.

    In a mono picture, where a coding unit is one block of 8 x 8, the last two are excepted.

    The last interval needs no check: the decoder has no end marker there to make up data from.

    Raises:
        CorruptFrame: An interval is truncated.
    """
    high_px, wide_px = restarts.mcu_px
    last_mcus = np.arange(1, len(restarts.bounds)) * restarts.interval_mcus - 1
    rows, columns = np.divmod(last_mcus, restarts.mcus_per_row)
    ys = np.minimum(rows * high_px + high_px // 2, pixels.shape[0] - 1)
    xs = np.minimum(columns * wide_px + wide_px // 2, pixels.shape[1] - 1)
    samples = pixels[ys, xs].astype(np.float32)
    if samples.ndim == 2:
        samples = samples @ np.array([0.114, 0.587, 0.299], dtype=np.float32)
    doubtful = np.flatnonzero(np.abs(samples - _GREY) <= _GREY_TOLERANCE).tolist()
    if len(doubtful) > MAX_DECODED_AGAIN:
        raise not_read(name, "a JPEG of many grey restart intervals", "save it as PNG")
    for index in doubtful:
        picture = _interval_as_picture(data, restarts, index)
        if picture is None:
            raise not_read(name, "a JPEG with such long restart intervals", "save it as PNG")
        try:
            decoded = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_8)
        except cv2.error as error:
            raise truncated(name, f"restart interval {index:,} of the JPEG has no data") from error
        if decoded is None:
            raise truncated(name, f"restart interval {index:,} of the JPEG ends too soon")


def _interval_as_picture(data: bytes, restarts: Restarts, index: int) -> bytes | None:
    """One restart interval as a JPEG of its own, so arranged that missing data make it fail.

    Returns:
        None where the interval has no shape that fits into a picture.
    """
    high_px, wide_px = restarts.mcu_px
    columns = restarts.interval_mcus
    if columns % restarts.mcus_per_row == 0:
        columns = restarts.mcus_per_row
    rows = restarts.interval_mcus // columns
    if columns * wide_px > MAX_JPEG_SIDE_PX:
        return None
    tables, frame_segment, scan_segment = restarts.head
    size = struct.pack(">HH", rows * high_px, columns * wide_px)
    start, end = restarts.bounds[index]
    frame = frame_segment[:5] + size + frame_segment[9:]
    return tables + frame + scan_segment + data[start:end] + READ_AHEAD
