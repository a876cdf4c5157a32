"""Makes small picture files of every kind, sound ones and broken ones, as bytes."""

import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from inspector.opencv import cv2

Tags = dict[int, tuple[int, list[int]]]


def textured(height_px: int, width_px: int, channels: int = 3) -> NDArray[np.uint8]:
    """A picture with a slope and grain, so that no place is like another."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[:height_px, :width_px]
    planes = [(40 + 2 * x + y * (c + 1)) % 200 for c in range(channels)]
    pixels = np.stack(planes, axis=2) + rng.integers(0, 40, (height_px, width_px, channels))
    return np.asarray(pixels[:, :, 0] if channels == 1 else pixels, dtype=np.uint8)


def encoded(suffix: str, pixels: NDArray[np.generic], *parameters: int) -> bytes:
    """The picture as OpenCV writes it."""
    is_written, data = cv2.imencode(suffix, np.asarray(pixels), list(parameters))
    assert is_written
    return data.tobytes()


def jpeg(
    pixels: NDArray[np.uint8], *, restart_mcus: int = 0, is_progressive: bool = False
) -> bytes:
    return encoded(
        ".jpg", pixels,
        cv2.IMWRITE_JPEG_QUALITY, 85,
        cv2.IMWRITE_JPEG_RST_INTERVAL, restart_mcus,
        cv2.IMWRITE_JPEG_PROGRESSIVE, int(is_progressive),
    )  # fmt: skip


def chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)


def png_head(width_px: int, height_px: int, bits: int = 8, colour: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width_px, height_px, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)


def png(
    width_px: int,
    height_px: int,
    rows: Iterable[bytes],
    *,
    bits: int = 8,
    colour: int = 0,
    extra: bytes = b"",
) -> bytes:
    """A PNG of these packed rows; `extra` are chunks before the pixels."""
    raw = b"".join(b"\0" + row for row in rows)
    head = png_head(width_px, height_px, bits, colour)
    return head + extra + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def tiff(
    pixels: NDArray[np.generic],
    *,
    tile_px: int = 0,
    order: Literal["<", ">"] = "<",
    is_big: bool = False,
    is_deflated: bool = False,
    pages: int = 1,
    tags: Tags | None = None,
) -> bytes:
    """A TIFF of 8 or 16 bits in one strip or in square tiles.

    Args:
        tags: Type and values by tag; they replace ours.
    """
    height_px, width_px = pixels.shape[:2]
    samples = pixels.shape[2] if pixels.ndim == 3 else 1
    bits = pixels.dtype.itemsize * 8
    stored = np.ascontiguousarray(pixels).astype(pixels.dtype.newbyteorder(order))
    if tile_px:
        high, wide = -height_px % tile_px, -width_px % tile_px
        padding = ((0, high), (0, wide), (0, 0))[: pixels.ndim]
        padded = np.pad(stored, padding)
        pieces = [
            padded[y : y + tile_px, x : x + tile_px].tobytes()
            for y in range(0, padded.shape[0], tile_px)
            for x in range(0, padded.shape[1], tile_px)
        ]
    else:
        pieces = [stored.tobytes()]
    if is_deflated:
        pieces = [zlib.compress(piece) for piece in pieces]

    head = struct.pack(order + "HHQ", 8, 0, 16) if is_big else struct.pack(order + "I", 8)
    out = bytearray(b"II" if order == "<" else b"MM")
    out += struct.pack(order + "H", 43 if is_big else 42) + head
    entry, link, inline = ("HHQ", "Q", 8) if is_big else ("HHI", "I", 4)
    for page in range(pages):
        wanted: Tags = {
            256: (3, [width_px]),
            257: (3, [height_px]),
            258: (3, [bits] * samples),
            259: (3, [8 if is_deflated else 1]),
            262: (3, [2 if samples >= 3 else 1]),
            277: (3, [samples]),
        }
        lengths = [len(piece) for piece in pieces]
        if tile_px:
            wanted |= {322: (3, [tile_px]), 323: (3, [tile_px]), 324: (4, []), 325: (4, lengths)}
        else:
            wanted |= {273: (4, []), 278: (3, [height_px]), 279: (4, lengths)}
        if samples in (2, 4):
            wanted[338] = (3, [2])
        wanted |= tags or {}
        offsets_tag = 324 if tile_px else 273
        n_tags = len(wanted)
        directory_bytes = (8 + 20 * n_tags + 8) if is_big else (2 + 12 * n_tags + 4)
        after = len(out) + directory_bytes
        tail = bytearray()
        sizes = {1: "B", 2: "B", 3: "H", 4: "I", 12: "d"}
        if wanted[offsets_tag] == (4, []):
            offsets = []
            for piece in pieces:
                offsets.append(after + len(tail))
                tail += piece + b"\0" * (len(piece) & 1)
            wanted[offsets_tag] = (4, offsets)
        out += struct.pack(order + ("Q" if is_big else "H"), n_tags)
        for tag in sorted(wanted):
            kind, values = wanted[tag]
            packed = struct.pack(f"{order}{len(values)}{sizes[kind]}", *values)
            if len(packed) > inline:
                at = after + len(tail)
                tail += packed + b"\0" * (len(packed) & 1)
                packed = struct.pack(order + link, at)
            out += struct.pack(order + entry, tag, kind, len(values)) + packed.ljust(inline, b"\0")
        following = after + len(tail) if page + 1 < pages else 0
        out += struct.pack(order + link, following) + tail
    return bytes(out)


def pnm(pixels: NDArray[np.generic], max_sample: int, *, comment: str = "") -> bytes:
    """A binary PGM or PPM of RGB samples; `comment` goes into its header."""
    kind = "P5" if pixels.ndim == 2 else "P6"
    stored = pixels.astype(">u2" if max_sample > 255 else "u1")
    head = f"{kind}\n{comment}{pixels.shape[1]} {pixels.shape[0]}\n{max_sample}\n"
    return head.encode() + stored.tobytes()


def write_video(path: Path, frames: Iterable[NDArray[np.uint8]], codec: str = "MJPG") -> None:
    """A video of 25 frames per second, of colour frames that are all of one size."""
    writer = cv2.VideoWriter()
    for pixels in frames:
        if not writer.isOpened():
            size_px = (pixels.shape[1], pixels.shape[0])
            fourcc = cv2.VideoWriter.fourcc(*codec)
            assert writer.open(str(path), cv2.CAP_FFMPEG, fourcc, 25.0, size_px)
        writer.write(pixels)
    writer.release()


def with_jpeg_size(data: bytes, width_px: int, height_px: int) -> bytes:
    """The JPEG with another size in its frame header."""
    at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    return data[: at + 5] + struct.pack(">HH", height_px, width_px) + data[at + 9 :]


def start_of_scan(data: bytes) -> int:
    """Where the entropy-coded data of the last scan begin."""
    at = data.rfind(b"\xff\xda")
    return at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")


_COLOUR, _MONO = textured(24, 40), textured(24, 40, 1)

SOUND: dict[str, bytes] = {
    "jpeg": jpeg(_COLOUR),
    "jpeg mono": jpeg(_MONO),
    "jpeg restarts": jpeg(_COLOUR, restart_mcus=2),
    "jpeg mono restarts": jpeg(_MONO, restart_mcus=5),
    "jpeg progressive": jpeg(_COLOUR, is_progressive=True),
    "jpeg mono progressive": jpeg(_MONO, is_progressive=True),
    "jpeg progressive restarts": jpeg(_COLOUR, is_progressive=True, restart_mcus=2),
    "png": encoded(".png", _COLOUR),
    "png mono": encoded(".png", _MONO),
    "png 16": encoded(".png", _MONO.astype(np.uint16) * 257),
    "png alpha": encoded(".png", textured(24, 40, 4)),
    "png palette": png(
        4, 2, [b"\0\1\2\0", b"\2\2\1\1"], colour=3,
        extra=chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0, 0, 0, 255])),
    ),
    "bmp": encoded(".bmp", _COLOUR),
    "bmp mono": encoded(".bmp", _MONO),
    "bmp 32": encoded(".bmp", textured(24, 40, 4)),
    "tiff": encoded(".tiff", _COLOUR, cv2.IMWRITE_TIFF_COMPRESSION, 1),
    "tiff lzw": encoded(".tiff", _MONO, cv2.IMWRITE_TIFF_COMPRESSION, 5),
    "tiff deflate": encoded(".tiff", _MONO, cv2.IMWRITE_TIFF_COMPRESSION, 8),
    "tiff packbits": encoded(".tiff", _MONO, cv2.IMWRITE_TIFF_COMPRESSION, 32773),
    "tiff 16": encoded(".tiff", _MONO.astype(np.uint16) * 257),
    "tiff tiles": tiff(_COLOUR, tile_px=32),
    "tiff tiles deflate": tiff(_MONO, tile_px=32, is_deflated=True),
    "tiff big": tiff(_COLOUR, is_big=True),
    "tiff big-endian": tiff(_MONO.astype(np.uint16) * 257, order=">"),
    "webp": encoded(".webp", _COLOUR, cv2.IMWRITE_WEBP_QUALITY, 80),
    "webp lossless": encoded(".webp", _COLOUR, cv2.IMWRITE_WEBP_QUALITY, 101),
    "pgm": pnm(_MONO, 255),
    "pgm 16": pnm(_MONO.astype(np.uint16) * 257, 65_535),
    "ppm": pnm(_COLOUR[:, :, ::-1], 255, comment="# as a camera wrote it\n"),
    "webp alpha": encoded(".webp", textured(24, 40, 4), cv2.IMWRITE_WEBP_QUALITY, 80),
}  # fmt: skip
