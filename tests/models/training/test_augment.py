"""Variations keep shape and labels together, and do only what the part allows."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from models.training.augment import Augmentation, augment

STILL = Augmentation(light=0, noise_levels=0, blur_px=0, shift=0, scale=0, turn_deg=0)


def picture(height: int = 40, width: int = 60, channels: int = 3) -> NDArray[np.uint8]:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (height, width, channels), dtype=np.uint8)


def marked(height: int = 40, width: int = 60) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A bright square on a dark part, and its mask."""
    pixels = np.full((height, width, 3), 40, np.uint8)
    mask = np.zeros((height, width), np.uint8)
    pixels[10:16, 20:30] = 200
    mask[10:16, 20:30] = 3
    return pixels, mask


def test_nothing_changes_where_everything_is_held_still() -> None:
    varied, mask = augment(picture(), None, STILL, np.random.default_rng(1))
    assert np.array_equal(varied, picture())
    assert mask is None


def test_same_numbers_give_the_same_variation() -> None:
    first, second = (
        augment(picture(), None, Augmentation(), np.random.default_rng(3))[0] for _ in range(2)
    )
    assert np.array_equal(first, second)


@pytest.mark.parametrize("channels", [1, 3])
def test_shape_and_type_stay(channels: int) -> None:
    for seed in range(10):
        varied, _ = augment(
            picture(channels=channels), None, Augmentation(), np.random.default_rng(seed)
        )
        assert varied.shape == (40, 60, channels)
        assert varied.dtype == np.uint8
        assert varied.flags.c_contiguous


def test_mask_moves_with_the_picture() -> None:
    how = Augmentation(light=0, noise_levels=0, blur_px=0, shift=0.1, scale=0.1, turn_deg=5)
    for seed in range(20):
        pixels, mask = augment(*marked(), how, np.random.default_rng(seed))
        assert mask is not None
        assert set(np.unique(mask)) == {0, 3}
        bright = pixels[..., 0] > 120
        assert (bright & (mask == 3)).sum() / (bright | (mask == 3)).sum() > 0.7


def test_part_is_neither_mirrored_nor_turned_unless_allowed() -> None:
    pixels, _ = marked(60, 60)
    for seed in range(20):
        varied, _ = augment(pixels, None, STILL, np.random.default_rng(seed))
        assert np.array_equal(varied, pixels)


@pytest.mark.parametrize(
    ("allowed", "n_views"),
    [("may_flip_sideways", 2), ("may_flip_upside_down", 2), ("may_turn_quarters", 4)],
)
def test_what_the_part_allows_is_done_to_picture_and_mask(allowed: str, n_views: int) -> None:
    pixels, mask = marked(60, 60)
    seen = set()
    for seed in range(40):
        varied, moved = augment(
            pixels, mask, replace(STILL, **{allowed: True}), np.random.default_rng(seed)
        )
        assert moved is not None
        assert np.array_equal(varied[..., 0] == 200, moved == 3)
        seen.add(varied.tobytes())
    assert len(seen) == n_views


def test_picture_that_is_not_square_is_not_turned_by_quarters() -> None:
    how = replace(STILL, may_turn_quarters=True)
    for seed in range(8):
        varied, _ = augment(picture(), None, how, np.random.default_rng(seed))
        assert np.array_equal(varied, picture())
