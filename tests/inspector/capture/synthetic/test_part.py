"""The painted part shows its features where the drawing has them."""

import numpy as np
import pytest

from inspector.capture.synthetic.part import bare_face, paint_part
from inspector.capture.synthetic.scene import BOLTS, DOWELS, SLOT_AT, Plane, Scene, lay_part


@pytest.fixture(scope="module")
def scene() -> Scene:
    return lay_part(np.random.default_rng(7), (384, 512))


@pytest.fixture(scope="module")
def painted(scene: Scene) -> Plane:
    return paint_part(scene)


def brightness(scene: Scene, painted: Plane, at: tuple[float, float], reach: float) -> float:
    return float(painted[scene.window(*at, reach)].mean())


def test_paint_is_finite_float32_and_never_below_black(painted: Plane) -> None:
    assert painted.shape == (384, 512, 3)
    assert painted.dtype == np.float32
    assert np.isfinite(painted).all()
    assert painted.min() >= 0.0


@pytest.mark.parametrize("at", [(0.0, 0.0), *BOLTS, *DOWELS])
def test_holes_are_dark(scene: Scene, painted: Plane, at: tuple[float, float]) -> None:
    assert brightness(scene, painted, at, 3.0) < 0.15


def test_slot_is_darker_than_the_face_and_lighter_than_a_hole(scene: Scene, painted: Plane) -> None:
    assert 0.15 < brightness(scene, painted, SLOT_AT, 5.0) < 0.35


def test_face_is_bright_on_a_dark_belt(scene: Scene, painted: Plane) -> None:
    assert brightness(scene, painted, (120.0, 110.0), 8.0) > 0.4
    assert painted[:20].max() < 0.25


def test_upper_bevel_is_lighter_than_the_lower_one(scene: Scene, painted: Plane) -> None:
    upper, lower = (brightness(scene, painted, (0.0, y), 1.0) for y in (-143.5, 143.5))
    assert upper > 2 * lower


def test_bare_face_is_the_painted_face_where_nothing_was_cut(scene: Scene, painted: Plane) -> None:
    window = scene.window(138.0, 60.0, 6.0)
    np.testing.assert_allclose(bare_face(scene, window), painted[window], rtol=0, atol=1e-5)
