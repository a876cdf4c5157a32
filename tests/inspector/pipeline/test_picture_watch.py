"""A camera that stands still, or comes back with other settings, is seen at the first picture."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.errors import ChangedPicture, FrozenPicture
from inspector.pipeline.picture_watch import PictureWatch
from tests.support.fakes import frame

RNG = np.random.default_rng(3)


def noisy(size: tuple[int, ...] = (48, 64, 3)) -> NDArray[np.uint8]:
    return RNG.integers(90, 110, size, dtype=np.uint8)


def test_pictures_that_differ_in_one_pixel_pass() -> None:
    watch, pixels = PictureWatch(), noisy()
    for row in range(48):
        pixels = pixels.copy()
        pixels[row, 7, 1] += 1
        watch.check(frame(pixels, frame_id=row))


def test_same_picture_again_is_a_frozen_camera_until_another_comes() -> None:
    watch, pixels = PictureWatch(), noisy()
    watch.check(frame(pixels, frame_id=0))
    for number in (1, 2, 3):
        with pytest.raises(FrozenPicture, match=f"picture {number} is to the last bit the one"):
            watch.check(frame(pixels.copy(), frame_id=number))
    watch.check(frame(noisy(), frame_id=4))


@pytest.mark.parametrize("size", [(24, 32, 3), (48, 64)])
def test_other_form_than_at_the_start_is_refused_until_it_is_back(size: tuple[int, ...]) -> None:
    watch = PictureWatch()
    watch.check(frame(noisy(), frame_id=0))
    for number in (1, 2):
        with pytest.raises(ChangedPicture, match="the run began with 64 x 48 px, colour"):
            watch.check(frame(noisy(size), frame_id=number))
    watch.check(frame(noisy(), frame_id=3))
