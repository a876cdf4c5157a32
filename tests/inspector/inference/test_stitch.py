"""One map over all tiles: what any tile saw is seen."""

import numpy as np
import pytest

from inspector.bundle import InputSpec
from inspector.flow import TilePlace
from inspector.inference.stitch import stitch_classes, stitch_heatmap
from inspector.preprocess import preprocess
from tests.support.fakes import frame
from tests.support.picture_files import textured


def place(x_px: int, y_px: int) -> TilePlace:
    return TilePlace(x_px=x_px, y_px=y_px)


def test_single_tile_over_the_whole_canvas_is_the_map() -> None:
    tiles = np.arange(12, dtype=np.float32).reshape(1, 3, 4)
    assert np.array_equal(stitch_heatmap(tiles, (place(0, 0),), (3, 4)), tiles[0])


def test_tiles_side_by_side_keep_their_values_and_places() -> None:
    tiles = np.stack([np.full((2, 3), value, dtype=np.float32) for value in (1, 2, 3, 4)])
    places = (place(0, 0), place(3, 0), place(0, 2), place(3, 2))
    assert stitch_heatmap(tiles, places, (4, 6)).tolist() == [
        [1, 1, 1, 2, 2, 2],
        [1, 1, 1, 2, 2, 2],
        [3, 3, 3, 4, 4, 4],
        [3, 3, 3, 4, 4, 4],
    ]


def test_highest_value_stands_where_tiles_overlap_whatever_their_order() -> None:
    tiles = np.array([[[1, 5, 2]], [[4, 3, -1]]], dtype=np.float32)
    places = (place(0, 0), place(1, 0))
    expected = [[1, 5, 3, -1]]
    assert stitch_heatmap(tiles, places, (1, 4)).tolist() == expected
    assert stitch_heatmap(tiles[::-1], places[::-1], (1, 4)).tolist() == expected


def test_values_below_zero_are_kept() -> None:
    tiles = np.full((2, 2, 2), -7.5, dtype=np.float32)
    stitched = stitch_heatmap(tiles, (place(0, 0), place(1, 0)), (2, 3))
    assert stitched.tolist() == [[-7.5] * 3] * 2
    assert stitched.dtype == np.float32


@pytest.mark.parametrize("overlap_px", [0, 3, 7])
def test_tiles_of_a_picture_stitched_again_are_the_picture(overlap_px: int) -> None:
    spec = InputSpec(height_px=8, width_px=8, color="mono", resize="tile", overlap_px=overlap_px)
    pixels = textured(19, 21, 1)
    prepared = preprocess(frame(pixels), spec)
    tiles = prepared.tensor[:, :, :, 0].astype(np.float32)
    stitched = stitch_heatmap(tiles, prepared.places, prepared.canvas_size_px)
    assert np.array_equal(stitched, pixels.astype(np.float32))


def test_tile_without_a_place_is_a_bug() -> None:
    tiles = np.zeros((2, 2, 2), dtype=np.float32)
    with pytest.raises(ValueError, match="zip"):
        stitch_heatmap(tiles, (place(0, 0),), (2, 4))


def test_class_is_the_one_that_the_hotter_tile_sees() -> None:
    classes = np.array([[[1, 1, 1]], [[2, 2, 2]]], dtype=np.uint8)
    heat = np.array([[[1, 5, 2]], [[4, 3, -1]]], dtype=np.float32)
    places = (place(0, 0), place(1, 0))
    expected = [[1, 1, 2, 2]]
    assert stitch_classes(classes, heat, places, (1, 4)).tolist() == expected
    assert stitch_classes(classes[::-1], heat[::-1], places[::-1], (1, 4)).tolist() == expected


def test_single_tile_over_the_whole_canvas_gives_its_classes() -> None:
    classes = np.arange(12, dtype=np.uint8).reshape(1, 3, 4)
    heat = np.zeros((1, 3, 4), dtype=np.float32)
    assert np.array_equal(stitch_classes(classes, heat, (place(0, 0),), (3, 4)), classes[0])
