"""Varies pictures while a network learns, in the ways that pictures of one part vary in a factory.

Light flickers and ages, the part lies a little differently, the lens is never quite sharp, the
sensor is noisy. Mirroring and turning a part makes another part, unless its maker says that it does
not.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.opencv import cv2

Pixels = NDArray[np.uint8]
_LEVELS = np.arange(256, dtype=np.float32) / 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """How much pictures are varied, and what the part allows.

    Attributes:
        light: Standard deviation of the logarithm of gain, gamma and contrast.
        noise_levels: The strongest sensor noise, standard deviation in grey levels.
        blur_px: The widest blur, standard deviation.
        shift: The farthest shift as a share of each side.
        scale: Standard deviation of the size, as a share.
        turn_deg: Standard deviation of the small turn.
        may_flip_sideways, may_flip_upside_down, may_turn_quarters: Whether a part that is mirrored,
            turned upside down, or turned by 90 degrees could be another part just as good.
    """

    light: float = 0.12
    noise_levels: float = 4.0
    blur_px: float = 0.8
    shift: float = 0.03
    scale: float = 0.02
    turn_deg: float = 1.0
    may_flip_sideways: bool = False
    may_flip_upside_down: bool = False
    may_turn_quarters: bool = False


def augment(
    pixels: Pixels, mask: Pixels | None, how: Augmentation, rng: np.random.Generator
) -> tuple[Pixels, Pixels | None]:
    """One variation of a picture, and its mask moved along with it.

    Args:
        pixels: uint8 (H, W, C); not changed.
        mask: uint8 (H, W), any values; what comes in from outside the picture is 0.

    Returns:
        Contiguous arrays of the same shapes; a quarter turn needs H equal to W and is left out
        where they differ.
    """
    moved, moved_mask = _moved(pixels, mask, how, rng)
    turned, turned_mask = _mirrored(moved, moved_mask, how, rng)
    lit = np.asarray(cv2.LUT(turned, _light_curve(turned, how, rng)), dtype=np.uint8)
    blur_px = how.blur_px * rng.random() if rng.random() < 0.5 else 0.0
    if blur_px > 0.2:
        lit = np.asarray(cv2.GaussianBlur(lit, (0, 0), blur_px), dtype=np.uint8)
    noise_levels = how.noise_levels * rng.random()
    lit = lit.reshape(turned.shape)  # OpenCV drops an axis of one channel
    if noise_levels > 0.3:
        grain = rng.standard_normal(lit.shape, dtype=np.float32) * np.float32(noise_levels)
        lit = np.clip(np.rint(lit + grain), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(lit), turned_mask


def _light_curve(pixels: Pixels, how: Augmentation, rng: np.random.Generator) -> Pixels:
    """Gain, gamma and contrast as one table of 256 levels."""
    gain, gamma, contrast = np.exp(how.light * rng.standard_normal(3))
    curve = gain * _LEVELS**gamma
    middle = gain * (float(pixels.mean()) / 255) ** gamma
    curve = (curve - middle) * contrast + middle
    table: Pixels = np.clip(np.rint(curve * 255), 0, 255).astype(np.uint8)
    return table


def _moved(
    pixels: Pixels, mask: Pixels | None, how: Augmentation, rng: np.random.Generator
) -> tuple[Pixels, Pixels | None]:
    height, width = pixels.shape[:2]
    angle = math.radians(how.turn_deg * rng.standard_normal())
    scale = math.exp(how.scale * rng.standard_normal())
    along, across = scale * math.cos(angle), scale * math.sin(angle)
    shift_x, shift_y = rng.uniform(-1, 1, 2) * how.shift * (width, height)
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    matrix = np.array(
        [
            [along, -across, middle_x - along * middle_x + across * middle_y + shift_x],
            [across, along, middle_y - across * middle_x - along * middle_y + shift_y],
        ]
    )
    # Reflected borders show nothing that the part does not have.
    moved = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    moved_mask = None
    if mask is not None:
        moved_mask = np.asarray(
            cv2.warpAffine(mask, matrix, (width, height), flags=cv2.INTER_NEAREST), dtype=np.uint8
        )
    return np.asarray(moved, dtype=np.uint8).reshape(pixels.shape), moved_mask


def _mirrored(
    pixels: Pixels, mask: Pixels | None, how: Augmentation, rng: np.random.Generator
) -> tuple[Pixels, Pixels | None]:
    coins = rng.random(2) < 0.5
    quarters = int(rng.integers(4))
    views = [pixels] if mask is None else [pixels, mask]
    if how.may_flip_sideways and coins[0]:
        views = [view[:, ::-1] for view in views]
    if how.may_flip_upside_down and coins[1]:
        views = [view[::-1] for view in views]
    if how.may_turn_quarters and pixels.shape[0] == pixels.shape[1]:
        views = [np.rot90(view, quarters) for view in views]
    views = [np.ascontiguousarray(view) for view in views]
    return views[0], None if mask is None else views[1]
