"""A frame in the bundle's form: the right pixels in the right place, and the way back."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inspector.bundle import InputSpec
from inspector.errors import PreprocessError
from inspector.geometry import AxisMap, Box, PixelRegion
from inspector.preprocess import (
    LETTERBOX_GREY,
    MAX_TILES,
    cut_into_tiles,
    heatmap_on_sensor,
    preprocess,
    resized,
    tile_count,
)
from tests.support.fakes import frame
from tests.support.picture_files import textured


def stretch(height_px: int, width_px: int) -> InputSpec:
    return InputSpec(height_px=height_px, width_px=width_px, color="rgb", resize="stretch")


def letterbox(height_px: int, width_px: int) -> InputSpec:
    return InputSpec(height_px=height_px, width_px=width_px, color="rgb", resize="letterbox")


def tile(side_px: int, overlap_px: int) -> InputSpec:
    return InputSpec(
        height_px=side_px, width_px=side_px, color="mono", resize="tile", overlap_px=overlap_px
    )


@pytest.mark.parametrize("resize", ["stretch", "letterbox", "tile"])
@pytest.mark.parametrize("color", ["rgb", "mono"])
@pytest.mark.parametrize("channels", [1, 3])
def test_tensor_has_the_form_of_the_manifest(resize: str, color: str, channels: int) -> None:
    spec = InputSpec(height_px=16, width_px=24, color=color, resize=resize)  # type: ignore[arg-type]
    prepared = preprocess(frame(textured(40, 60, channels), frame_id=5), spec)
    assert prepared.tensor.shape[1:] == (16, 24, 3 if color == "rgb" else 1)
    assert prepared.tensor.dtype == np.uint8
    assert prepared.tensor.shape[0] == len(prepared.places)
    assert prepared.frame_id == 5


def test_bgr_becomes_rgb() -> None:
    pixels = textured(16, 16)
    prepared = preprocess(frame(pixels), stretch(16, 16))
    assert np.array_equal(prepared.tensor[0], pixels[:, :, ::-1])


def test_mono_is_given_to_all_three_channels() -> None:
    pixels = textured(16, 16, 1)
    tensor = preprocess(frame(pixels), stretch(16, 16)).tensor
    assert all(np.array_equal(tensor[0, :, :, channel], pixels) for channel in range(3))


def test_colour_becomes_mono_by_its_brightness() -> None:
    pixels = np.zeros((8, 8, 3), dtype=np.uint8)
    pixels[:, :3] = (255, 0, 0)
    pixels[:, 3:6] = (0, 255, 0)
    pixels[:, 6:] = (0, 0, 255)
    spec = InputSpec(height_px=8, width_px=8, color="mono", resize="stretch")
    row = preprocess(frame(pixels), spec).tensor[0, 0, :, 0]
    assert row.tolist() == [29, 29, 29, 150, 150, 150, 76, 76]  # 255 x 0.114, 0.587, 0.299


def test_frame_keeps_its_pixels() -> None:
    pixels = textured(30, 30)
    kept = pixels.copy()
    for spec in (stretch(8, 8), letterbox(8, 16), tile(8, 2)):
        preprocess(frame(pixels), spec)
    assert np.array_equal(pixels, kept)


def test_shrinking_averages_over_the_area() -> None:
    pixels = textured(20, 30, 1)
    blocks = pixels.reshape(10, 2, 15, 2).mean(axis=(1, 3))
    shrunk = resized(pixels, 10, 15)
    assert np.abs(shrunk - blocks).max() <= 0.5  # rounded to the nearest grey level


def test_picture_of_the_right_size_is_not_touched() -> None:
    pixels = textured(20, 30)
    assert resized(pixels, 20, 30) is pixels


def test_stretched_picture_maps_back_to_the_whole_sensor() -> None:
    prepared = preprocess(frame(textured(60, 100)), stretch(16, 32))
    canvas = Box(x_px=0, y_px=0, width_px=32, height_px=16)
    assert prepared.to_sensor.box(canvas) == Box(x_px=0, y_px=0, width_px=100, height_px=60)
    assert (prepared.canvas_size_px, len(prepared.places)) == ((16, 32), 1)


@pytest.mark.parametrize("size_px", [(60, 100), (100, 60), (7, 300), (16, 32), (1, 1), (9, 8)])
def test_letterboxed_picture_maps_back_to_the_whole_sensor(size_px: tuple[int, int]) -> None:
    spec = letterbox(16, 32)
    prepared = preprocess(frame(np.full((*size_px, 3), 255, dtype=np.uint8)), spec)
    rows, columns = np.nonzero((prepared.tensor[0] == 255).all(axis=2))
    inner = Box(
        x_px=int(columns.min()),
        y_px=int(rows.min()),
        width_px=int(np.ptp(columns)) + 1,
        height_px=int(np.ptp(rows)) + 1,
    )
    assert inner.width_px * inner.height_px == len(rows)
    assert inner.width_px == 32 or inner.height_px == 16
    back = prepared.to_sensor.box(inner)
    assert (back.x_px, back.y_px) == pytest.approx((0, 0), abs=1e-9)
    assert (back.height_px, back.width_px) == pytest.approx(size_px)


def test_letterbox_keeps_the_shape_and_fills_up_with_grey_on_both_sides() -> None:
    pixels = textured(20, 20)
    tensor = preprocess(frame(pixels), letterbox(20, 36)).tensor[0]
    assert np.array_equal(tensor[:, 8:28], pixels[:, :, ::-1])
    assert set(np.unique(tensor[:, :8])) | set(np.unique(tensor[:, 28:])) == {LETTERBOX_GREY}


@pytest.mark.parametrize("size_px", [(8, 8), (9, 30), (50, 50), (23, 41), (65, 8)])
@pytest.mark.parametrize("overlap_px", [0, 1, 3, 7])
def test_tiles_cover_every_pixel_and_hold_what_is_there(
    size_px: tuple[int, int], overlap_px: int
) -> None:
    spec = tile(8, overlap_px)
    pixels = textured(*size_px, 1)
    if overlap_px == 7:
        pixels = pixels[:20, :20]
    prepared = preprocess(frame(pixels), spec)
    covered = np.zeros(pixels.shape, dtype=int)
    for tensor, place in zip(prepared.tensor, prepared.places, strict=True):
        window = np.s_[place.y_px : place.y_px + 8, place.x_px : place.x_px + 8]
        assert np.array_equal(tensor[:, :, 0], pixels[window])
        covered[window] += 1
    assert covered.min() == 1
    assert len({(place.x_px, place.y_px) for place in prepared.places}) == len(prepared.places)
    assert prepared.canvas_size_px == pixels.shape
    assert prepared.to_sensor == AxisMap(scale_x=1.0, scale_y=1.0)


def test_neighbouring_tiles_overlap_by_at_least_what_was_asked() -> None:
    for length_px, overlap_px in itertools.product(range(16, 90), (0, 3, 8)):
        pixels = np.zeros((16, length_px), dtype=np.uint8)
        prepared = preprocess(frame(pixels), tile(16, overlap_px))
        starts = sorted(place.x_px for place in prepared.places)
        assert starts[-1] + 16 == length_px
        steps = [b - a for a, b in itertools.pairwise(starts)]
        assert max(steps, default=0) <= 16 - overlap_px


def test_picture_smaller_than_a_tile_is_filled_up_with_its_edge() -> None:
    pixels = textured(5, 6, 1)
    prepared = preprocess(frame(pixels), tile(8, 0))
    expected: NDArray[np.uint8] = np.pad(pixels, ((0, 3), (0, 2)), mode="edge")
    assert prepared.tensor.shape == (1, 8, 8, 1)
    assert np.array_equal(prepared.tensor[0, :, :, 0], expected)
    assert prepared.canvas_size_px == (5, 6)


def test_picture_of_too_many_tiles_is_refused_by_name_of_the_limit() -> None:
    most = preprocess(frame(np.zeros((128, 128), dtype=np.uint8)), tile(8, 0))
    assert len(most.places) == MAX_TILES
    with pytest.raises(PreprocessError, match="129 x 128 px needs 272 tiles; at most 256"):
        preprocess(frame(np.zeros((128, 129), dtype=np.uint8)), tile(8, 0))


def test_heat_lies_on_the_sensor_where_the_network_saw_it() -> None:
    """A slope over the canvas, sampled at pixel centres, is the same slope over the sensor."""
    to_sensor = AxisMap(scale_x=4.0, scale_y=2.0, offset_x_px=-6.0, offset_y_px=3.0)
    x = np.arange(30, dtype=np.float32) + 0.5
    y = np.arange(20, dtype=np.float32)[:, None] + 0.5
    on_sensor = heatmap_on_sensor((x + 100 * y).astype(np.float32), to_sensor, (48, 120))
    sensor_x = np.arange(120) + 0.5
    sensor_y = np.arange(48)[:, None] + 0.5
    expected = (sensor_x + 6) / 4 + 100 * (sensor_y - 3) / 2
    inside = np.s_[5:40, 8:100]  # beyond, the map has ended
    # warpAffine interpolates in steps of 1/32 px.
    assert np.abs(on_sensor - expected)[inside].max() <= (1 + 100) / 32
    assert on_sensor.dtype == np.float32
    assert on_sensor.shape == (48, 120)


def test_heat_of_a_letterboxed_frame_returns_to_its_spot() -> None:
    pixels = np.zeros((40, 80, 3), dtype=np.uint8)
    pixels[12:16, 60:64] = 255
    prepared = preprocess(frame(pixels), letterbox(40, 40))
    heat = prepared.tensor[0, :, :, 0].astype(np.float32)
    rows, columns = np.nonzero(heatmap_on_sensor(heat, prepared.to_sensor, (40, 80)) > 128)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (12, 15, 60, 63)


@pytest.mark.parametrize("size_px", [(1000, 20), (20, 1000), (1000, 70), (70, 1000), (400, 300)])
def test_resizing_leaves_no_pixel_unread_however_the_axes_shrink(size_px: tuple[int, int]) -> None:
    """A single bright line, wherever it lies, shows in the small picture."""
    for axis in (0, 1):
        for place in range(0, size_px[axis], 7):
            pixels = np.zeros(size_px, dtype=np.uint8)
            pixels[(slice(None), place) if axis else place] = 255
            assert resized(pixels, 48, 64).any()


@pytest.mark.parametrize(
    ("from_px", "to_px"), [(1601, 224), (3354, 224), (3355, 224), (1941, 256), (2045, 256)]
)
@pytest.mark.parametrize("axis", [0, 1])
def test_last_line_of_an_odd_side_is_read_too(from_px: int, to_px: int, axis: int) -> None:
    size_px, to = ((from_px, 100), (to_px, 64)) if axis == 0 else ((100, from_px), (64, to_px))
    plain = np.full(size_px, 100, dtype=np.uint8)
    before = resized(plain, *to)
    for place in (-1, -2, -3):
        pixels = plain.copy()
        pixels[(slice(None), place) if axis else place] = 255
        assert (resized(pixels, *to) != before).any()


@given(
    st.integers(60, 700),
    st.integers(60, 700),
    st.integers(16, 80),
    st.integers(16, 80),
    st.booleans(),
)
def test_every_place_keeps_its_place_whatever_the_sizes(
    height_in_px: int, width_in_px: int, height_px: int, width_px: int, is_mono: bool
) -> None:
    """A slope stays the same slope: nothing is shifted, at odd sizes neither."""
    y, x = np.mgrid[:height_in_px, :width_in_px]
    slope = 255 * (x + 0.5) / width_in_px, 255 * (y + 0.5) / height_in_px
    picture = np.stack([slope[0], slope[1], slope[0]], axis=2).astype(np.uint8)
    picture = picture[..., 0] if is_mono else picture
    small = resized(picture, height_px, width_px).astype(float)
    y, x = np.mgrid[:height_px, :width_px]
    expected = 255 * (x + 0.5) / width_px - 0.5, 255 * (y + 0.5) / height_px - 0.5
    found = (small,) if is_mono else (small[..., 0], small[..., 1])
    # At the rim a linear step has no neighbour to lean on; elsewhere levels are rounded.
    inside = (slice(2, -2), slice(2, -2))
    for channel, wanted in zip(found, expected, strict=False):
        assert float(np.abs(channel[inside] - wanted[inside]).max()) < 3.0


def test_halving_is_the_mean_of_four() -> None:
    rng = np.random.default_rng(4)
    picture = rng.integers(0, 256, (64, 96, 3), dtype=np.uint8)
    blocks = picture.reshape(32, 2, 48, 2, 3).astype(float).mean(axis=(1, 3))
    assert np.abs(resized(picture, 32, 48) - blocks).max() <= 0.5


def test_region_is_all_that_is_seen_and_maps_back_to_the_sensor() -> None:
    pixels = np.zeros((60, 80, 3), dtype=np.uint8)
    pixels[20:40, 30:70] = 200
    region = PixelRegion(x_px=30, y_px=20, width_px=40, height_px=20)
    prepared = preprocess(frame(pixels), stretch(10, 20), region)
    assert set(prepared.tensor.ravel().tolist()) == {200}
    box = prepared.to_sensor.box(Box(x_px=0, y_px=0, width_px=20, height_px=10))
    assert box == Box(x_px=30.0, y_px=20.0, width_px=40.0, height_px=20.0)


def test_region_beyond_the_picture_is_refused_with_both_sizes() -> None:
    region = PixelRegion(x_px=30, y_px=20, width_px=60, height_px=20)
    with pytest.raises(PreprocessError, match="80 x 60 px; the region to inspect ends at 90, 40"):
        preprocess(frame(np.zeros((60, 80), dtype=np.uint8)), stretch(10, 20), region)


@pytest.mark.parametrize("scale", [0.5, 0.8, 1.0, 1.7])
def test_tiles_of_a_scaled_picture_cover_it_and_map_back_to_the_sensor(scale: float) -> None:
    spec = replace(tile(16, 4), scale=scale)
    pixels = textured(60, 41, 1)
    prepared = preprocess(frame(pixels), spec)
    height_px, width_px = prepared.canvas_size_px
    assert (height_px, width_px) == (round(60 * scale), round(41 * scale))
    canvas = resized(pixels, height_px, width_px)
    for tensor, place in zip(prepared.tensor, prepared.places, strict=True):
        window = np.s_[place.y_px : place.y_px + 16, place.x_px : place.x_px + 16]
        assert np.array_equal(tensor[:, :, 0], canvas[window])
    box = prepared.to_sensor.box(Box(x_px=0, y_px=0, width_px=width_px, height_px=height_px))
    assert (box.width_px, box.height_px) == pytest.approx((41, 60))


def test_scaled_picture_smaller_than_a_tile_is_filled_up() -> None:
    spec = replace(tile(16, 4), scale=0.5)
    pixels = np.full((10, 60), 200, np.uint8)
    assert (preprocess(frame(pixels), spec).tensor == 200).all()
    assert preprocess(frame(pixels), spec).canvas_size_px == (5, 30)


def test_mask_is_cut_as_its_picture_is() -> None:
    spec = replace(tile(16, 4), scale=0.6)
    pixels = textured(100, 41, 1)
    assert (cut_into_tiles(pixels, spec) == preprocess(frame(pixels), spec).tensor[..., 0]).all()
    n_tiles = len(preprocess(frame(pixels), spec).places)
    assert tile_count((100, 41), spec) == n_tiles == 10


def test_picture_of_too_many_tiles_is_not_enlarged_first() -> None:
    spec = replace(tile(16, 4), scale=4.0)
    with pytest.raises(PreprocessError, match=r"a picture of 900 x 900 px needs \d+ tiles"):
        preprocess(frame(np.zeros((900, 900), np.uint8)), spec)
