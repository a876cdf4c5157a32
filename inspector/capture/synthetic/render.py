"""Pictures of a machined part that exists only as numbers: for trying the line without a camera.

The part is a milled flange plate on a belt, seen from above. Every picture is drawn from its seed
alone, so that a run can be repeated, and a defect can be told apart from the part it lies on.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.capture.synthetic.defects import Defect, paint_defect
from inspector.capture.synthetic.part import paint_part
from inspector.capture.synthetic.scene import DESIGN_SIZE_PX, Plane, lay_part
from inspector.opencv import cv2

__all__ = ["MAX_SIDE_PX", "MIN_SIDE_PX", "Defect", "RenderedPart", "render_part"]

MIN_SIDE_PX = 96  # the bolt holes are six pixels wide then, and a scratch can still be seen
MAX_SIDE_PX = 4096  # 16 Mpx take 1.8 GB while they are drawn

_LENS_BLUR_PX = 0.62
_RIM_PX = 4  # the blur's reach
_READ_NOISE = 0.9  # grey levels, standard deviation
_SHOT_NOISE = 0.13  # grey levels squared per grey level
_VISIBLE_LEVELS = 4.0  # the noise of a pixel of bright metal, standard deviation
_WHITE = 255.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RenderedPart:
    """One picture of one part.

    Attributes:
        pixels: uint8, (H, W, 3) BGR. Owned by the caller.
        mask: uint8, (H, W), 255 where the defect is and 0 elsewhere; all 0 for a good part. Outside
            it the picture is the good part's, byte for byte.
        defect: What is wrong with the part, None if nothing is.
    """

    pixels: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    defect: Defect | None


def render_part(
    *, seed: int, defect: Defect | None = None, size_px: tuple[int, int] = DESIGN_SIZE_PX
) -> RenderedPart:
    """Draw one part. Any thread may call; the same arguments give the same bytes.

    The bytes hold for one build of NumPy and OpenCV; another may round a level the other way.
    Part, defect and sensor noise are drawn from independent streams of the seed, so the same seed
    with and without a defect shows the same part in the same place under the same noise.

    Args:
        seed: Which part, from 0.
        defect: What is wrong with it.
        size_px: (H, W) of the picture; the part keeps its shape and fits the shorter way.

    Raises:
        ValueError: A side is outside `MIN_SIDE_PX`..`MAX_SIDE_PX`, or the seed is negative.
    """
    if not all(MIN_SIDE_PX <= side_px <= MAX_SIDE_PX for side_px in size_px):
        raise ValueError(f"size {size_px} px: sides must be {MIN_SIDE_PX}..{MAX_SIDE_PX}")
    if seed < 0:
        raise ValueError(f"seed {seed}: must not be negative")
    of_part, of_defect, of_noise = (
        np.random.Generator(np.random.PCG64(stream))
        for stream in np.random.SeedSequence(seed).spawn(3)
    )
    scene = lay_part(of_part, size_px)
    painted = paint_part(scene)
    levels = _expose(painted)
    mask = np.zeros(size_px, dtype=np.uint8)
    if defect is not None:
        spoiled = paint_defect(scene, painted, defect, of_defect)
        _expose_change(painted, spoiled, levels, mask)
    return RenderedPart(pixels=_sense(levels, of_noise), mask=mask, defect=defect)


def _expose(painted: Plane) -> Plane:
    """Grey levels behind the lens, before the sensor: highlights roll off instead of clipping."""
    knee = np.float32(0.72)
    over = np.maximum(painted - knee, 0.0)
    light = np.minimum(painted, knee) + over / (1.0 + over * np.float32(2.0))
    blurred: Plane = cv2.GaussianBlur(light, (0, 0), _LENS_BLUR_PX)
    return blurred * np.float32(_WHITE)


def _expose_change(painted: Plane, spoiled: Plane, levels: Plane, mask: NDArray[np.uint8]) -> None:
    """Expose again what the defect touched, and mark it where it shows."""
    touched = (spoiled != painted).any(axis=2)
    rows, columns = (_span(touched.any(axis=axis)) for axis in (1, 0))
    good = levels[rows, columns]
    bad = _expose(spoiled[rows, columns])
    change = np.abs(bad - good).max(axis=2) >= _VISIBLE_LEVELS
    # A scratch has a light and a dark flank; the line between them is defect too.
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    shown = cv2.morphologyEx(change.astype(np.uint8), cv2.MORPH_CLOSE, disc)
    # The lens blurs a crop's rim unlike the picture's; nothing was painted there.
    shown[:_RIM_PX], shown[-_RIM_PX:], shown[:, :_RIM_PX], shown[:, -_RIM_PX:] = 0, 0, 0, 0
    levels[rows, columns] = np.where(shown[..., None] > 0, bad, good)
    mask[rows, columns] = shown * np.uint8(255)


def _span(touched: NDArray[np.bool_]) -> slice:
    places = np.flatnonzero(touched)
    return slice(max(0, int(places[0]) - 2 * _RIM_PX), int(places[-1]) + 1 + 2 * _RIM_PX)


def _sense(levels: Plane, rng: np.random.Generator) -> NDArray[np.uint8]:
    noise = rng.standard_normal(levels.shape, dtype=np.float32)
    noise *= np.sqrt(np.float32(_READ_NOISE**2) + np.float32(_SHOT_NOISE) * np.maximum(levels, 0.0))
    sensed: NDArray[np.uint8] = np.clip(np.rint(levels + noise), 0.0, _WHITE).astype(np.uint8)
    return sensed
