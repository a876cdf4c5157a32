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
    for spread in (full, full // 16 * 16 + 3, full // 257 // 20 * 257, full * 0):
        scaled = to_eight_bits(spread, declared=None, sealed=None, name="x")
        assert np.abs(scaled - spread / 257).max() <= 0.5
    shifted = MONO.astype(np.uint16) * 16  # 8 bits at the upper end of 12
    for dark in (TEN, np.full((4, 4), 4095, np.uint16), TEN // 20 + 1, shifted):
        with pytest.raises(CorruptFrame, match=r"16 bits whose samples end at .* is not read"):
            to_eight_bits(dark, declared=None, sealed=None, name="x")


def test_sample_above_full_light_is_refused() -> None:
    with pytest.raises(CorruptFrame, match="a sample is 1,024; full light is 1,023"):
        to_eight_bits(np.full((4, 4), 1024, np.uint16), declared=None, sealed=1023, name="x")
    with pytest.raises(CorruptFrame, match="it says that its samples reach 15, and holds 16"):
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


def test_significant_bits_spread_as_the_standard_has_it_are_seen() -> None:
    ten = TEN // 4 % 960
    at_upper_end = decode_stored(with_significant_bits(ten * 64, 10), "x")
    replicated = decode_stored(with_significant_bits(ten * 64 + ten // 16, 10), "x")
    assert (at_upper_end.full_light, replicated.full_light) == (65_535, 65_535)


@pytest.mark.parametrize("way", ["shifted", "scaled", "steps of 16"])
def test_picture_that_could_be_either_says_nothing(way: str) -> None:
    few = TEN // 64
    dark = {
        "shifted": few * 16,
        "scaled": np.rint(few * (65_535 / 4095)).astype(np.uint16),
        "steps of 16": np.full((24, 40), 4080, np.uint16),
    }[way]
    data = with_significant_bits(dark, 12)
    assert decode_stored(data, "x").full_light is None
    with pytest.raises(CorruptFrame, match="with nothing to say how many bits"):
        decode_picture(data, "x")
    assert decode_picture(data, "x", 4095).max() == round(int(dark.max()) * 255 / 4095)


def test_significant_bits_of_alpha_do_not_count_and_nonsense_says_nothing() -> None:
    pixels = np.stack([TEN, TEN, TEN, TEN * 0 + 65_535], axis=2)
    rows_ = [row.astype(">u2").tobytes() for row in pixels]
    for depths in ((10, 10, 10, 16), (10, 8, 10, 1)):
        data = png(40, 24, rows_, bits=16, colour=6, extra=chunk(b"sBIT", bytes(depths)))
        assert decode_stored(data, "x").full_light == 1023
    assert decode_stored(with_significant_bits(TEN, 0), "x").full_light is None


def test_depth_that_an_eight_bit_picture_had_before_does_not_darken_it() -> None:
    assert np.array_equal(decode_picture(tiff(MONO, tags={281: (3, [4095])}), "x"), MONO)


@pytest.mark.parametrize("max_sample", [100, 1000, 40_000])
def test_halves_are_rounded_up_where_full_light_is_even(max_sample: int) -> None:
    values = np.arange(max_sample + 1, dtype=np.uint16).reshape(1, -1)
    expected = (values.astype(np.int64) * 510 + max_sample) // (2 * max_sample)
    assert np.array_equal(decode_picture(pnm(values, max_sample), "x"), expected)


def test_black_picture_of_known_bits_is_black() -> None:
    black = np.zeros((4, 4), np.uint16)
    assert not decode_picture(with_significant_bits(black, 12), "x").any()


@pytest.mark.parametrize(
    ("largest", "bits"),
    [(0, 8), (255, 8), (256, 10), (1023, 10), (1024, 12), (4095, 12), (16_383, 14), (65_535, 16)],
)
def test_depth_is_the_smallest_of_those_cameras_have(largest: int, bits: int) -> None:
    assert depth_of(largest) == bits
