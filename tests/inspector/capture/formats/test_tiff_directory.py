"""A TIFF's directories: they end, and everything they point at lies in the file."""

import struct

import pytest

from inspector.capture.formats.tiff_directory import MAX_DIRECTORIES, MAX_TAGS, read_directories
from inspector.capture.formats.whole_file import walk_file
from inspector.errors import CorruptFrame
from tests.support.picture_files import textured, tiff

MONO = textured(24, 40, 1)


def refusal(data: bytes) -> str:
    """The words of the refusal, by the road that every file takes."""
    with pytest.raises(CorruptFrame) as caught:
        walk_file(data, "part")
    return str(caught.value)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("is_big", [False, True])
def test_values_of_a_tag_are_read_in_the_order_of_the_file(order: str, is_big: bool) -> None:
    data = tiff(MONO, order=order, is_big=is_big, tags={338: (3, [7, 8, 9])})  # type: ignore[arg-type]
    (directory,) = read_directories(data, "part")
    assert directory.order == order
    assert directory.value(256, 0) == 40
    assert directory.values(338).tolist() == [7, 8, 9]
    assert 338 in directory
    assert 999 not in directory
    assert directory.value(999, -1) == -1
    assert directory.values(999).tolist() == []


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
