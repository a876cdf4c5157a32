"""Samples of any depth come to 8 bits by what is known of them, or are refused."""

import numpy as np
import pytest

from inspector.capture.files.image_file import decode_picture, decode_stored
from inspector.capture.formats.sample_depth import (
    depth_of,
    to_eight_bits,
)
from inspector.errors import CorruptFrame
from tests.support.picture_files import chunk, png, pnm, textured, tiff

MONO = textured(24, 40, 1)
TEN = MONO.astype(np.uint16) * 4 + 2  # up to 958


def rows(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint16]]) -> list[bytes]:
    return [row.astype(">u2").tobytes() for row in pixels]


def with_significant_bits(
    pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint16]], *bits: int
) -> bytes:
    height_px, width_px = pixels.shape
    return png(width_px, height_px, rows(pixels), bits=16, extra=chunk(b"sBIT", bytes(bits)))


@pytest.mark.parametrize("bits", [8, 9, 10, 12, 14, 16])
def test_every_value_of_a_depth_is_scaled_to_the_nearest(bits: int) -> None:
    full = (1 << bits) - 1
    values = np.arange(full + 1, dtype=np.uint16).reshape(1, -1)
    scaled = to_eight_bits(values, declared=None, sealed=full, name="x")
    assert scaled.dtype == np.uint8
    assert np.array_equal(scaled, (values.astype(np.int64) * 510 + full) // (2 * full))


def test_eight_bits_stay_as_they_are_whatever_the_bundle_says_of_sixteen() -> None:
    for sealed in (None, 1023, 65_535):
        assert np.array_equal(to_eight_bits(MONO, declared=None, sealed=sealed, name="x"), MONO)


def test_where_nobody_says_the_depth_a_picture_that_shows_none_is_refused() -> None:
    full = MONO.astype(np.uint16) * 257
    for spread in (full, full // 16 * 16 + 3, full // 256 * 16, full * 0):
        scaled = to_eight_bits(spread, declared=None, sealed=None, name="x")
        assert np.abs(scaled - spread / 257).max() <= 0.5
    for dark in (TEN, np.full((4, 4), 4095, np.uint16), TEN // 20 + 1):
        with pytest.raises(CorruptFrame, match=r"16 bits whose samples end at .* is not read"):
            to_eight_bits(dark, declared=None, sealed=None, name="x")


def test_sample_above_full_light_is_refused() -> None:
    with pytest.raises(CorruptFrame, match="a sample is 1,024; full light is 1,023"):
        to_eight_bits(np.full((4, 4), 1024, np.uint16), declared=None, sealed=1023, name="x")
    with pytest.raises(CorruptFrame, match="a sample is 16; full light is 15"):
        to_eight_bits(np.full((4, 4), 16, np.uint8), declared=15, sealed=None, name="x")


def test_file_and_bundle_that_differ_are_refused() -> None:
    with pytest.raises(CorruptFrame, match=r"samples reach 4,095; the bundle was made for 1,023"):
        to_eight_bits(TEN, declared=4095, sealed=1023, name="x")
    agreed = to_eight_bits(TEN, declared=1023, sealed=1023, name="x")
    assert np.array_equal(agreed, to_eight_bits(TEN, declared=1023, sealed=None, name="x"))


@pytest.mark.parametrize("max_sample", [1023, 4095])
def test_netpbm_and_tiff_say_their_own_depth(max_sample: int) -> None:
    expected = to_eight_bits(TEN, declared=None, sealed=max_sample, name="x")
    assert np.array_equal(decode_picture(pnm(TEN, max_sample), "x"), expected)
    tagged = tiff(TEN, tags={281: (3, [max_sample])})
    assert np.array_equal(decode_picture(tagged, "x"), expected)


@pytest.mark.parametrize("brightest", [958, 700, 3])
def test_brightest_sample_of_one_picture_is_not_taken_for_full_light(brightest: int) -> None:
    """Some writers put it into the TIFF's tag."""
    stored = decode_stored(tiff(TEN, tags={281: (3, [brightest])}), "x")
    assert stored.full_light is None


def test_significant_bits_at_the_lower_end_are_seen() -> None:
    stored = decode_stored(with_significant_bits(TEN, 10), "x")
    assert stored.full_light == 1023
    assert np.array_equal(stored.samples, TEN)


@pytest.mark.parametrize("brightest", [960, 500, 10])
def test_significant_bits_spread_as_the_standard_has_it_are_seen(brightest: int) -> None:
    ten = TEN // 4 % brightest
    at_upper_end = decode_stored(with_significant_bits(ten * 64, 10), "x")
    replicated = decode_stored(with_significant_bits(ten * 64 + ten // 16, 10), "x")
    assert (at_upper_end.full_light, replicated.full_light) == (65_535, 65_535)


def test_significant_bits_that_differ_between_channels_say_nothing() -> None:
    assert decode_stored(with_significant_bits(TEN, 10, 12), "x").full_light is None
    assert decode_stored(with_significant_bits(TEN, 0), "x").full_light is None


def test_black_picture_of_known_bits_is_black() -> None:
    black = np.zeros((4, 4), np.uint16)
    assert not decode_picture(with_significant_bits(black, 12), "x").any()


@pytest.mark.parametrize(
    ("largest", "bits"),
    [(0, 8), (255, 8), (256, 10), (1023, 10), (1024, 12), (4095, 12), (16_383, 14), (65_535, 16)],
)
def test_depth_is_the_smallest_of_those_cameras_have(largest: int, bits: int) -> None:
    assert depth_of(largest) == bits
