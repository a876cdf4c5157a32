"""Paints the demonstration part: what the mill, the lathe and the drill left, as a lamp shows it.

The lamp is a line above the upper edge of the picture. Slopes that look at it are light, slopes
that look away are dark, and marks glint where they lie along the line.
"""

import math

import numpy as np

from inspector.capture.synthetic.scene import (
    BOLT_RADIUS,
    BOLTS,
    BORE_RADIUS,
    BOSS_RADIUS,
    DOWEL_RADIUS,
    DOWELS,
    MARK_AT,
    MARK_HALF_SIZE,
    MARK_ROWS,
    RECESS_RADIUS,
    SLOT_AT,
    SLOT_HALF_LENGTH,
    SLOT_RADIUS,
    SPOTFACE_RADIUS,
    Plane,
    Scene,
    Window,
    mix,
    slot_distance,
)
from inspector.opencv import cv2

METAL_BGR = np.array([1.0, 0.985, 0.955], dtype=np.float32)

_EVERYWHERE = (slice(None), slice(None))
_CUTTER_RADIUS = 136.0
_PASSES_Y = (-96.0, 84.0)
_SEAM_Y = -38.0
_DOT_PITCH = 2.1
_GLYPHS = {  # 5 x 7 dots, one number a row, the leftmost dot is the highest bit
    "B": (30, 17, 17, 30, 17, 17, 30),
    "0": (14, 17, 17, 17, 17, 17, 14),
    "2": (14, 17, 1, 6, 8, 16, 31),
    "4": (2, 6, 10, 18, 31, 2, 2),
    "7": (31, 1, 2, 4, 4, 8, 8),
    "-": (0, 0, 0, 14, 0, 0, 0),
}
_MARK_TEXT = "B7-204"


def paint_part(scene: Scene) -> Plane:
    """Paint the part on its belt: BGR, float32, (H, W, 3), about 0..1."""
    metal = _milled_face(scene, _EVERYWHERE)
    _edge_bevel(scene, metal)
    _boss(scene, metal)
    for at in BOLTS:
        _bore(scene, metal, at, BOLT_RADIUS, SPOTFACE_RADIUS)
    for at in DOWELS:
        _bore(scene, metal, at, DOWEL_RADIUS, DOWEL_RADIUS + 1.0)
    _slot(scene, metal)
    _peened_mark(scene, metal)
    metal *= scene.shading * scene.handling
    lit = metal[..., None] * METAL_BGR
    return mix(scene.belt, lit, scene.cover(scene.edge)[..., None])


def bare_face(scene: Scene, window: Window) -> Plane:
    """The milled face before anything else was cut into it: BGR, of the window's size."""
    lit = _milled_face(scene, window) * scene.shading[window] * scene.handling[window]
    return lit[..., None] * METAL_BGR


def _milled_face(scene: Scene, window: Window) -> Plane:
    x, y = scene.x[window], scene.y[window]
    is_lower = y > _SEAM_Y
    middle = np.where(is_lower, np.float32(_PASSES_Y[1]), np.float32(_PASSES_Y[0]))
    slope = np.clip((y - middle) / np.float32(_CUTTER_RADIUS), -0.97, 0.97)
    reach = np.sqrt(1.0 - slope * slope)
    arc = np.float32(_CUTTER_RADIUS) * reach
    along = y * np.float32(0.09) + np.where(is_lower, np.float32(29.0), np.float32(20.0))
    leading = scene.marks_at(x - arc + np.float32(410.0), along)
    trailing = scene.marks_at(x + arc + np.float32(270.0), along + np.float32(13.0))
    facing = reach * np.float32(scene.to_light[0]) + slope * np.float32(scene.to_light[1])
    sheen = 0.50 + 0.17 * facing * facing
    seam = np.exp(-(((y - np.float32(_SEAM_Y)) / np.float32(0.9)) ** 2))
    face: Plane = sheen * (1.0 + 0.16 * leading + 0.07 * trailing) - 0.05 * seam
    return face


def _edge_bevel(scene: Scene, metal: Plane) -> None:
    slope_x = cv2.Sobel(scene.edge, cv2.CV_32F, 1, 0, scale=scene.scale / 8)
    slope_y = cv2.Sobel(scene.edge, cv2.CV_32F, 0, 1, scale=scene.scale / 8)
    facing = slope_x * scene.to_light[0] + slope_y * scene.to_light[1]
    chipped = scene.marks_at(
        scene.x + scene.y + np.float32(370.0), scene.x * np.float32(0.1) + np.float32(30.0)
    )
    bevel = 0.50 + 0.36 * facing + 0.05 * chipped
    metal[...] = mix(metal, bevel, scene.cover(-4.6 - scene.edge + 0.15 * chipped))
    metal *= 1.0 - 0.45 * scene.cover(-0.8 - scene.edge)


def _polar(scene: Scene, window: Window, at: tuple[float, float]) -> tuple[Plane, Plane, Plane]:
    """Radius, angle in marks' rows, and how far the outward direction looks at the lamp."""
    right, down = scene.x[window] - np.float32(at[0]), scene.y[window] - np.float32(at[1])
    radius = np.maximum(np.hypot(right, down), np.float32(1e-3))
    facing = (right * scene.to_light[0] + down * scene.to_light[1]) / radius
    rows = (np.arctan2(down, right) / np.float32(2 * math.pi) + np.float32(0.5)) * MARK_ROWS
    return radius, rows, facing.astype(np.float32)


def _turned(scene: Scene, polar: tuple[Plane, Plane, Plane], offset: float) -> Plane:
    """A lathe-cut face: rings, and the two-winged glint that rings give under a line light."""
    radius, rows, facing = polar
    marks = scene.marks_at(radius + np.float32(offset), rows)
    across = 1.0 - facing * facing
    glint = 0.34 * np.exp(across / -0.13) + 0.16 * np.exp(across / -0.6)
    turned: Plane = (0.37 + glint) * (1.0 + 0.17 * marks)
    return turned


def _boss(scene: Scene, metal: Plane) -> None:
    window = scene.window(0.0, 0.0, BOSS_RADIUS + 26.0)
    polar = _polar(scene, window, (0.0, 0.0))
    radius, _, facing = polar
    outside = np.maximum(radius - np.float32(BOSS_RADIUS), 0.0)
    shade = 1.0 - 0.62 * np.clip(-facing, 0.0, 1.0) * np.exp(outside / -6.0)
    patch = metal[window] * shade * (1.0 - 0.22 * np.exp(outside / -3.0))
    top = mix(0.48 + 0.46 * facing, _turned(scene, polar, 40.0), scene.cover(radius - 93.5))
    metal[window] = mix(patch, top, scene.cover(radius - np.float32(BOSS_RADIUS)))
    _bore(scene, metal, (0.0, 0.0), BORE_RADIUS, RECESS_RADIUS)


def _bore(
    scene: Scene, metal: Plane, at: tuple[float, float], radius: float, recess_radius: float
) -> None:
    """A through hole with its chamfer, in a recess with a turned floor."""
    window = scene.window(*at, recess_radius + 4.0)
    polar = _polar(scene, window, at)
    distance, _, facing = polar
    inward = np.clip(-facing, 0.0, 1.0)
    depth = np.maximum(recess_radius - distance, 0.0)
    floor = _turned(scene, polar, 3.0 * recess_radius + at[0] + 180.0) * 0.92
    floor *= 1.0 - 0.6 * np.clip(facing, 0.0, 1.0) * np.exp(depth / -3.5)
    patch = metal[window]
    patch = mix(patch, 0.44 - 0.42 * facing, scene.cover(distance - recess_radius))
    patch = mix(patch, floor, scene.cover(distance - recess_radius + 1.8))
    patch = mix(patch, 0.47 - 0.43 * facing, scene.cover(distance - radius - 0.065 * radius - 1.6))
    wall_depth = np.maximum(radius - distance, 0.0)
    wall = 0.045 + 0.36 * inward * np.exp(wall_depth / np.float32(-1.5 - 0.14 * radius))
    metal[window] = mix(patch, wall, scene.cover(distance - radius))


def _slot(scene: Scene, metal: Plane) -> None:
    window = scene.window(*SLOT_AT, SLOT_HALF_LENGTH + SLOT_RADIUS + 6.0)
    distance = slot_distance(scene.x[window], scene.y[window])
    slope_x = cv2.Sobel(distance, cv2.CV_32F, 1, 0, scale=scene.scale / 8)
    slope_y = cv2.Sobel(distance, cv2.CV_32F, 0, 1, scale=scene.scale / 8)
    facing = slope_x * scene.to_light[0] + slope_y * scene.to_light[1]
    lit = np.clip(facing, -1.0, 1.0).astype(np.float32, copy=False)
    ripple = scene.marks_at(scene.y[window] + np.float32(300.0), scene.x[window] * np.float32(0.3))
    floor = 0.29 * (1.0 + 0.18 * ripple)
    floor *= 1.0 - 0.75 * np.clip(lit, 0.0, 1.0) * np.exp(np.minimum(distance, 0.0) / 4.5)
    patch = mix(metal[window], 0.46 - 0.44 * lit, scene.cover(distance - 1.6))
    metal[window] = mix(patch, floor, scene.cover(distance + 0.6))


def _peened_mark(scene: Scene, metal: Plane) -> None:
    """The part number, one crater a dot, as a dot peen marker leaves it."""
    per_unit, margin = 4, 4.0
    half_width, half_height = MARK_HALF_SIZE[0] + margin, MARK_HALF_SIZE[1] + margin
    dots = np.zeros((round(2 * half_height * per_unit), round(2 * half_width * per_unit)), "f4")
    for column, row in _mark_dots():
        x = (column - 3 * len(_MARK_TEXT) + 0.5) * _DOT_PITCH + half_width
        y = (row - 3) * _DOT_PITCH + half_height
        cv2.circle(dots, (round(x * per_unit), round(y * per_unit)), 3, 1.0, -1)
    relief = cv2.GaussianBlur(dots, (0, 0), 1.6)
    slope_x, slope_y = (cv2.Sobel(relief, cv2.CV_32F, *axes) for axes in ((1, 0), (0, 1)))
    lit = 0.22 * (slope_x * scene.to_light[0] + slope_y * scene.to_light[1]) - 0.55 * relief
    window = scene.window(*MARK_AT, half_width)
    right = (scene.x[window] - MARK_AT[0] + half_width) * per_unit
    down = (scene.y[window] - MARK_AT[1] + half_height) * per_unit
    # Finer than a pixel the dots would twinkle from part to part.
    shown = cv2.GaussianBlur(lit, (0, 0), 0.35 * per_unit / scene.scale)
    metal[window] *= 1.0 + cv2.remap(shown, right, down, cv2.INTER_LINEAR, borderValue=0)


def _mark_dots() -> list[tuple[int, int]]:
    return [
        (6 * place + column, row)
        for place, letter in enumerate(_MARK_TEXT)
        for row, bits in enumerate(_GLYPHS[letter])
        for column in range(5)
        if bits >> (4 - column) & 1
    ]
