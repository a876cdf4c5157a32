"""The bytes of a strip are counted exactly, and what is missing is noticed."""

import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inspector.capture.formats.tiff_directory import read_directories
from inspector.capture.formats.tiff_pieces import (
    DEFLATE,
    LZW,
    PACK_BITS,
    UNCOMPRESSED,
    unpacked_size,
)

_OFFSETS, _COUNTS, _ROWS = 273, 279, 278


def pieces_of(pixels: NDArray[np.uint8], compression: int) -> list[tuple[bytes, int]]:
    """The strips that OpenCV writes, each with the bytes of its rows."""
    _, encoded = cv2.imencode(".tif", pixels, [cv2.IMWRITE_TIFF_COMPRESSION, compression])
    data = encoded.tobytes()
    directory = next(read_directories(data, "x"))
    rows = directory.value(_ROWS, 0)
    row_bytes = pixels[0].size
    places = zip(directory.values(_OFFSETS), directory.values(_COUNTS), strict=True)
    return [
        (data[int(at) : int(at + count)], row_bytes * min(rows, len(pixels) - number * rows))
        for number, (at, count) in enumerate(places)
    ]


PICTURES = {
    "noise": np.random.default_rng(0).integers(0, 256, (90, 130, 3), dtype=np.uint8),
    "black": np.zeros((200, 300), np.uint8),
    "slope": np.tile(np.arange(250, dtype=np.uint8), (200, 1)),
    "grain": np.random.default_rng(1).normal(120, 5, (200, 300)).astype(np.uint8),
}


@pytest.mark.parametrize("compression", [LZW, DEFLATE, PACK_BITS, UNCOMPRESSED])
@pytest.mark.parametrize("picture", PICTURES)
def test_whole_strips_give_the_bytes_of_their_rows(picture: str, compression: int) -> None:
    pieces = pieces_of(PICTURES[picture], compression)
    sizes = [unpacked_size(compression, data, 10**9) for data, _ in pieces]
    assert sizes == [needed for _, needed in pieces]


@pytest.mark.parametrize("compression", [LZW, DEFLATE, PACK_BITS])
@pytest.mark.parametrize("picture", PICTURES)
def test_cut_strips_give_too_little_or_are_refused(picture: str, compression: int) -> None:
    unnoticed = []
    for data, needed in pieces_of(PICTURES[picture], compression)[:4]:
        # The last two bytes of LZW may hold nothing but its end mark.
        for missing in range(3, len(data), max(1, len(data) // 40)):
            try:
                given_size = unpacked_size(compression, data[:-missing], needed)
            except ValueError:
                continue
            if given_size >= needed:
                unnoticed.append(missing)
    assert unnoticed == []


@given(st.binary(min_size=1, max_size=300), st.integers(0, 10_000))
def test_deflated_bytes_that_came_out_otherwise_are_refused(content: bytes, flipped: int) -> None:
    data = bytearray(zlib.compress(content))
    bit = flipped % (8 * len(data))
    data[bit // 8] ^= 1 << bit % 8
    try:
        size = unpacked_size(DEFLATE, bytes(data), len(content))
    except ValueError:
        return
    if size <= len(content):  # what gives more is refused by its caller
        assert zlib.decompress(data) == content  # a bit that means nothing, as between two blocks
        assert size == len(content)


@given(st.binary(max_size=400))
def test_any_bytes_are_counted_or_refused_and_counting_ends(data: bytes) -> None:
    for compression in (LZW, DEFLATE, PACK_BITS):
        try:
            size = unpacked_size(compression, data, 100_000)
        except ValueError:
            continue
        assert size >= 0


def test_counting_stops_above_the_limit() -> None:
    bomb = zlib.compress(bytes(50_000_000))
    assert 1000 < unpacked_size(DEFLATE, bomb, 1000) <= 1_000_000
    assert unpacked_size(PACK_BITS, b"\x81\x00" * 1_000_000, 1000) == 1024


def test_code_of_an_entry_that_is_not_there_is_refused() -> None:
    # In codes of 9 bits: clear, 65, then 300, which nothing has made yet.
    bits = f"{256:09b}{65:09b}{300:09b}{257:09b}"
    data = int(bits.ljust(40, "0"), 2).to_bytes(5, "big")
    with pytest.raises(ValueError, match="names an entry that is not there yet"):
        unpacked_size(LZW, data, 100)
