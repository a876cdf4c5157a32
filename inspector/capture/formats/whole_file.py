"""Tells by its bytes whether a picture file is whole, before any decoder sees it.

Decoders are made to show as much as they can of a damaged picture. On a line that is the wrong
aim: what they fill in may lie over a defect. So the structure is walked here from end to end, and
a file that is truncated, contradicts itself, or holds a picture nobody would look at is refused.
"""

import re
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from inspector.capture.files.file_faults import broken, not_read, truncated
from inspector.capture.formats.picture_kinds import HEAD_BYTES, KINDS_READ, picture_kind
from inspector.capture.formats.sample_depth import Samples
from inspector.capture.formats.tiff_pixels import tiff_pixels
from inspector.capture.formats.whole_jpeg import Restarts, walk_jpeg
from inspector.capture.formats.whole_pnm import pnm_pixels, walk_pnm
from inspector.capture.formats.whole_tiff import walk_tiff
from inspector.errors import CorruptFrame

MAX_PNG_CHUNKS = 100_000  # libpng writes 8 kB each, so this is 800 MB; more only cost time
MAX_WEBP_CHUNKS = 1_000  # a still picture has about five

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_BITS_OF_COLOUR = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_PNG_MONO = frozenset({0, 4})
_COLOUR_TYPE_AT = 25  # in the first chunk, which comes first
_BEGINNINGS = {b"BM": "BMP"}
_NOT_ZERO = re.compile(rb"[^\0]")

_BMP_HEADERS = frozenset({40, 52, 56, 64, 108, 124})  # of OS/2's 12 bytes OpenCV loses the colour
_BMP_PLAIN, _BMP_MASKS = 0, 3
_BMP_USUAL_MASKS = struct.pack("<III", 0xFF0000, 0xFF00, 0xFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeFile:
    """What a file says of its picture, after its structure was found whole.

    Attributes:
        format: One of `KINDS_READ`.
        is_mono: Whether the file holds one channel of brightness, alpha not counted. A BMP or a
            palette may turn out mono in the decoder all the same.
        decodable: The bytes for the decoder: the file itself, or the file so arranged that the
            decoder gives the pixels as stored and cannot make up missing ones.
        restarts: Of a JPEG that has them.
        own_decoder: Gives the samples as stored, None where they cannot be unpacked; for a kind
            that OpenCV cannot be trusted with, else None.
        max_sample: Full light, where the file says so.
        significant_bits: Of 16, where a PNG says so.
    """

    format: str
    width_px: int
    height_px: int
    is_mono: bool
    decodable: bytes
    restarts: Restarts | None = None
    own_decoder: Callable[[], Samples | None] | None = None
    max_sample: int | None = None
    significant_bits: int | None = None


def walk_file(data: bytes, name: str) -> WholeFile:
    """Check the structure of a picture file; its kind is told by its content, never by its name.

    Not detectable in this way: a change inside the compressed data of a JPEG, WebP or TIFF and
    inside the pixels of a BMP or uncompressed TIFF, where the formats carry no checksum. A PNG
    carries them, and every change of it is found.

    Args:
        data: The whole file.
        name: For the error's text.

    Raises:
        CorruptFrame: It is truncated, broken, animated, of several pages, or of a kind that is not
            read.
    """
    if not data:
        raise truncated(name, "the file is empty")
    # A weaker sign will do here: what begins like a picture and is none is refused by its walk.
    begun = (kind for signature, kind in _BEGINNINGS.items() if data.startswith(signature))
    kind = picture_kind(data[:HEAD_BYTES]) or next(begun, None)
    if kind is None:
        known = ", ".join(KINDS_READ[:-1])
        raise CorruptFrame(
            f"{name}: this is not a {known}, {KINDS_READ[-1]}, whatever its name says; it begins "
            f"with {data[:8].hex(' ')}: put a picture there, or take the file away"
        )
    if kind not in _WALKS:
        raise not_read(name, f"a picture of the kind {kind}", "save it as PNG")
    try:
        return _WALKS[kind](data, name)
    except (struct.error, IndexError) as error:
        raise truncated(name, "the file ends inside a header") from error


def _walk_jpeg(data: bytes, name: str) -> WholeFile:
    jpeg = walk_jpeg(data, name)
    return WholeFile(
        format="JPEG",
        width_px=jpeg.width_px,
        height_px=jpeg.height_px,
        is_mono=jpeg.is_mono,
        decodable=jpeg.decodable,
        restarts=jpeg.restarts,
    )


def _walk_tiff(data: bytes, name: str) -> WholeFile:
    tiff = walk_tiff(data, name)
    return WholeFile(
        format="TIFF",
        width_px=tiff.width_px,
        height_px=tiff.height_px,
        is_mono=tiff.is_mono,
        decodable=data,
        own_decoder=partial(tiff_pixels, data, tiff),
        max_sample=tiff.max_sample,
    )


def _walk_pnm(data: bytes, name: str) -> WholeFile:
    pnm = walk_pnm(data, name)
    return WholeFile(
        format="PGM or PPM",
        width_px=pnm.width_px,
        height_px=pnm.height_px,
        is_mono=pnm.n_channels == 1,
        decodable=data,
        own_decoder=partial(pnm_pixels, data, pnm, name),
        max_sample=pnm.max_sample,
    )


def _walk_png(data: bytes, name: str) -> WholeFile:
    view = memoryview(data)
    pos = len(_PNG_SIGNATURE)
    has_pixels = False
    significant_bits: int | None = None
    kind = b""
    for index in range(MAX_PNG_CHUNKS):
        if pos + 12 > len(data):
            raise truncated(name, "the PNG ends before its IEND chunk")
        length, kind = struct.unpack_from(">I4s", data, pos)
        end = pos + 12 + length
        if end > len(data):
            raise truncated(
                name, f"the PNG ends inside its chunk {kind.decode('ascii', 'replace')}"
            )
        (checksum,) = struct.unpack_from(">I", data, end - 4)
        if zlib.crc32(view[pos + 4 : end - 4]) != checksum:
            raise broken(
                name, f"the checksum of the PNG's chunk {kind.decode('ascii', 'replace')} is wrong"
            )
        if (index == 0) != (kind == b"IHDR"):
            raise broken(name, "the PNG does not begin with its one IHDR chunk")
        if kind in (b"acTL", b"fcTL", b"fdAT"):
            raise not_read(name, "an animated PNG", "save one picture per file")
        has_pixels = has_pixels or kind == b"IDAT"
        if kind == b"sBIT":
            significant_bits = _significant_bits(data[pos + 8 : end - 4], data[_COLOUR_TYPE_AT])
        pos = end
        if kind == b"IEND":
            break
    else:
        raise not_read(name, f"a PNG of more than {MAX_PNG_CHUNKS:,} chunks", "save it anew")
    if not has_pixels:
        raise broken(name, "the PNG has no pixels in it")
    if _NOT_ZERO.search(data, pos):
        raise broken(name, "something follows the end of the PNG")
    width_px, height_px, bits, colour = struct.unpack_from(">IIBB", data, 16)
    if width_px == 0 or height_px == 0 or bits not in _PNG_BITS_OF_COLOUR.get(colour, ()):
        raise broken(
            name, f"the PNG says {width_px} x {height_px} px, colour type {colour}, {bits} bits"
        )
    return WholeFile(
        format="PNG",
        width_px=width_px,
        height_px=height_px,
        is_mono=colour in _PNG_MONO,
        decodable=data,
        significant_bits=significant_bits if bits == 16 else None,
    )


def _significant_bits(depths: bytes, colour: int) -> int | None:
    """Of the deepest channel but alpha; None where they make no sense."""
    light = depths[:1] if colour in _PNG_MONO else depths[:3]
    return max(light) if light and all(1 <= bits <= 16 for bits in light) else None


def _walk_bmp(data: bytes, name: str) -> WholeFile:
    file_bytes, _, pixels_at, header_bytes = struct.unpack_from("<IIII", data, 2)
    if header_bytes not in _BMP_HEADERS:
        raise not_read(name, f"a BMP with a header of {header_bytes} bytes", "save it anew")
    width_px, height_px, planes, bits, compression = struct.unpack_from("<iiHHI", data, 18)
    (colours,) = struct.unpack_from("<I", data, 46)
    height_px = abs(height_px)  # negative: the upper row comes first
    if width_px <= 0 or height_px == 0 or planes != 1:
        raise broken(name, f"the BMP says {width_px} x {height_px} px in {planes} planes")
    has_usual_masks = bits == 32 and data[54:66] == _BMP_USUAL_MASKS
    if bits not in (1, 4, 8, 24, 32) or not (
        compression == _BMP_PLAIN or (compression == _BMP_MASKS and has_usual_masks)
    ):
        raise not_read(
            name,
            f"a BMP of {bits} bits, compression {compression}",
            "save it uncompressed, of 8, 24 or 32 bits",
        )
    headers_end = 14 + header_bytes
    if bits <= 8:
        if colours > 1 << bits:
            raise broken(name, f"the BMP says it has {colours:,} colours")
        headers_end += (colours or 1 << bits) * 4
    elif compression == _BMP_MASKS and header_bytes == 40:
        headers_end += 12
    if pixels_at < headers_end:
        raise broken(name, "the BMP's pixels begin inside its headers")
    row_bytes = (width_px * bits + 31) // 32 * 4
    if len(data) < max(file_bytes, pixels_at + row_bytes * height_px):
        raise truncated(name, "the BMP ends before its last row")
    return WholeFile(
        format="BMP", width_px=width_px, height_px=height_px, is_mono=False, decodable=data
    )


def _walk_webp(data: bytes, name: str) -> WholeFile:
    end_of_riff = 8 + int.from_bytes(data[4:8], "little")
    if end_of_riff > len(data):
        raise truncated(name, "the WebP ends before its last chunk")
    if _NOT_ZERO.search(data, end_of_riff):
        raise broken(name, "something follows the end of the WebP")
    canvas: tuple[int, int] | None = None
    picture: tuple[int, int] | None = None
    pos = 12
    for index in range(MAX_WEBP_CHUNKS):
        if pos == end_of_riff:
            break
        kind, length = struct.unpack_from("<4sI", data, pos)
        body = pos + 8
        pos = body + length + (length & 1)
        if pos > end_of_riff:
            raise truncated(
                name, f"the WebP ends inside its chunk {kind.decode('ascii', 'replace')}"
            )
        if kind in (b"ANIM", b"ANMF") or (kind == b"VP8X" and data[body] & 0x02):
            raise not_read(name, "an animated WebP", "save one picture per file")
        if kind == b"VP8X":
            if index != 0 or length < 10:
                raise broken(name, "the WebP's VP8X chunk is not as it must be")
            canvas = (
                1 + int.from_bytes(data[body + 4 : body + 7], "little"),
                1 + int.from_bytes(data[body + 7 : body + 10], "little"),
            )
        elif kind in (b"VP8 ", b"VP8L"):
            if picture is not None:
                raise not_read(name, "a WebP of more than one picture", "save one per file")
            picture = _size_in_webp(data[body : body + min(length, 10)], kind, name)
    else:
        raise not_read(name, f"a WebP of more than {MAX_WEBP_CHUNKS:,} chunks", "save it anew")
    if picture is None or 0 in picture or canvas not in (None, picture):
        raise broken(name, f"the WebP says its picture is {picture} px on a canvas of {canvas}")
    return WholeFile(
        format="WebP", width_px=picture[0], height_px=picture[1], is_mono=False, decodable=data
    )


def _size_in_webp(head: bytes, kind: bytes, name: str) -> tuple[int, int]:
    """Width and height in px, from the first bytes of the compressed data."""
    if kind == b"VP8 ":
        is_key_frame = head[0] & 1 == 0 and head[3:6] == b"\x9d\x01\x2a"
        width, height = struct.unpack_from("<HH", head, 6)
        if not is_key_frame:
            raise broken(name, "the WebP's pixels do not begin as they must")
        return width & 0x3FFF, height & 0x3FFF
    signature, packed = struct.unpack_from("<BI", head)
    if signature != 0x2F:
        raise broken(name, "the WebP's pixels do not begin as they must")
    return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1


_WALKS: Mapping[str, Callable[[bytes, str], WholeFile]] = {
    "PNG": _walk_png,
    "JPEG": _walk_jpeg,
    "BMP": _walk_bmp,
    "TIFF": _walk_tiff,
    "WebP": _walk_webp,
    "PGM or PPM": _walk_pnm,
}
