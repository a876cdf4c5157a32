"""Each format of an industrial camera becomes the picture that was in front of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inspector.capture.formats.genicam_pixels import PIXEL_FORMATS, to_picture
from inspector.errors import CorruptFrame

SIZE_PX = (6, 8)
FLAT = (40, 90, 200)  # blue, green, red of an evenly lit part


def sent(pixel_format: str, size_px: tuple[int, int], padding: int = 0) -> bytes:
    """What a camera of this format sends of the flat part, by the format's own definition."""
    height_px, width_px = size_px
    name = pixel_format.removesuffix("Packed")
    bits = int("".join(filter(str.isdigit, name)))
    full = (1 << bits) - 1
    blue, green, red = (round(value * full / 255) for value in FLAT)
    if name.startswith("Mono"):
        rows = np.full((height_px, width_px), green)
    elif name.startswith("Bayer"):
        colours = {"R": red, "G": green, "B": blue}
        first, second = name[5], name[6]
        below = {"RG": "GB", "GR": "BG", "GB": "RG", "BG": "GR"}[name[5:7]]
        rows = np.empty((height_px, width_px), dtype=int)
        rows[0::2, 0::2], rows[0::2, 1::2] = colours[first], colours[second]
        rows[1::2, 0::2], rows[1::2, 1::2] = colours[below[0]], colours[below[1]]
    else:
        order = {"B": blue, "G": green, "R": red, "A": full}
        letters = [letter for letter in name.upper() if letter.isalpha()]
        rows = np.tile([order[letter] for letter in letters], (height_px, width_px))
    data = rows.astype("<u2" if bits > 8 else np.uint8).reshape(height_px, -1).view(np.uint8)
    return bytes(np.pad(data, ((0, 0), (0, padding)), constant_values=7).tobytes())


@pytest.mark.parametrize("pixel_format", PIXEL_FORMATS)
@pytest.mark.parametrize("padding", [0, 5])
def test_flat_part_is_flat_and_of_its_colour(pixel_format: str, padding: int) -> None:
    data = sent(pixel_format, SIZE_PX, padding)
    picture = to_picture(data, pixel_format, SIZE_PX, row_padding_bytes=padding, name="cam")
    expected: NDArray[np.uint8] = np.full((*SIZE_PX, 3), FLAT, dtype=np.uint8)
    if pixel_format.startswith("Mono"):
        expected = expected[..., 1]
    assert (picture.dtype, picture.shape) == (expected.dtype, expected.shape)
    assert np.array_equal(picture, expected)


@pytest.mark.parametrize("pixel_format", ["Mono8", "Mono12", "BGR8", "RGB8", "BayerRG8"])
def test_picture_keeps_no_view_of_the_buffer(pixel_format: str) -> None:
    data = bytearray(sent(pixel_format, SIZE_PX))
    picture = to_picture(data, pixel_format, SIZE_PX, name="cam")
    before = picture.copy()
    data[:] = bytes(len(data))
    assert np.array_equal(picture, before)


@given(
    values=st.lists(st.integers(0, 1023), min_size=12, max_size=12),
)
def test_ten_bits_become_eight_exactly(values: list[int]) -> None:
    data = np.array(values, dtype="<u2").tobytes()
    picture = to_picture(data, "Mono10", (3, 4), max_sample=1023, name="cam")
    assert picture.ravel().tolist() == [round(value * 255 / 1023) for value in values]


def test_depth_that_the_bundle_was_not_made_for_is_refused() -> None:
    with pytest.raises(CorruptFrame, match=r"reach 4,095; the bundle was made for 1,023"):
        to_picture(sent("Mono12", SIZE_PX), "Mono12", SIZE_PX, max_sample=1023, name="cam")


def test_format_that_is_not_read_is_named_with_those_that_are() -> None:
    with pytest.raises(CorruptFrame, match=r"'YUV422_8' are not read; set one of Mono8, Mono10"):
        to_picture(b"", "YUV422_8", SIZE_PX, name="cam")


@pytest.mark.parametrize("n_bytes", [0, 1, 47])
def test_buffer_that_is_too_short_is_refused(n_bytes: int) -> None:
    with pytest.raises(CorruptFrame, match=rf"a buffer of {n_bytes} bytes holds no picture of 8 x"):
        to_picture(bytes(n_bytes), "Mono8", SIZE_PX, name="cam")
    with pytest.raises(CorruptFrame, match="holds no picture"):
        to_picture(b"", "Mono8", (0, 8), name="cam")
