"""The structure of a picture file, walked from end to end before any decoder sees it."""

import struct
import zlib

import pytest

from inspector.capture.formats.whole_file import (
    MAX_PNG_CHUNKS,
    MAX_WEBP_CHUNKS,
    WholeFile,
    walk_file,
)
from inspector.errors import CorruptFrame
from tests.support.picture_files import SOUND, chunk, encoded, png, png_head, textured

FORMATS = {
    "jpeg": "JPEG",
    "png": "PNG",
    "bmp": "BMP",
    "tiff": "TIFF",
    "webp": "WebP",
} | dict.fromkeys(("pgm", "ppm"), "PGM or PPM")
IEND = chunk(b"IEND", b"")
IDAT = chunk(b"IDAT", zlib.compress(b"\0" + bytes(4)))
PNG = png_head(4, 1) + IDAT + IEND


def refusal(data: bytes) -> str:
    """The words of the refusal, without the file's name."""
    with pytest.raises(CorruptFrame) as caught:
        walk_file(data, "part")
    assert str(caught.value).startswith("part: ")
    return str(caught.value).removeprefix("part: ")


def walked(data: bytes) -> WholeFile:
    return walk_file(data, "part")


@pytest.mark.parametrize("kind", SOUND)
def test_sound_file_tells_its_kind_and_size(kind: str) -> None:
    whole = walked(SOUND[kind])
    assert whole.format == FORMATS[kind.split()[0]]
    wanted_px = (4, 2) if kind == "png palette" else (40, 24)
    assert (whole.width_px, whole.height_px) == wanted_px


def test_only_what_is_stored_as_brightness_is_mono() -> None:
    mono = {kind for kind, data in SOUND.items() if walked(data).is_mono}
    stored_so = {kind for kind in SOUND if "mono" in kind or "16" in kind} - {"bmp mono"}
    in_tiff = {"tiff lzw", "tiff deflate", "tiff packbits", "tiff tiles deflate", "tiff big-endian"}
    assert mono == stored_so | in_tiff | {"pgm"}


def test_empty_and_foreign_files_are_refused() -> None:
    assert refusal(b"") == "the file is empty: the file is truncated; copy it again"
    assert refusal(b"\0" * 50).startswith("this is not a PNG, JPEG, BMP, TIFF, WebP, PGM or")
    assert refusal(b"RIFF\x04\0\0\0WAVE").startswith("this is not a PNG")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (PNG[:-1], "the PNG ends before its IEND chunk"),
        (PNG[:-15], "the PNG ends inside its chunk IDAT"),
        (PNG[:-12], "the PNG ends before its IEND chunk"),
        (png_head(4, 1) + IEND, "the PNG has no pixels in it"),
        (png_head(4, 1)[:8] + IDAT + IEND, "the PNG does not begin with its one IHDR chunk"),
        (png_head(4, 1) + png_head(4, 1)[8:] + IDAT + IEND, "does not begin with its one IHDR"),
        (PNG[:-1] + b"\0", "the checksum of the PNG's chunk IEND is wrong"),
        (PNG + b"x", "something follows the end of the PNG"),
        (PNG + PNG, "something follows the end of the PNG"),
        (png_head(4, 1) + chunk(b"acTL", bytes(8)) + IDAT + IEND, "an animated PNG is not read"),
        (png_head(0, 1) + IDAT + IEND, "the PNG says 0 x 1 px"),
        (png_head(4, 0) + IDAT + IEND, "the PNG says 4 x 0 px"),
        (png_head(4, 1, bits=3) + IDAT + IEND, "colour type 0, 3 bits"),
        (png_head(4, 1, bits=16, colour=3) + IDAT + IEND, "colour type 3, 16 bits"),
        (png_head(4, 1, colour=5) + IDAT + IEND, "colour type 5, 8 bits"),
    ],
)
def test_png_that_contradicts_itself_is_refused(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_zeros_behind_a_picture_do_not_matter() -> None:
    assert walked(PNG + bytes(100)).width_px == 4
    assert walked(SOUND["webp"] + bytes(100)).width_px == 40
    assert walked(SOUND["jpeg"] + bytes(100)).width_px == 40


def test_chunks_without_end_are_refused() -> None:
    text = chunk(b"tEXt", b"")
    assert walked(png_head(4, 1) + text * 1_000 + IDAT + IEND).format == "PNG"
    assert "chunks is not read" in refusal(png_head(4, 1) + text * MAX_PNG_CHUNKS + IDAT + IEND)


def test_png_of_every_colour_type_is_walked() -> None:
    mono = {
        (colour, bits): walked(png(4, 1, [bytes(32)], bits=bits, colour=colour)).is_mono
        for colour, bits in ((0, 1), (0, 16), (2, 8), (2, 16), (3, 4), (4, 8), (6, 16))
    }
    assert [key for key, is_mono in mono.items() if is_mono] == [(0, 1), (0, 16), (4, 8)]


def bmp(header: bytes, n_bytes: int = 0) -> bytes:
    at = 14 + len(header)
    return b"BM" + struct.pack("<III", at + n_bytes, 0, at) + header + bytes(n_bytes)


def bmp_header(
    width_px: int = 4,
    height_px: int = 2,
    *,
    planes: int = 1,
    bits: int = 24,
    compression: int = 0,
    colours: int = 0,
) -> bytes:
    return struct.pack(
        "<IiiHHIIiiII", 40, width_px, height_px, planes, bits, compression, 0, 0, 0, colours, 0
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (bmp(bmp_header(), 23), "the BMP ends before its last row"),
        (bmp(bmp_header(width_px=0), 24), "the BMP says 0 x 2 px in 1 planes"),
        (bmp(bmp_header(width_px=-4), 24), "the BMP says -4 x 2 px"),
        (bmp(bmp_header(height_px=0), 24), "the BMP says 4 x 0 px"),
        (bmp(bmp_header(planes=2), 24), "in 2 planes"),
        (bmp(bmp_header(bits=16), 24), "a BMP of 16 bits, compression 0 is not read"),
        (bmp(bmp_header(bits=8, compression=1), 2_000), "a BMP of 8 bits, compression 1"),
        (bmp(bmp_header(bits=32, compression=3), 44), "a BMP of 32 bits, compression 3"),
        (bmp(bmp_header(bits=8, colours=257), 2_000), "the BMP says it has 257 colours"),
        (bmp(bmp_header(bits=8), 2_000), "the BMP's pixels begin inside its headers"),
        (bmp(struct.pack("<I", 41) + bytes(37), 24), "a BMP with a header of 41 bytes"),
        (bmp(bmp_header())[:30], "the file ends inside a header"),
    ],
)
def test_bmp_that_contradicts_itself_is_refused(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_bmp_may_have_its_upper_row_first() -> None:
    whole = walked(bmp(bmp_header(height_px=-2), 24))
    assert (whole.width_px, whole.height_px) == (4, 2)


def test_bmp_that_says_it_is_longer_than_it_is_was_cut() -> None:
    data = bytearray(bmp(bmp_header(), 24))
    data[2:6] = struct.pack("<I", len(data) + 1)
    assert "ends before its last row" in refusal(bytes(data))


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)
        for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


PIXELS = SOUND["webp"][20:]
CANVAS = bytes(4) + (39).to_bytes(3, "little") + (23).to_bytes(3, "little")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (webp(), "says its picture is None px"),
        (webp((b"VP8X", CANVAS)), "says its picture is None px on a canvas of (40, 24)"),
        (webp((b"VP8X", b"\x02" + CANVAS[1:]), (b"VP8 ", PIXELS)), "an animated WebP is not read"),
        (webp((b"ANIM", bytes(6)), (b"VP8 ", PIXELS)), "an animated WebP is not read"),
        (webp((b"VP8 ", PIXELS), (b"VP8 ", PIXELS)), "a WebP of more than one picture"),
        (webp((b"VP8 ", PIXELS), (b"VP8X", CANVAS)), "VP8X chunk is not as it must be"),
        (webp((b"VP8X", CANVAS[:8]), (b"VP8 ", PIXELS)), "VP8X chunk is not as it must be"),
        (
            webp((b"VP8X", CANVAS[:4] + bytes(6)), (b"VP8 ", PIXELS)),
            "says its picture is (40, 24) px on a canvas of (1, 1)",
        ),
        (webp((b"VP8 ", b"\x01" + PIXELS[1:])), "the WebP's pixels do not begin as they must"),
        (webp((b"VP8L", b"\x2e" + bytes(9))), "the WebP's pixels do not begin as they must"),
        (webp((b"VP8 ", b"\0\0")), "the file ends inside a header"),
        (SOUND["webp"] + b"x", "something follows the end of the WebP"),
        (SOUND["webp"][:-1], "the WebP ends before its last chunk"),
        (webp(*[(b"EXIF", b"")] * (MAX_WEBP_CHUNKS + 1)), "chunks is not read"),
    ],
)
def test_webp_that_contradicts_itself_is_refused(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_webp_chunk_that_reaches_past_the_end_was_cut() -> None:
    data = bytearray(SOUND["webp"])
    data[16:20] = struct.pack("<I", len(PIXELS) + 2)
    assert "the WebP ends inside its chunk VP8" in refusal(bytes(data))


def test_webp_may_carry_notes_beside_its_picture() -> None:
    whole = walked(webp((b"VP8X", CANVAS), (b"VP8 ", PIXELS), (b"EXIF", b"odd")))
    assert (whole.width_px, whole.height_px, whole.is_mono) == (40, 24, False)
    assert walked(encoded(".webp", textured(7, 5))).height_px == 7
