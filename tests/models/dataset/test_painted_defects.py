"""Painted defects can be seen, are marked where they are, and leave the good picture alone."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models.dataset.painted_defects import (
    _PAINTERS,
    PaintedPicture,
    paint_defects,
    paint_weak_defect,
)


def surface(seed: int, shape: tuple[int, int, int] = (96, 128, 3)) -> NDArray[np.uint8]:
    """Brushed metal: stripes and noise."""
    rng = np.random.default_rng(seed)
    stripes = 120 + 25 * rng.standard_normal((1, shape[1], 1))
    grain = 6 * rng.standard_normal(shape)
    return np.clip(stripes + grain, 0, 255).astype(np.uint8)


def test_good_picture_and_donor_are_left_as_they_were() -> None:
    good, donor = surface(0), surface(1)
    paint_defects(good, donor, np.random.default_rng(0))
    assert np.array_equal(good, surface(0))
    assert np.array_equal(donor, surface(1))


def test_same_numbers_paint_the_same_defects() -> None:
    first, second = (
        paint_defects(surface(0), surface(1), np.random.default_rng(7)) for _ in range(2)
    )
    assert np.array_equal(first.pixels, second.pixels)
    assert np.array_equal(first.mask, second.mask)


@pytest.mark.parametrize("channels", [1, 3])
def test_every_painted_picture_shows_a_defect_where_its_mask_says(channels: int) -> None:
    good, donor = surface(0, (96, 128, channels)), surface(1, (96, 128, channels))
    for seed in range(60):
        painted = paint_defects(good, donor, np.random.default_rng(seed))
        assert painted.pixels.shape == good.shape
        assert painted.pixels.dtype == np.uint8
        assert painted.mask.shape == good.shape[:2]
        assert painted.mask.dtype == np.bool_
        change = np.abs(painted.pixels.astype(int) - good).max(axis=2)
        assert painted.mask.any()
        assert change[painted.mask].mean() > change[~painted.mask].mean()


def test_defects_come_in_many_sizes() -> None:
    shares = [
        paint_defects(surface(0), surface(1), np.random.default_rng(seed)).mask.mean()
        for seed in range(100)
    ]
    assert np.quantile(shares, 0.1) < 0.005
    assert np.quantile(shares, 0.9) > 0.1


@pytest.mark.parametrize("painter", [painter for painter, _ in _PAINTERS])
def test_each_kind_covers_a_part_of_the_picture_only(painter: object) -> None:
    assert callable(painter)
    picture, donor = surface(0).astype(np.float32), surface(1).astype(np.float32)
    for seed in range(20):
        coat = painter(picture, donor, np.random.default_rng(seed))
        assert coat.fill.shape == picture.shape
        assert coat.cover.shape == picture.shape[:2]
        assert coat.cover.dtype == np.float32
        assert (float(coat.cover.min()), bool(coat.cover.max() <= 1)) == (0.0, True)


@pytest.mark.parametrize("shape", [(96, 128, 1), (7, 128, 3)])
def test_pictures_that_cannot_be_painted_are_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="pictures of"):
        paint_defects(np.zeros(shape, np.uint8), surface(1), np.random.default_rng(0))


def test_weak_defects_are_small_faint_and_visible_where_the_mask_says() -> None:
    good, donor = surface(0), surface(1)
    weak = [paint_weak_defect(good, donor, np.random.default_rng(seed)) for seed in range(40)]
    shown = [painted for painted in weak if painted.mask.any()]
    assert len(shown) >= 35
    assert max(painted.mask.mean() for painted in shown) <= 0.012
    strong = [paint_defects(good, donor, np.random.default_rng(seed)) for seed in range(40)]

    def contrast(painted: PaintedPicture) -> float:
        return float(np.abs(painted.pixels.astype(int) - good)[painted.mask].mean())

    assert np.median([*map(contrast, shown)]) < np.median([*map(contrast, strong)])


def test_weak_defect_that_cannot_be_seen_is_not_painted() -> None:
    black = np.zeros((96, 128, 3), np.uint8)
    painted = paint_weak_defect(black, black, np.random.default_rng(0))
    assert painted.mask.any() or np.array_equal(painted.pixels, black)
