"""What is painted is the picture, pixel by pixel, and it is moved no further than it reaches."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from inspector.flow import Region
from inspector.geometry import AxisMap, Box
from ui.theme.colours import VERMILION
from ui.widgets.picture_view import MAX_ZOOM, Picture, PictureView, heat_image, image_of

GROUND = "#101112"


def view_of(picture: Picture | None, size: tuple[int, int] = (400, 300)) -> PictureView:
    view = PictureView(GROUND)
    view.resize(*size)
    view.show_picture(picture)
    view.show()
    return view


def colour_at(view: PictureView, x: int, y: int) -> str:
    return QColor(view.grab().toImage().pixel(x, y)).name()


@pytest.mark.parametrize("width_px", [1, 2, 3, 5, 641])
def test_picture_of_any_width_comes_out_as_it_is(width_px: int) -> None:
    rng = np.random.default_rng(width_px)
    pixels = rng.integers(0, 256, (3, width_px, 3), dtype=np.uint8)
    image = image_of(pixels)
    for y in range(3):
        for x in {0, width_px // 2, width_px - 1}:
            colour = QColor(image.pixel(x, y))
            assert [colour.blue(), colour.green(), colour.red()] == pixels[y, x].tolist()
    mono = image_of(pixels[..., 0])
    assert QColor(mono.pixel(width_px - 1, 2)).red() == pixels[2, width_px - 1, 0]


def test_slice_of_a_larger_picture_is_shown_as_its_own(qtbot: QtBot) -> None:
    whole = np.zeros((40, 60, 3), dtype=np.uint8)
    whole[10:20, 30:50] = 255
    whole.setflags(write=False)
    image = image_of(whole[10:20, 30:50])
    assert {QColor(image.pixel(x, y)).name() for x in range(20) for y in range(10)} == {"#ffffff"}


def test_whole_picture_is_shown_in_the_middle_of_its_ground(qtbot: QtBot) -> None:
    view = view_of(Picture(pixels=np.full((100, 100, 3), 200, dtype=np.uint8)))
    assert (view.zoom, view.is_fitted) == (3.0, True)
    assert colour_at(view, 25, 150) == GROUND
    assert colour_at(view, 200, 150) == "#c8c8c8"


def test_nothing_to_show_is_ground_alone(qtbot: QtBot) -> None:
    view = view_of(None)
    assert colour_at(view, 200, 150) == GROUND
    view.zoom_by(2.0)
    view.fit()


def test_point_under_the_pointer_keeps_its_place(qtbot: QtBot) -> None:
    pixels = np.zeros((100, 100, 3), dtype=np.uint8)
    pixels[70:80, 20:30] = 255
    view = view_of(Picture(pixels=pixels), (300, 300))
    about = QPointF(3 * 25, 3 * 75)
    assert colour_at(view, round(about.x()), round(about.y())) == "#ffffff"
    for _ in range(6):
        view.zoom_by(1.25, about)
        assert colour_at(view, round(about.x()), round(about.y())) == "#ffffff"
    assert not view.is_fitted


def test_zoom_ends_where_pixels_are_plain_and_where_all_is_seen(qtbot: QtBot) -> None:
    view = view_of(Picture(pixels=np.zeros((100, 100, 3), dtype=np.uint8)))
    view.zoom_by(1e6)
    assert view.zoom == MAX_ZOOM
    view.zoom_by(1e-6)
    assert view.is_fitted


def test_picture_is_dragged_to_its_edge_and_no_further(qtbot: QtBot) -> None:
    pixels = np.zeros((100, 100, 3), dtype=np.uint8)
    pixels[:, 0] = 255  # the left edge
    view = view_of(Picture(pixels=pixels))
    view.zoom_by(4.0)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 150))
    qtbot.mouseMove(view, QPoint(9_000, 150))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 150))
    assert colour_at(view, 3, 150) == "#ffffff"
    view.mouseDoubleClickEvent(None)  # type: ignore[arg-type]
    assert view.is_fitted


def test_outline_and_heat_lie_where_the_region_is(qtbot: QtBot) -> None:
    heat = np.zeros((10, 10), dtype=np.float32)
    heat[5, 5] = 2.0
    box = Box(x_px=50, y_px=50, width_px=10, height_px=10)
    picture = Picture(
        pixels=np.zeros((100, 100, 3), dtype=np.uint8),
        heat=heat,
        to_sensor=AxisMap(scale_x=10.0, scale_y=10.0),
        threshold=0.5,
        regions=(Region(box_sensor_px=box, peak=2.0),),
    )
    view = view_of(picture)
    middle = QColor(view.grab().toImage().pixel(50 + 3 * 55, 3 * 55))
    assert middle.red() > 120 > 60 > middle.blue()
    assert colour_at(view, 50 + 3 * 50 - 3, 3 * 55) == VERMILION.lower()
    assert colour_at(view, 50 + 3 * 20, 3 * 20) == "#000000"
    view.show_heat(False)
    assert colour_at(view, 50 + 3 * 55, 3 * 55) == "#000000"


def test_heat_below_the_threshold_is_clear_and_grows_to_yellow() -> None:
    image = heat_image(np.array([[0.4, 0.5, 0.65, 2.0]], dtype=np.float32), 0.5)
    alphas = [image.pixelColor(x, 0).alpha() for x in range(4)]
    assert alphas[0] == alphas[1] == 0 < alphas[2] < alphas[3]
    hot = image.pixelColor(3, 0)
    assert abs(hot.red() - 0xF0) + abs(hot.green() - 0xE4) + abs(hot.blue() - 0x42) < 6
