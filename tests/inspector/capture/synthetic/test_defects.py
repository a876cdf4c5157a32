"""A defect is painted on a copy, on the part only, and the same way for the same numbers."""

import numpy as np
import pytest

from inspector.capture.synthetic.defects import Defect, paint_defect
from inspector.capture.synthetic.part import paint_part
from inspector.capture.synthetic.scene import Plane, Scene, lay_part


@pytest.fixture(scope="module")
def scene() -> Scene:
    return lay_part(np.random.default_rng(11), (192, 256))


@pytest.fixture(scope="module")
def good(scene: Scene) -> Plane:
    return paint_part(scene)


def spoiled(scene: Scene, good: Plane, kind: Defect, seed: int) -> Plane:
    return paint_defect(scene, good, kind, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", Defect)
def test_good_picture_is_left_as_it_was(scene: Scene, good: Plane, kind: Defect) -> None:
    before = good.copy()
    after = spoiled(scene, good, kind, 0)
    assert np.array_equal(good, before)
    assert (after.dtype, after.shape) == (good.dtype, good.shape)


@pytest.mark.parametrize("kind", Defect)
def test_same_numbers_paint_the_same_defect(scene: Scene, good: Plane, kind: Defect) -> None:
    assert np.array_equal(spoiled(scene, good, kind, 5), spoiled(scene, good, kind, 5))


@pytest.mark.parametrize("kind", [Defect.SCRATCH, Defect.STAIN, Defect.MISSING_HOLE])
@pytest.mark.parametrize("seed", range(10))
def test_belt_is_left_alone(scene: Scene, good: Plane, kind: Defect, seed: int) -> None:
    is_belt = scene.edge > 1.0
    assert np.array_equal(spoiled(scene, good, kind, seed)[is_belt], good[is_belt])


@pytest.mark.parametrize("kind", Defect)
def test_numbers_vary_size_and_place(scene: Scene, good: Plane, kind: Defect) -> None:
    boxes = set()
    for seed in range(12):
        rows, columns = np.nonzero((spoiled(scene, good, kind, seed) != good).any(axis=2))
        boxes.add((rows.min(), rows.max(), columns.min(), columns.max()))
    assert len(boxes) == (4 if kind is Defect.MISSING_HOLE else 12)
