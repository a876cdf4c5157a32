"""Shown pictures lie, colour and size, as promised."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.flow import Region
from inspector.geometry import Box
from inspector.opencv import cv2
from inspector.report.overlay import heat_overlay, thumbnail

GREY = np.full((100, 200, 3), 128, dtype=np.uint8)
THRESHOLD = 0.4


def noise(*shape: int) -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


def decoded(data: bytes) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return np.asarray(picture, dtype=np.uint8)


def heat(value: float) -> NDArray[np.float32]:
    """A square of 40 px of heat in a cold map."""
    cells = np.zeros(GREY.shape[:2], dtype=np.float32)
    cells[30:70, 80:120] = value
    return cells


def overlaid(value: float, threshold: float = THRESHOLD) -> NDArray[np.int16]:
    data = heat_overlay(GREY, heat(value), threshold, (), max_side_px=200)
    return decoded(data).astype(np.int16)


def change_inside(value: float) -> int:
    return int(np.abs(overlaid(value)[50, 100] - 128).max())


@pytest.mark.parametrize(
    ("size_px", "max_side_px", "shown_px"),
    [
        ((1000, 2000), 500, (250, 500)),
        ((2000, 1000), 500, (500, 250)),
        ((100, 200), 500, (250, 500)),  # enlarged to the size asked for
        ((20, 30), 500, (80, 120)),  # but never more than four times
        ((1, 3000), 500, (1, 500)),  # a line of pixels stays a picture
    ],
)
def test_shown_picture_has_the_size_asked_for(
    size_px: tuple[int, int], max_side_px: int, shown_px: tuple[int, int]
) -> None:
    pixels = noise(*size_px)
    cold = np.zeros(size_px, dtype=np.float32)
    plain = thumbnail(pixels, max_side_px=max_side_px)
    laid = heat_overlay(pixels, cold, THRESHOLD, (), max_side_px=max_side_px)
    assert decoded(plain).shape == shown_px
    assert decoded(laid).shape == (*shown_px, 3)


def test_heat_up_to_the_threshold_leaves_the_picture_as_it_was() -> None:
    plain = thumbnail(GREY, max_side_px=200)
    assert heat_overlay(GREY, heat(THRESHOLD), THRESHOLD, (), max_side_px=200) == plain
    assert heat_overlay(GREY, None, THRESHOLD, (), max_side_px=200) == plain


def test_heat_grows_stronger_and_is_full_well_above_the_threshold() -> None:
    changes = [change_inside(value) for value in (0.42, 0.48, 0.54, 0.6)]
    assert changes == sorted(set(changes))
    assert np.array_equal(overlaid(0.8), overlaid(80.0))
    # 0.4 of the grey and 0.6 of the map's last colour, give or take the JPEG's rounding.
    assert np.abs(overlaid(0.8)[50, 100] - [150, 202, 202]).max() <= 3


def test_heat_changes_nothing_elsewhere() -> None:
    assert np.abs(overlaid(0.8)[:, :60] - 128).max() <= 1


def test_threshold_that_is_not_positive_colours_from_it_upwards() -> None:
    assert np.abs(overlaid(0.8, threshold=0.0)[50, 100] - [150, 202, 202]).max() <= 3
    assert np.abs(overlaid(0.0, threshold=0.0) - 128).max() == 0


def test_value_that_is_no_number_shows_no_heat() -> None:
    cells = heat(0.8)
    cells[:, :60] = np.nan
    shown = decoded(heat_overlay(GREY, cells, THRESHOLD, (), max_side_px=200)).astype(np.int16)
    assert np.abs(shown[:, :48] - 128).max() <= 1


def test_region_is_outlined_around_its_place_at_the_pictures_scale() -> None:
    box = Box(x_px=80, y_px=30, width_px=40, height_px=40)
    regions = (Region(box_sensor_px=box, peak=1.0),)
    shown = decoded(heat_overlay(GREY, None, THRESHOLD, regions, max_side_px=400))
    ys, xs = np.nonzero(shown.max(axis=2) > 200)
    assert (xs.min(), xs.max(), ys.min(), ys.max()) == (157, 243, 57, 143)
    assert np.abs(shown[80:120, 180:220].astype(np.int16) - 128).max() <= 1


def test_region_at_the_rim_is_outlined_inside_the_picture() -> None:
    box = Box(x_px=-20, y_px=-20, width_px=400, height_px=400)
    regions = (Region(box_sensor_px=box, peak=1.0),)
    shown = decoded(heat_overlay(GREY, None, THRESHOLD, regions, max_side_px=200))
    ys, xs = np.nonzero(shown.max(axis=2) > 200)
    assert (xs.min(), xs.max(), ys.min(), ys.max()) == (1, 198, 1, 98)


def test_picture_and_heat_are_not_changed_and_may_be_read_only() -> None:
    pixels, cells = GREY.copy(), heat(0.8)
    pixels.setflags(write=False)
    cells.setflags(write=False)
    region = Region(box_sensor_px=Box(x_px=9, y_px=9, width_px=9, height_px=9), peak=1.0)
    for side_px in (100, 200, 400):
        heat_overlay(pixels, cells, THRESHOLD, (region,), max_side_px=side_px)
    assert np.array_equal(pixels, GREY)
    assert np.array_equal(cells, heat(0.8))


def test_heat_of_another_size_than_the_picture_is_misuse() -> None:
    with pytest.raises(ValueError, match=r"heat map \(3, 4\) over a picture \(100, 200\)"):
        heat_overlay(GREY, np.zeros((3, 4), np.float32), THRESHOLD, (), max_side_px=200)
