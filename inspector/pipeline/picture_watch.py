"""Sees what no single picture shows: that a camera stands still, or gives others than before."""

import numpy as np
from numpy.typing import NDArray

from inspector.errors import ChangedPicture, FrozenPicture
from inspector.flow import Frame

_EVERY = 16  # rows that are compared first: two pictures of a sensor differ in nearly all


class PictureWatch:
    """Of one camera, for one run, through every reconnection. For one thread."""

    def __init__(self) -> None:
        self._last: NDArray[np.uint8] | None = None
        self._shape: tuple[int, ...] | None = None

    def check(self, frame: Frame) -> None:
        """Compare a picture with those before.

        Raises:
            FrozenPicture: It is, to the last bit, the one before.
            ChangedPicture: It has another size or kind than the first one of the run.
        """
        pixels, last = frame.pixels, self._last
        if self._shape is None:
            self._shape = pixels.shape
        self._last = pixels
        if pixels.shape != self._shape:
            raise ChangedPicture(
                f"picture {frame.frame_id} has {_text(pixels.shape)}, and the run began with "
                f"{_text(self._shape)}: the camera is not set as it was"
            )
        if last is not None and _is_same(pixels, last):
            raise FrozenPicture(
                f"picture {frame.frame_id} is to the last bit the one before: the camera is frozen"
            )


def _is_same(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    if one.shape != other.shape or not np.array_equal(one[::_EVERY], other[::_EVERY]):
        return False
    return np.array_equal(one, other)


def _text(shape: tuple[int, ...]) -> str:
    kind = "mono" if len(shape) == 2 else "colour"
    return f"{shape[1]} x {shape[0]} px, {kind}"
