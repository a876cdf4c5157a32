"""Reads one picture from one file: all of it or an error, never a picture that is part guess."""

import hashlib
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from inspector.capture.files.file_faults import not_read, readable
from inspector.capture.formats.jpeg_restarts import check_intervals
from inspector.capture.formats.sample_depth import (
    Samples,
    declared_by_significant_bits,
    to_eight_bits,
)
from inspector.capture.formats.whole_file import WholeFile, walk_file
from inspector.errors import CorruptFrame, SourceUnavailable
from inspector.opencv import MAX_IMAGE_PX, cv2

MAX_FILE_BYTES = 512_000_000  # above 108 Mpx of BGR, uncompressed; the file is held in memory whole
MAX_SIDE_PX = 65_500  # libjpeg's limit, kept for every format so that all are refused alike

# Some are missing on Windows. Without O_NONBLOCK, opening a FIFO would wait for its writer.
_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # arrays have no single truth value
class StoredPicture:
    """A picture as its file has it.

    Attributes:
        samples: Of the file's own depth, as the sensor stored them: masks refer to those, so no
            EXIF orientation is applied. Alpha is dropped: transparent pixels count as stored.
        full_light: The largest value that a sample can have, where the file says so.
    """

    samples: Samples
    full_light: int | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """A picture and the file it came from.

    Attributes:
        pixels: uint8, (H, W) mono or (H, W, 3) BGR, contiguous.
        sha256: Of the file's bytes, hexadecimal.
        modified_at: The file's time of modification, UTC.
        n_bytes: Size of the file.
    """

    pixels: NDArray[np.uint8]
    sha256: str
    modified_at: datetime
    n_bytes: int


def read_picture(path: Path, max_sample: int | None = None) -> Picture:
    """Read one picture file. May be called from any thread.

    Args:
        max_sample: See `decode_picture`.

    Raises:
        SourceUnavailable: There is no such file, it may not be read, or it is not a regular file.
        CorruptFrame: It is too large, still being written, or `decode_picture` refuses it.
    """
    name = readable(path.name)
    data, status = _read_whole(path, name)
    try:
        modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
    except (OSError, OverflowError, ValueError) as error:
        raise CorruptFrame(
            f"{name}: its time of modification is in no calendar; set it, for example with touch"
        ) from error
    return Picture(
        pixels=decode_picture(data, name, max_sample),
        sha256=hashlib.sha256(data).hexdigest(),
        modified_at=modified_at,
        n_bytes=len(data),
    )


def read_stored(path: Path) -> StoredPicture:
    """Read the samples of one picture file, of whatever depth. May be called from any thread.

    Raises:
        SourceUnavailable, CorruptFrame: As `read_picture`.
    """
    name = readable(path.name)
    data, _ = _read_whole(path, name)
    return decode_stored(data, name)


def decode_picture(data: bytes, name: str, max_sample: int | None = None) -> NDArray[np.uint8]:
    """The pixels of a picture file, given as its bytes, brought to 8 bits.

    Args:
        data, name: See `decode_stored`.
        max_sample: Full light in pictures of 16 bits, as the bundle's input has it.

    Returns:
        uint8, (H, W) mono or (H, W, 3) BGR, contiguous.

    Raises:
        CorruptFrame: As `decode_stored` and `to_eight_bits`.
    """
    stored = decode_stored(data, name)
    return to_eight_bits(stored.samples, declared=stored.full_light, sealed=max_sample, name=name)


def decode_stored(data: bytes, name: str) -> StoredPicture:
    """The samples of a picture file, given as its bytes.

    Every truncated PNG, BMP, TIFF, WebP and PGM is refused, and every changed PNG and deflated
    TIFF. The others have no checksum; of a JPEG, truncation is found as follows:
    - Truncated before its end, even if an end marker was put behind what is left, it is refused
      when it is sequential, in one scan (what cameras write): what may be missing is less than the
      last two 8 x 8 blocks; before a restart marker, less than one coding unit (in mono: than two).
    - A progressive JPEG, or one of several scans, is refused if a scan is missing. If the end of
      one scan is missing and the next marker stands, it is decoded with less detail there.
    - Bytes changed or lost amid a scan are found only by the count of restart markers, or if the
      rest of the scan becomes too short. Else they show as coloured garbage from there on.
    - So store PNG where the file must prove itself.

    Args:
        data: The whole file.
        name: For the error's text.

    Raises:
        CorruptFrame: The file is truncated, damaged, too large, or of a kind that is not read.
    """
    whole = walk_file(data, name)
    _check_size(whole, name)
    try:
        samples = _decoded(whole)
    except cv2.error as error:
        raise _undecodable(whole, name) from error
    if samples is None:
        raise _undecodable(whole, name)
    if samples.shape[:2] != (whole.height_px, whole.width_px):
        raise CorruptFrame(
            f"{name}: the {whole.format} says {whole.width_px} x {whole.height_px} px and holds "
            f"{samples.shape[1]} x {samples.shape[0]}: the file is damaged; copy it again"
        )
    is_known = samples.dtype in (np.uint8, np.uint16)
    if not is_known or not (samples.ndim == 2 or samples.shape[2] == 3):
        raise not_read(
            name,
            f"a {whole.format} of {samples.dtype} {samples.shape}",
            "save it as whole numbers of 8 or 16 bits, mono or RGB",
        )
    samples = np.ascontiguousarray(samples)
    if whole.restarts is not None:
        check_intervals(data, whole.restarts, samples.astype(np.uint8, copy=False), name)
    full_light = whole.max_sample
    if whole.significant_bits is not None:
        full_light = declared_by_significant_bits(samples, whole.significant_bits)
    return StoredPicture(samples=samples, full_light=full_light)


def _decoded(whole: WholeFile) -> Samples | None:
    if whole.own_decoder is not None:
        return whole.own_decoder()
    decoded = cv2.imdecode(np.frombuffer(whole.decodable, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None:
        return None
    if decoded.ndim == 3 and whole.is_mono:
        decoded = cv2.extractChannel(decoded, 0)
    elif decoded.ndim == 3 and decoded.shape[2] == 4:
        decoded = cv2.cvtColor(decoded, cv2.COLOR_BGRA2BGR)
    return cast("Samples", decoded)


def _read_whole(path: Path, name: str) -> tuple[bytes, os.stat_result]:
    try:
        with FileIO(path, "rb", opener=_open) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise SourceUnavailable(
                    f"{name}: this is not a regular file but a device, pipe or socket; take it away"
                )
            if before.st_size > MAX_FILE_BYTES:
                raise CorruptFrame(
                    f"{name}: {before.st_size / 1e6:,.0f} MB are over the limit of "
                    f"{MAX_FILE_BYTES / 1e6:,.0f} MB for one picture; save it smaller"
                )
            data = _read_up_to(file, before.st_size + 1)
            after = os.fstat(file.fileno())
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = getattr(error, "strerror", None) or error
        raise SourceUnavailable(f"{name} cannot be read: {reason}") from error
    has_changed = (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)
    if has_changed or len(data) != after.st_size:
        raise CorruptFrame(
            f"{name}: the file changed while it was read: it is still being written; read it again "
            "when its writer is done"
        )
    return data, after


def _open(path: str, _: int) -> int:
    return os.open(path, _OPEN_FLAGS)


def _read_up_to(file: FileIO, limit: int) -> bytes:
    """All of the file, but at most so many bytes; one call may give less than was asked for."""
    pieces = [file.read(limit)]
    missing = limit - len(pieces[0] or b"")
    while pieces[-1] and missing:
        pieces.append(file.read(missing))
        missing -= len(pieces[-1] or b"")
    return b"".join(piece for piece in pieces if piece)


def _check_size(whole: WholeFile, name: str) -> None:
    if max(whole.width_px, whole.height_px) > MAX_SIDE_PX:
        limit = f"{MAX_SIDE_PX:,} px a side"
    elif whole.width_px * whole.height_px > MAX_IMAGE_PX:
        limit = f"{MAX_IMAGE_PX:,} px in all"
    else:
        return
    raise CorruptFrame(
        f"{name}: {whole.width_px:,} x {whole.height_px:,} px are over the limit of {limit}; "
        "save it smaller"
    )


def _undecodable(whole: WholeFile, name: str) -> CorruptFrame:
    return CorruptFrame(
        f"{name}: the {whole.format}'s pixels cannot be decoded to the end: data are missing or "
        "damaged; copy it again"
    )
