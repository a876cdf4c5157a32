"""Paints defects into pictures of good parts, for what must be tried before a real one was seen.

Nobody knows the defects of a new product. So the painted ones differ in size, shape, sharpness and
contrast as widely as defects of surfaces do: a model that finds most of them, and never saw them
while it learnt, has been told apart from one that does not. V. Zavrtanik et al., "DRAEM: A
Discriminatively Trained Reconstruction Embedding for Surface Anomaly Detection", 2021, and
C.-L. Li et al., "CutPaste", 2021, paint so too; those kinds and the others are our own work here.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.opencv import cv2

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
_SECOND, _THIRD = 0.4, 0.2  # how often a part carries one more defect, and yet another
# What nobody can see is not a defect: neither by grey levels, nor against a bright picture.
_VISIBLE_LEVELS, _VISIBLE_SHARE = 4.0, 0.05
_TRIES = 8
# Defects that are hard to see: they are small, and as faint as a share of what is painted else.
_WEAK_AREA_SHARE = 0.012  # of the picture, at most
_WEAK_CONTRAST = (0.35, 0.8)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PaintedPicture:
    """A spoiled picture.

    Attributes:
        pixels: uint8, of the good picture's shape.
        mask: bool (H, W), where it visibly differs from the good one; empty where nothing can be
            seen on the picture, as when it is black.
    """

    pixels: NDArray[np.uint8]
    mask: Mask


@dataclass(frozen=True, slots=True, eq=False)
class _Coat:
    """What one defect puts on a picture: `fill` (H, W, C) where `cover` (H, W) is 1."""

    fill: Plane
    cover: Plane


def paint_defects(
    pixels: NDArray[np.uint8], donor: NDArray[np.uint8], rng: np.random.Generator
) -> PaintedPicture:
    """Spoil a picture with one to three defects.

    Args:
        pixels: uint8 (H, W, C), a good part; not changed.
        donor: Another good part, of the same shape; pieces of it may be pasted.
        rng: Which defects, where, and how large.

    Raises:
        ValueError: The shapes differ, or the picture is smaller than 8 px.
    """
    if pixels.shape != donor.shape or pixels.ndim != 3 or min(pixels.shape[:2]) < 8:
        raise ValueError(f"pictures of {pixels.shape} and {donor.shape}: need one (H, W, C)")
    other = donor.astype(np.float32)
    for _ in range(_TRIES):
        picture = pixels.astype(np.float32)
        for _ in range(1 + int(rng.random() < _SECOND) + int(rng.random() < _THIRD)):
            coat = _choose(rng)(picture, other, rng)
            cover = coat.cover[..., np.newaxis]
            picture = np.clip(picture * (1 - cover) + coat.fill * cover, 0, 255)
        painted = np.rint(picture).astype(np.uint8)
        mask = _visible(pixels, painted)
        if mask.any():
            break
    return PaintedPicture(pixels=painted, mask=mask)


def paint_weak_defect(
    pixels: NDArray[np.uint8], donor: NDArray[np.uint8], rng: np.random.Generator
) -> PaintedPicture:
    """Spoil a picture with one defect that is small and faint; see `paint_defects`.

    The mask is empty where none could be painted that is both small and visible.

    Raises:
        ValueError: The shapes differ, or the picture is smaller than 8 px.
    """
    for _ in range(_TRIES):
        strong = paint_defects(pixels, donor, rng)
        share = rng.uniform(*_WEAK_CONTRAST)
        change = strong.pixels.astype(np.float32) - pixels
        painted = np.rint(pixels + share * change).astype(np.uint8)
        mask = _visible(pixels, painted)
        if mask.any() and strong.mask.mean() <= _WEAK_AREA_SHARE:
            return PaintedPicture(pixels=painted, mask=mask)
    return PaintedPicture(pixels=pixels.copy(), mask=np.zeros(pixels.shape[:2], np.bool_))


def _visible(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> Mask:
    change = np.abs(after.astype(np.int16) - before).max(axis=2).astype(np.float32)
    # One changed pixel among many is noise: what is seen is the change of a small neighbourhood.
    seen = cv2.GaussianBlur(change, (0, 0), max(0.6, min(before.shape[:2]) / 400))
    mask: Mask = seen > max(_VISIBLE_LEVELS, _VISIBLE_SHARE * float(before.mean()))
    return mask


def _spot(picture: Plane, _donor: Plane, rng: np.random.Generator) -> _Coat:
    """A dent, a drop, a hole: darker or brighter, with a grain of its own."""
    height, width = picture.shape[:2]
    shape = _blob(rng, height, width, min(height, width) * _log_uniform(rng, 0.008, 0.08))
    grain = _bumps(rng, height, width, rng.uniform(20, 80)) * rng.uniform(0, 14)
    fill = picture * _shade(rng) + rng.normal(0, 12) + grain[..., np.newaxis]
    return _Coat(fill, shape * np.float32(rng.uniform(0.4, 1)))


def _line(picture: Plane, _donor: Plane, rng: np.random.Generator) -> _Coat:
    """A scratch, a crack, a hair: long, thin, more or less bent."""
    height, width = picture.shape[:2]
    side = min(height, width)
    point = np.array([rng.uniform(0, width), rng.uniform(0, height)])
    angle, bend = rng.uniform(0, 2 * math.pi), rng.uniform(0, 0.5)
    step = side * rng.uniform(0.01, 0.035)
    points = [point]
    for _ in range(int(rng.integers(4, 24))):
        angle += rng.normal(0, bend)
        points.append(points[-1] + step * np.array([math.cos(angle), math.sin(angle)]))
    thickness = 1 if rng.random() < 0.5 else int(rng.integers(1, max(2, int(side * 0.012)) + 1))
    drawn = np.zeros((height, width), dtype=np.uint8)
    corners = np.array(points) * 8  # in eighths of a pixel
    cv2.polylines(drawn, [corners.astype(np.int32)], False, 255, thickness, cv2.LINE_AA, 3)
    cover: Plane = drawn.astype(np.float32) / np.float32(255)
    if rng.random() < 0.4:
        cover = _blurred(cover, rng.uniform(0.4, 1.0))
    return _Coat(picture * _shade(rng), cover * np.float32(rng.uniform(0.35, 1)))


def _pits(picture: Plane, _donor: Plane, rng: np.random.Generator) -> _Coat:
    """A group of small dark holes with a bright rim, such as pores and pitting."""
    height, width = picture.shape[:2]
    side = min(height, width)
    middle = (rng.uniform(0, height), rng.uniform(0, width))
    spread = side * rng.uniform(0.01, 0.07)
    holes: Plane = np.zeros((height, width), dtype=np.float32)
    for _ in range(int(rng.integers(2, 14))):
        at = (middle[0] + rng.normal(0, spread), middle[1] + rng.normal(0, 1.3 * spread))
        radius = max(1.0, side * rng.uniform(0.003, 0.016))
        holes = np.maximum(holes, _blob(rng, height, width, radius, at))
    rim = np.clip(_blurred(holes, 1.6) * 1.6 - holes, 0, 1) * np.float32(0.8)
    bright = np.minimum(picture * rng.uniform(1.0, 1.5), 255)
    dark = picture * math.exp(-rng.uniform(0.3, 1.3))
    depth = (holes * rng.uniform(0.5, 1))[..., np.newaxis]
    fill = dark * depth + bright * (1 - depth)
    return _Coat(fill.astype(np.float32), np.maximum(rim, depth[..., 0]).astype(np.float32))


def _paste(picture: Plane, donor: Plane, rng: np.random.Generator) -> _Coat:
    """A piece of a good part where it does not belong: turned, moved, in another size."""
    height, width = picture.shape[:2]
    source = donor if rng.random() < 0.6 else picture
    turn = cv2.getRotationMatrix2D(
        (width / 2, height / 2), rng.uniform(-180, 180), rng.uniform(0.6, 1.8)
    )
    turned = cv2.warpAffine(source, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    moved = np.roll(
        turned.reshape(picture.shape), (int(rng.integers(height)), int(rng.integers(width))), (0, 1)
    )
    gain = rng.uniform(0.6, 1.5) if rng.random() < 0.5 else 1.0
    shape = _blob(rng, height, width, min(height, width) * _log_uniform(rng, 0.02, 0.15))
    return _Coat(np.clip(moved * gain, 0, 255).astype(np.float32), shape)


def _tone(picture: Plane, _donor: Plane, rng: np.random.Generator) -> _Coat:
    """A region, or a band from side to side, of another brightness and contrast."""
    height, width = picture.shape[:2]
    side = min(height, width)
    if rng.random() < 0.5:
        bumps = _bumps(rng, height, width, rng.uniform(1, 5))
        limit = np.float32(np.quantile(bumps, rng.uniform(0.6, 0.93)))
        cover = np.clip((bumps - limit) * np.float32(rng.uniform(1, 12)), 0, 1)
    else:
        axis = int(rng.integers(2))
        length = picture.shape[axis]
        start = int(rng.integers(length))
        band = np.zeros((height, width), dtype=np.float32)
        inside = slice(start, start + max(2, int(length * rng.uniform(0.05, 0.35))))
        band[inside if axis == 0 else (slice(None), inside)] = 1
        cover = _blurred(band, rng.uniform(0.8, max(1.0, 0.05 * side)))
    mean = _blurred(picture, 0.04 * side).reshape(picture.shape)
    gain = math.exp(float(rng.choice([-1, 1])) * rng.uniform(0.12, 0.5))
    fill = mean * gain + (picture - mean) * rng.uniform(0.7, 1.7)
    return _Coat(fill.astype(np.float32), cover.astype(np.float32))


def _texture(picture: Plane, donor: Plane, rng: np.random.Generator) -> _Coat:
    """Patches of a foreign surface."""
    height, width = picture.shape[:2]
    bumps = _bumps(rng, height, width, rng.uniform(3, 14))
    limit = np.quantile(bumps, rng.uniform(0.9, 0.985))
    cover = np.clip((bumps - limit) * rng.uniform(3, 12), 0, 1) * rng.uniform(0.3, 1)
    turned = cv2.resize(np.ascontiguousarray(np.rot90(donor)), (width, height))
    surface = turned.reshape(picture.shape)
    grain = _bumps(rng, height, width, 90) * rng.uniform(0, 25)
    level = float(picture.mean()) * rng.uniform(0.5, 1.6)
    fill = (surface - surface.mean()) * rng.uniform(0.8, 3) + level + grain[..., np.newaxis]
    return _Coat(np.clip(fill, 0, 255).astype(np.float32), cover.astype(np.float32))


def _smear(picture: Plane, _donor: Plane, rng: np.random.Generator) -> _Coat:
    """A place whose texture is wiped away."""
    height, width = picture.shape[:2]
    side = min(height, width)
    reach = rng.uniform(0.01, 0.04) * side
    across = reach if rng.random() < 0.5 else 0.5
    wiped = cv2.GaussianBlur(picture, (0, 0), across, sigmaY=reach).reshape(picture.shape)
    shape = _blob(rng, height, width, side * _log_uniform(rng, 0.02, 0.1))
    return _Coat((wiped * rng.uniform(0.8, 1.25)).astype(np.float32), shape)


_Painter = Callable[[Plane, Plane, np.random.Generator], _Coat]
_PAINTERS: tuple[tuple[_Painter, float], ...] = (
    (_spot, 0.20),
    (_line, 0.17),
    (_paste, 0.18),
    (_tone, 0.13),
    (_texture, 0.12),
    (_pits, 0.12),
    (_smear, 0.08),
)


def _choose(rng: np.random.Generator) -> _Painter:
    shares = np.array([share for _, share in _PAINTERS])
    return _PAINTERS[int(rng.choice(len(_PAINTERS), p=shares / shares.sum()))][0]


def _shade(rng: np.random.Generator) -> float:
    """A factor of brightness: defects are dark twice as often as bright."""
    return math.exp((-1 if rng.random() < 0.65 else 1) * rng.uniform(0.15, 1.2))


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def _blurred(plane: Plane, sigma_px: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma_px), dtype=np.float32)


def _bumps(rng: np.random.Generator, height: int, width: int, count: float) -> Plane:
    """Smooth noise of unit variance with so many bumps along the longer side, (H, W)."""
    longer = max(height, width)
    cells = [max(2, round(count * side / longer) + 1) for side in (height, width)]
    coarse = rng.standard_normal(cells).astype(np.float32)
    fine = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(fine, dtype=np.float32)


def _blob(
    rng: np.random.Generator,
    height: int,
    width: int,
    radius: float,
    at: tuple[float, float] | None = None,
) -> Plane:
    """A closed irregular shape: (H, W), 1 inside, 0 outside, with a soft edge.

    An ellipse whose radius wavers with the direction by a few random harmonics.
    """
    middle_y, middle_x = at or (rng.uniform(0, height), rng.uniform(0, width))
    half = np.array([radius, radius]) * rng.uniform(0.5, 1.4, 2)
    if rng.random() < 0.35:
        half[0] *= rng.uniform(1.5, 4)
    turn = rng.uniform(0, math.pi)
    waves = [(k, rng.normal(0, 0.28 / k), rng.uniform(0, 2 * math.pi)) for k in range(1, 6)]
    soft_px = max(0.6, rng.uniform(0, 0.25) * radius)
    shape = np.zeros((height, width), dtype=np.float32)
    reach = 2 * float(half.max()) + 3
    top, bottom = max(0, int(middle_y - reach)), min(height, int(middle_y + reach) + 1)
    left, right = max(0, int(middle_x - reach)), min(width, int(middle_x + reach) + 1)
    if bottom <= top or right <= left:
        return shape
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    y, x = y - np.float32(middle_y), x - np.float32(middle_x)
    along = (x * math.cos(turn) + y * math.sin(turn)) / half[0]
    across = (y * math.cos(turn) - x * math.sin(turn)) / half[1]
    direction = np.arctan2(across, along)
    edge = 1 + sum(height_k * np.cos(k * direction + phase) for k, height_k, phase in waves)
    inside_px = (edge - np.hypot(along, across)) * half.min()
    shape[top:bottom, left:right] = np.clip(inside_px / soft_px + 0.5, 0, 1)
    return shape
