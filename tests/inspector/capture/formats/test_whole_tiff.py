"""A TIFF's directories: everything they point at must lie in the file, and make one picture."""

import struct

import numpy as np
import pytest

from inspector.capture.files.image_file import decode_picture
from inspector.capture.formats.whole_file import walk_file
from inspector.capture.formats.whole_tiff import TiffLayout, walk_tiff
from inspector.errors import CorruptFrame
from tests.support.picture_files import Tags, textured, tiff

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
@pytest.mark.parametrize(
    ("tile_px", "is_deflated"),
    [(0, False), (16, False), (32, False), (64, False), (0, True), (16, True), (32, True)],
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
        ({266: (3, [2])}, "whose bytes begin with their lowest bit"),
        ({262: (3, [3])}, "no whole table of its colours"),
        ({317: (3, [2])}, "a TIFF of compression 1, [8] bits, predictor 2 is not read"),
        ({317: (3, [3]), 259: (3, [5])}, "a TIFF of compression 5, [8] bits, predictor 3"),
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


def described(text: str) -> Tags:
    return {270: (2, [*text.encode(), 0])}


@pytest.mark.parametrize(
    "tags",
    [
        described("ImageJ=1.53k\nimages=5\nslices=5\n"),
        described('{"shape": [5, 24, 40]}'),
        {32997: (3, [2])},
    ],
)
def test_pages_that_stand_behind_one_directory_are_noticed(tags: Tags) -> None:
    assert "a TIFF of more than one page is not read" in refusal(tiff(MONO, tags=tags))


@pytest.mark.parametrize(
    "text", ["ImageJ=1.53k\nimages=1\n", '{"shape": [24, 40]}', '{"shape": [24, 40, ]}', "images=5"]
)
def test_description_of_one_page_is_no_second_one(text: str) -> None:
    assert walked(tiff(MONO, tags=described(text))).width_px == 40


def test_tiff_without_the_lengths_of_its_strips_is_told_so() -> None:
    assert "without the lengths of its strips is not read" in refusal(
        tiff(MONO, tags={279: (4, [])})
    )
