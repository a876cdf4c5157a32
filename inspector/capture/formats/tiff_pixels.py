"""Decodes a TIFF that was found whole: libtiff unpacks, the arrangement is done here.

OpenCV 5.0 arranges several layouts wrongly and says nothing: 16 bits in separate planes, 16 bits
with one sample of grey and one of alpha, tiles of those. Tiles that are not compressed it takes for
damaged when their size is not a multiple of 1,024 bytes. What it does right is one plane of single
samples; so that is all it is given, in a file made for it.
"""

import struct

import numpy as np
from numpy.typing import NDArray

from inspector.capture.formats.sample_depth import Samples
from inspector.capture.formats.tiff_pieces import UNCOMPRESSED
from inspector.capture.formats.whole_tiff import (
    HORIZONTAL_DIFFERENCES,
    PALETTE,
    RGB,
    WHITE_IS_ZERO,
    TiffLayout,
)
from inspector.opencv import cv2

_SHORT, _LONG = 3, 4


def tiff_pixels(data: bytes, layout: TiffLayout) -> Samples | None:
    """The picture as it is stored, upright or not, without its alpha.

    Returns:
        uint8 or uint16, (H, W) mono or (H, W, 3) BGR, of the file's own range; bits become 0 and
        255, a palette its colours. None where the compressed data cannot be unpacked.
    """
    n_light = 3 if layout.photometric == RGB else 1
    planes = []
    for plane in range(min(layout.n_planes, n_light)):
        samples = _plane(data, layout, plane)
        if samples is None:
            return None
        planes.append(samples)
    light: Samples = planes[0] if len(planes) == 1 else np.concatenate(planes, axis=2)
    light = light[:, :, :n_light]
    if layout.photometric == WHITE_IS_ZERO:
        light = ~light
    if layout.photometric == PALETTE:
        return _coloured(light[:, :, 0], layout.color_map)
    if n_light == 1:
        return light[:, :, 0]
    return np.ascontiguousarray(light[:, :, ::-1])


def _plane(data: bytes, layout: TiffLayout, plane: int) -> Samples | None:
    """One plane's samples, (H, W, samples side by side)."""
    per_plane = len(layout.offsets) // layout.n_planes
    numbers = range(plane * per_plane, (plane + 1) * per_plane)
    if layout.compression == UNCOMPRESSED:
        packed = _assembled(data, layout, numbers)
    else:
        unpacked = cv2.imdecode(
            np.frombuffer(_single_plane_file(data, layout, numbers), np.uint8),
            cv2.IMREAD_UNCHANGED,
        )
        if unpacked is None:
            return None
        packed = np.asarray(unpacked, np.uint16 if layout.bits == 16 else np.uint8)
    if layout.bits == 1:
        bits = np.unpackbits(packed.astype(np.uint8), axis=1)[:, : layout.width_px]
        return np.asarray(bits * 255, np.uint8)[:, :, None]
    samples = packed.reshape(layout.height_px, layout.width_px, -1)
    if layout.predictor == HORIZONTAL_DIFFERENCES:
        samples = _summed(samples, layout.piece_width_px)
    return samples


def _assembled(data: bytes, layout: TiffLayout, numbers: range) -> Samples:
    """The rows of a plane that is not compressed: (H, samples of a row); of bits, their bytes."""
    row_bytes, high = layout.piece_row_bytes, layout.piece_height_px
    across = -(-layout.width_px // layout.piece_width_px)
    down = len(numbers) // across
    rows = np.zeros((down * high, across * row_bytes), np.uint8)
    for place, number in enumerate(numbers):
        y, x = place // across * high, place % across * row_bytes
        wanted = min(high * row_bytes, layout.counts[number])  # the last strip may be shorter
        piece = np.frombuffer(data, np.uint8, wanted, layout.offsets[number])
        piece = piece[: len(piece) // row_bytes * row_bytes].reshape(-1, row_bytes)
        rows[y : y + len(piece), x : x + row_bytes] = piece
    bits_per_px = layout.bits * layout.n_samples // layout.n_planes
    used_bytes = -(-layout.width_px * bits_per_px // 8)
    rows = rows[: layout.height_px, :used_bytes]
    if layout.bits != 16:
        return rows
    return np.ascontiguousarray(rows).view(layout.order + "u2").astype(np.uint16)


def _single_plane_file(data: bytes, layout: TiffLayout, numbers: range) -> bytes:
    """A TIFF of one plane, whose samples that lie side by side count as pixels side by side.

    Bits are given as the bytes they are packed into, and differences are left: else the decoder
    would take them between neighbours, not between the same samples of neighbours.
    """
    per_px = layout.n_samples // layout.n_planes
    samples_px = 8 if layout.bits == 1 else 1  # pixels in one sample of the file made here
    bits = 8 if layout.bits == 1 else layout.bits
    pieces = [data[layout.offsets[n] : layout.offsets[n] + layout.counts[n]] for n in numbers]
    at = 8
    offsets = []
    for piece in pieces:
        offsets.append(at)
        at += len(piece)
    counts = [len(piece) for piece in pieces]
    wide = -(-layout.piece_width_px // samples_px) * per_px
    tags: dict[int, tuple[int, list[int]]] = {
        256: (_LONG, [-(-layout.width_px // samples_px) * per_px]),
        257: (_LONG, [layout.height_px]),
        258: (_SHORT, [bits]),
        259: (_SHORT, [layout.compression]),
        262: (_SHORT, [1]),
        277: (_SHORT, [1]),
    }
    if layout.is_tiled:
        tags |= {322: (_LONG, [wide]), 323: (_LONG, [layout.piece_height_px])}
        tags |= {324: (_LONG, offsets), 325: (_LONG, counts)}
    else:
        tags |= {273: (_LONG, offsets), 278: (_LONG, [layout.piece_height_px])}
        tags |= {279: (_LONG, counts)}
    order = layout.order
    values_at = at + 2 + 12 * len(tags) + 4
    directory, values = [struct.pack(order + "H", len(tags))], b""
    for tag in sorted(tags):
        kind, numbers_of_tag = tags[tag]
        packed = struct.pack(
            f"{order}{len(numbers_of_tag)}{'H' if kind == _SHORT else 'I'}", *numbers_of_tag
        )
        if len(packed) > 4:
            packed, values = struct.pack(order + "I", values_at + len(values)), values + packed
        directory.append(
            struct.pack(order + "HHI", tag, kind, len(numbers_of_tag)) + packed.ljust(4, b"\0")
        )
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, at)
    return b"".join([head, *pieces, *directory, bytes(4), values])


def _summed(samples: Samples, piece_width_px: int) -> Samples:
    """Differences from the pixel to the left, summed up from the left edge of each piece."""
    whole = np.empty_like(samples)
    for x in range(0, samples.shape[1], piece_width_px):
        piece = slice(x, x + piece_width_px)
        np.add.accumulate(samples[:, piece], axis=1, dtype=samples.dtype, out=whole[:, piece])
    return whole


def _coloured(indices: Samples, color_map: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """BGR. Colours are of 16 bits; old writers used 8, which shows when none is above 255."""
    is_old = int(color_map.max()) <= 255
    colors = (color_map if is_old else color_map >> 8).astype(np.uint8)
    return np.ascontiguousarray(colors[::-1].T[indices])
