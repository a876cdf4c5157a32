"""Draws a part for the eye: small, with its heat and its outlines over it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inspector.flow import Region
from inspector.opencv import cv2
from inspector.report.heat import heat_strength
from inspector.store.images import encoded

JPEG_QUALITY = 85  # for the eye only: nothing is ever judged from these
MAX_ENLARGEMENT = 4.0  # beyond it a small picture is only blur
MAX_OPACITY = 0.6  # the part must show through the hottest place
_OUTLINE_GAP_PX = 3  # the outline goes around the place, not over it
_BLACK, _WHITE = (24, 24, 24), (255, 255, 255)


def thumbnail(pixels: NDArray[np.uint8], *, max_side_px: int) -> bytes:
    """The picture as a JPEG whose longer side is `max_side_px`, or less where it is tiny.

    Args:
        pixels: uint8, (H, W) or (H, W, 3) BGR.

    Raises:
        StoreError: It cannot be encoded.
    """
    return _encoded_jpeg(_at_size(pixels, _shown_size(pixels, max_side_px)))


def heat_overlay(
    pixels: NDArray[np.uint8],
    heat_on_sensor: NDArray[np.float32] | None,
    threshold: float,
    regions: Sequence[Region],
    *,
    max_side_px: int,
) -> bytes:
    """The picture of `thumbnail` with its heat laid over it and its regions outlined, a JPEG.

    Args:
        pixels: uint8, (H, W) or (H, W, 3) BGR.
        heat_on_sensor: float32, (H, W), model units; None draws the outlines alone.
        threshold: The heat from which a place counts as bad, model units.

    Raises:
        ValueError: The heat map is not of the picture's size.
        StoreError: The picture cannot be encoded.
    """
    if heat_on_sensor is not None and heat_on_sensor.shape != pixels.shape[:2]:
        raise ValueError(f"heat map {heat_on_sensor.shape} over a picture {pixels.shape[:2]}")
    size_px = _shown_size(pixels, max_side_px)
    shown = _at_size(pixels, size_px)
    if shown.ndim == 2:
        shown = np.asarray(cv2.cvtColor(shown, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    if heat_on_sensor is not None:
        shown = _heated(shown, _heat_at_size(heat_on_sensor, size_px), threshold)
    scale_x, scale_y = size_px[1] / pixels.shape[1], size_px[0] / pixels.shape[0]
    canvas = shown.copy()
    for region in reversed(regions):  # the worst one last, on top
        _outline(canvas, region, scale_x, scale_y)
    return _encoded_jpeg(canvas)


def _heated(
    shown: NDArray[np.uint8], heat: NDArray[np.float32], threshold: float
) -> NDArray[np.uint8]:
    strength = heat_strength(heat, threshold)
    levels = np.rint(strength * 255).astype(np.uint8)
    colours = cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO)
    opacity = (np.sqrt(strength) * MAX_OPACITY)[..., None]
    mixed: NDArray[np.uint8] = np.rint(shown * (1 - opacity) + colours * opacity).astype(np.uint8)
    return mixed


def _outline(canvas: NDArray[np.uint8], region: Region, scale_x: float, scale_y: float) -> None:
    box = region.box_sensor_px
    height_px, width_px = canvas.shape[:2]
    left, top = round(box.x_px * scale_x), round(box.y_px * scale_y)
    right = round((box.x_px + box.width_px) * scale_x)
    bottom = round((box.y_px + box.height_px) * scale_y)
    corner = (max(1, left - _OUTLINE_GAP_PX), max(1, top - _OUTLINE_GAP_PX))
    opposite = (
        min(width_px - 2, right + _OUTLINE_GAP_PX),
        min(height_px - 2, bottom + _OUTLINE_GAP_PX),
    )
    cv2.rectangle(canvas, corner, opposite, _BLACK, 3)  # seen on light metal
    cv2.rectangle(canvas, corner, opposite, _WHITE, 1)  # seen on dark ground and on heat


def _shown_size(pixels: NDArray[np.uint8], max_side_px: int) -> tuple[int, int]:
    height_px, width_px = pixels.shape[:2]
    scale = min(max_side_px / max(height_px, width_px), MAX_ENLARGEMENT)
    return max(1, round(height_px * scale)), max(1, round(width_px * scale))


def _at_size(pixels: NDArray[np.uint8], size_px: tuple[int, int]) -> NDArray[np.uint8]:
    if pixels.shape[:2] == size_px:
        return pixels
    return np.asarray(cv2.resize(pixels, size_px[::-1], interpolation=_way(pixels, size_px)))


def _heat_at_size(heat: NDArray[np.float32], size_px: tuple[int, int]) -> NDArray[np.float32]:
    shown = cv2.resize(heat, size_px[::-1], interpolation=_way(heat, size_px))
    return np.asarray(np.nan_to_num(shown), dtype=np.float32)


def _way(picture: NDArray[np.uint8] | NDArray[np.float32], size_px: tuple[int, int]) -> int:
    shrinks = picture.shape[0] >= size_px[0] and picture.shape[1] >= size_px[1]
    return cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR


def _encoded_jpeg(pixels: NDArray[np.uint8]) -> bytes:
    return encoded(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
