"""A TIFF's directories: everything they point at must lie in the file, and make one picture."""

import struct

import numpy as np
import pytest

from inspector.capture.files.image_file import decode_picture
from inspector.capture.formats.whole_file import walk_file
from inspector.capture.formats.whole_tiff import MAX_DIRECTORIES, MAX_TAGS, TiffLayout, walk_tiff
from inspector.errors import CorruptFrame
from tests.support.picture_files import SOUND, Tags, textured, tiff

COLOUR, MONO = textured(24, 40), textured(24, 40, 1)


def walked(data: bytes) -> TiffLayout:
    return walk_tiff(data, "part")


def refusal(data: bytes) -> str:
    """The words of the refusal, by the road that every file takes."""
    with pytest.raises(CorruptFrame) as caught:
        walk_file(data, "part")
    return str(caught.value)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("is_big", [False, True])
# Plain tiles of 16 px are not among them: OpenCV's libtiff cannot read those from memory.
@pytest.mark.parametrize(
    ("tile_px", "is_deflated"),
    [(0, False), (32, False), (64, False), (0, True), (16, True), (32, True)],
)
def test_strips_and_tiles_of_every_make_are_read(
    order: str, is_big: bool, tile_px: int, is_deflated: bool
) -> None:
    for pixels in (COLOUR, MONO, MONO.astype(np.uint16) * 257):
        data = tiff(
            pixels,
            order=order,  # type: ignore[arg-type]
            is_big=is_big,
            tile_px=tile_px,
            is_deflated=is_deflated,
        )
        layout = walked(data)
        assert (layout.width_px, layout.height_px) == (40, 24)
        assert layout.is_mono == (pixels.ndim == 2)
        expected = COLOUR[:, :, ::-1] if pixels.ndim == 3 else MONO
        assert np.array_equal(decode_picture(data, "part"), expected)


def test_every_cut_of_strips_and_tiles_is_refused() -> None:
    files = [
        tiff(COLOUR, tile_px=16, is_deflated=True),
        tiff(MONO, tile_px=32, order=">", is_big=True),
        tiff(MONO, is_deflated=True, is_big=True),
    ]
    accepted = []
    for number, data in enumerate(files):
        for length in range(len(data)):
            try:
                decode_picture(data[:length], "part")
            except CorruptFrame:
                continue
            accepted.append((number, length))
    assert accepted == []


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({254: (4, [1])}, "a TIFF that does not begin with its picture"),
        ({255: (3, [2])}, "a TIFF that does not begin with its picture"),
        ({256: (3, [0])}, "a TIFF that does not begin with its picture"),
        ({259: (3, [7])}, "a TIFF of compression 7 is not read"),
        ({259: (3, [4])}, "a TIFF of compression 4 is not read"),
        ({258: (3, [12])}, "samples of [12] bits"),
        ({258: (3, [32])}, "samples of [32] bits"),
        ({339: (3, [3])}, "sample format [3]"),
        ({262: (3, [5])}, "photometric 5"),
        ({277: (3, [3]), 258: (3, [8, 8, 16])}, "samples of [8, 16] bits"),
        ({257: (3, [25])}, "1 strips or tiles and 1 lengths of them where its size asks for 2"),
        ({278: (3, [8])}, "where its size asks for 3"),
        ({278: (3, [0])}, "strips or tiles of no size"),
        ({322: (3, [16]), 323: (3, [16]), 324: (4, [8]), 325: (4, [9])}, "asks for 6"),
        ({279: (4, [39])}, "strip or tile 0 holds 39 of its 960 bytes"),
        ({279: (4, [0])}, "never written"),
        ({273: (4, [0]), 279: (4, [100])}, "never written"),
        ({273: (4, [10_000_000])}, "the TIFF ends before its pixels do"),
        ({279: (4, [2**32 - 1])}, "the TIFF ends before its pixels do"),
        ({256: (4, [90]), 278: (3, [1]), 257: (4, [1_100_000])}, "1,100,000 strips or tiles"),
        ({284: (3, [2]), 277: (3, [3]), 258: (3, [8] * 3), 262: (3, [2])}, "size asks for 3"),
    ],
)
def test_tiff_that_contradicts_itself_is_refused(tags: Tags, words: str) -> None:
    assert words in refusal(tiff(MONO, tags=tags))


def test_second_page_is_refused() -> None:
    assert "a TIFF of more than one page is not read" in refusal(tiff(MONO, pages=2))


def test_preview_behind_the_picture_does_not_matter() -> None:
    """The second directory says of itself that it is a reduced copy, and is one."""
    data = bytearray(tiff(MONO, pages=2, tags={254: (4, [0])}))
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    (second,) = struct.unpack_from("<I", data, first + 2 + 12 * count)
    for number in range(count):
        at = second + 2 + 12 * number
        (tag,) = struct.unpack_from("<H", data, at)
        if tag == 254:
            struct.pack_into("<I", data, at + 8, 1)
        if tag == 256:
            struct.pack_into("<H", data, at + 8, 20)
    assert np.array_equal(decode_picture(bytes(data), "part"), MONO)


def test_directories_in_a_loop_are_refused() -> None:
    data = bytearray(tiff(MONO, tags={254: (4, [0])}))
    (count,) = struct.unpack_from("<H", data, 8)
    struct.pack_into("<I", data, 10 + 12 * count, 8)
    assert "the TIFF's directories form a loop" in refusal(bytes(data))


def test_directories_without_end_are_refused() -> None:
    # The first is the picture; the others are reduced copies of nothing, one behind the other.
    data = bytearray(tiff(MONO))
    (count,) = struct.unpack_from("<H", data, 8)
    link = 10 + 12 * count
    for _ in range(MAX_DIRECTORIES):
        struct.pack_into("<I", data, link, len(data))
        data += struct.pack("<HHHIII", 1, 254, 4, 1, 1, 0)
        link = len(data) - 4
    assert "form a loop" in refusal(bytes(data))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"II*\0" + struct.pack("<I", 0), "the TIFF has no picture in it"),
        (b"II*\0" + struct.pack("<I", 8), "the TIFF ends before its directory"),
        (b"II*\0\x08\0", "the file ends inside a header"),
        (b"II+\0" + struct.pack("<HHQ", 4, 0, 16), "the BigTIFF has an unknown header"),
        (b"II*\0" + struct.pack("<IH", 8, MAX_TAGS + 1), f"says it has {MAX_TAGS + 1:,} tags"),
        (b"II*\0" + struct.pack("<IHHHII", 8, 1, 256, 99, 1, 4), "tag 256 is of an unknown type"),
        (b"II*\0" + struct.pack("<IHHHII", 8, 1, 256, 4, 9, 999), "before the values of its tag"),
    ],
)
def test_header_that_leads_nowhere_is_refused(data: bytes, words: str) -> None:
    assert words in refusal(data)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", [2, 6, 8])
def test_only_the_two_harmful_tags_are_changed_for_the_decoder(
    order: str, orientation: int
) -> None:
    rgba = textured(24, 40, 4)
    tags: Tags = {274: (3, [orientation]), 338: (3, [2])}
    data = tiff(rgba, order=order, tags=tags)  # type: ignore[arg-type]
    decodable = walked(data).decodable
    changed = [place for place in range(len(data)) if data[place] != decodable[place]]
    assert len(changed) == 2
    assert [decodable[place] for place in changed] == [1, 1]
    assert np.array_equal(decode_picture(data, "part"), rgba[:, :, 2::-1])


def test_tiff_without_those_tags_goes_to_the_decoder_as_it_is() -> None:
    for kind in ("tiff", "tiff lzw", "tiff 16", "tiff tiles", "tiff big"):
        assert walked(SOUND[kind]).decodable == SOUND[kind]
