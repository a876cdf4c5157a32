"""Where the drawn part lies, and how far its points are from its edges."""

import math

import numpy as np
import pytest

from inspector.capture.synthetic.scene import BOLTS, Scene, clearance, lay_part

SIZE_PX = (384, 512)


def laid(seed: int, size_px: tuple[int, int] = SIZE_PX) -> Scene:
    return lay_part(np.random.default_rng(seed), size_px)


def test_every_plane_is_float32_of_the_pictures_size() -> None:
    scene = laid(0)
    for plane in (scene.x, scene.y, scene.shading, scene.handling, scene.edge):
        assert plane.shape == SIZE_PX
        assert plane.dtype == np.float32
    assert scene.belt.shape == (*SIZE_PX, 3)
    assert scene.belt.dtype == np.float32


@pytest.mark.parametrize("seed", range(20))
def test_part_lies_within_5_px_and_1_6_degrees(seed: int) -> None:
    scene = laid(seed)
    turn = math.atan2(scene.x[1, 0] - scene.x[0, 0], scene.x[0, 1] - scene.x[0, 0])
    row, column = np.unravel_index(np.argmin(scene.x**2 + scene.y**2), SIZE_PX)
    assert abs(math.degrees(turn)) <= 1.61
    assert max(abs(int(row) + 0.5 - 192), abs(int(column) + 0.5 - 256)) <= 5.5


def test_light_level_varies_by_no_more_than_6_percent_each_way() -> None:
    levels = [float(laid(seed).shading.mean()) for seed in range(20)]
    assert 1.05 < max(levels) / min(levels) <= 1.06 / 0.94


def test_half_the_picture_size_halves_the_part() -> None:
    assert laid(0, (192, 256)).scale == 0.5
    assert laid(0, (192, 1000)).scale == 0.5


def test_window_holds_the_points_within_reach() -> None:
    scene = laid(2)
    rows, columns = scene.window(*BOLTS[0], 10.0)
    right, down = scene.x[rows, columns] - BOLTS[0][0], scene.y[rows, columns] - BOLTS[0][1]
    assert (rows.stop - rows.start, columns.stop - columns.start) == (20, 20)
    assert max(np.abs(right).max(), np.abs(down).max()) < 11.0


def test_pixel_on_an_edge_is_half_covered() -> None:
    distances = np.array([-1.0, -0.5, 0.0, 0.25, 0.5, 1.0], dtype=np.float32)
    assert laid(0).cover(distances).tolist() == [1.0, 1.0, 0.5, 0.25, 0.0, 0.0]


@pytest.mark.parametrize(
    ("x", "y", "room"),
    [
        (-162.0, -102.0, -25.0),  # middle of a bolt hole
        (0.0, 0.0, -98.0 + 32.0),  # middle of the bore, 66 from the recess's edge
        (0.0, -82.0, 16.0),  # top of the boss, between its edge and the recess
        (0.0, -126.0, 20.0),  # between the plate's edge and the boss
        (0.0, -150.0, -4.0),  # off the plate
        (152.0, 0.0, -41.0 + 30.0),  # middle of the slot, 11 from its edge
    ],
)
def test_clearance_is_the_distance_to_the_nearest_edge(x: float, y: float, room: float) -> None:
    points = np.array([[x], [y]], dtype=np.float32)
    assert clearance(points[0], points[1]).tolist() == [room]
