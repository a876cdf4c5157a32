"""Spoils a painted part, in one of the ways that machined parts are spoiled."""

import math
from collections.abc import Callable
from enum import StrEnum

import numpy as np

from inspector.capture.synthetic.part import METAL_BGR, bare_face
from inspector.capture.synthetic.scene import (
    BOLTS,
    HALF_HEIGHT,
    HALF_WIDTH,
    SPOTFACE_RADIUS,
    Plane,
    Scene,
    Window,
    clearance,
    mix,
    smooth_noise,
)
from inspector.opencv import cv2

_STAIN_LOSS_BGR = np.array([0.64, 0.53, 0.44], dtype=np.float32)
_TRIES = 400  # of 300 parts, the scratch hardest to place took 58


class Defect(StrEnum):
    """A way for the part to be bad."""

    SCRATCH = "scratch"
    DENT = "dent"
    STAIN = "stain"
    CHIP = "chip"
    MISSING_HOLE = "missing_hole"


def paint_defect(scene: Scene, good: Plane, defect: Defect, rng: np.random.Generator) -> Plane:
    """The same part with a defect on it.

    Args:
        scene: The part's scene.
        good: The part as `paint_part` painted it; not changed.
        defect: What to paint.
        rng: Where and how large the defect is.

    Returns:
        BGR, float32, (H, W, 3), about 0..1.
    """
    picture = good.copy()
    _PAINTERS[defect](scene, picture, rng)
    return picture


def _free_place(rng: np.random.Generator, margin: float) -> tuple[float, float]:
    """A point of a flat face with nothing within the margin, part units."""
    span = np.array([[HALF_WIDTH], [HALF_HEIGHT]])
    tries = (rng.uniform(-1.0, 1.0, (2, _TRIES)) * span).astype(np.float32)
    room = clearance(tries[0], tries[1])
    best = int(np.argmax(room >= margin)) if (room >= margin).any() else int(np.argmax(room))
    return float(tries[0, best]), float(tries[1, best])


def _turned_offsets(
    scene: Scene, window: Window, at: tuple[float, float], angle_rad: float
) -> tuple[Plane, Plane]:
    """Offsets from a point, part units, along and across a direction."""
    right, down = scene.x[window] - np.float32(at[0]), scene.y[window] - np.float32(at[1])
    cosine, sine = np.float32(math.cos(angle_rad)), np.float32(math.sin(angle_rad))
    return right * cosine + down * sine, down * cosine - right * sine


def _scratch_course(rng: np.random.Generator) -> Plane:
    """Points of a slightly bent line that keeps to one flat face, part units, (n, 2)."""
    along = np.linspace(-0.5, 0.5, 60, dtype=np.float32)
    best, best_room = np.zeros((60, 2), dtype=np.float32), -math.inf
    for _ in range(_TRIES):
        middle = rng.uniform(-1.0, 1.0, 2) * (HALF_WIDTH, HALF_HEIGHT)
        angle_rad, length = rng.uniform(0, math.pi), rng.uniform(60.0, 120.0)
        bend = rng.uniform(-0.16, 0.16) * (along * along - 0.08) + 0.01 * np.sin(along * 11)
        right = middle[0] + length * (along * math.cos(angle_rad) - bend * math.sin(angle_rad))
        down = middle[1] + length * (along * math.sin(angle_rad) + bend * math.cos(angle_rad))
        room = float(clearance(right, down).min())
        if room > best_room:
            best, best_room = np.stack([right, down], axis=1).astype(np.float32), room
        if best_room >= 4.0:
            break
    return best


def _paint_scratch(scene: Scene, picture: Plane, rng: np.random.Generator) -> None:
    course = _scratch_course(rng)
    middle = course.mean(axis=0)
    reach = float(np.abs(course - middle).max()) + 6.0
    window = scene.window(float(middle[0]), float(middle[1]), reach)
    width = rng.uniform(1.15, 1.75)
    strength = rng.uniform(0.8, 1.0) * _pressure(rng, len(course))
    groove = _stroke(scene, window, course, strength, width)
    aside = np.float32(1.35 * width) * np.array(scene.to_light, dtype=np.float32)
    flank = _stroke(scene, window, course + aside, strength, width)
    patch = picture[window] * (1.0 - 0.68 * flank)[..., None]
    picture[window] = mix(patch, METAL_BGR * np.float32(1.3), groove[..., None])


def _pressure(rng: np.random.Generator, count: int) -> Plane:
    """How hard the tip pressed along a scratch, 0..1: it lifts here and there and at the ends."""
    knots = rng.uniform(-0.35, 1.5, 11)
    knots[4:7] = 1.0
    place = np.linspace(0.0, 1.0, count)
    pressed = np.clip(np.interp(place, np.linspace(0.0, 1.0, 11), knots), 0.0, 1.0)
    return (pressed * np.sin(math.pi * place) ** 0.4).astype(np.float32)


def _stroke(scene: Scene, window: Window, course: Plane, strength: Plane, width: float) -> Plane:
    """A line of changing strength, drawn four times as large and averaged down."""
    fine = 4
    x, y = scene.x[window], scene.y[window]
    origin = np.array([x[0, 0], y[0, 0]])
    per_column = np.array([x[0, 1], y[0, 1]]) - origin
    per_row = np.array([x[1, 0], y[1, 0]]) - origin
    turn = np.stack([per_column, per_row], axis=1)
    points = np.linalg.solve(turn, (course - origin).T).T + 0.5
    corners = np.round(points * fine * 16).astype(int)
    canvas = np.zeros((x.shape[0] * fine, x.shape[1] * fine), dtype=np.uint8)
    for begin, end, weight in zip(corners[:-1], corners[1:], strength[:-1], strict=True):
        thickness = max(1, round(width * scene.scale * fine * (0.4 + 0.6 * float(weight))))
        level = 255.0 * float(weight)
        cv2.line(canvas, begin.tolist(), end.tolist(), level, thickness, cv2.LINE_AA, 4)
    small = cv2.resize(canvas, (x.shape[1], x.shape[0]), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / np.float32(255.0)


def _paint_dent(scene: Scene, picture: Plane, rng: np.random.Generator) -> None:
    radius = rng.uniform(7.5, 12.0)
    at = _free_place(rng, radius * 1.15)
    window = scene.window(*at, 3.0 * radius)
    along, across = _turned_offsets(scene, window, at, rng.uniform(0, math.pi))
    distance = np.hypot(along / np.float32(rng.uniform(1.0, 1.5)), across) / np.float32(radius)
    distance *= _ragged(rng, np.arctan2(across, along), ((2, 0.08), (3, 0.07), (5, 0.03)))
    hollow = 1.0 / (1.0 + np.exp((distance - 0.68) * 6.0))
    rim = np.exp(-(((distance - 1.15) / 0.25) ** 2))
    relief = (0.16 * rim - hollow) * np.float32(radius * scene.scale)
    slope_x = cv2.Sobel(relief, cv2.CV_32F, 1, 0, scale=1 / 8)
    slope_y = cv2.Sobel(relief, cv2.CV_32F, 0, 1, scale=1 / 8)
    lit = -(slope_x * scene.to_light[0] + slope_y * scene.to_light[1])
    patch = picture[window]
    smeared = np.asarray(cv2.GaussianBlur(patch, (0, 0), 1.6 * scene.scale), dtype=np.float32)
    patch = mix(patch, smeared, 0.6 * hollow[..., None])
    picture[window] = patch * np.clip(1.0 + 0.58 * lit - 0.10 * hollow, 0.15, 1.8)[..., None]


def _ragged(rng: np.random.Generator, angle: Plane, waves: tuple[tuple[int, float], ...]) -> Plane:
    """A factor about 1 that makes a round outline uneven, from (waves a turn, height) pairs."""
    factor = np.ones_like(angle)
    for count, height in waves:
        factor += np.float32(height) * np.sin(count * angle + np.float32(rng.uniform(0, 6.3)))
    return factor


def _paint_stain(scene: Scene, picture: Plane, rng: np.random.Generator) -> None:
    radius = rng.uniform(15.0, 25.0)
    at = _free_place(rng, radius * 0.62)
    window = scene.window(*at, 1.9 * radius)
    along, across = _turned_offsets(scene, window, at, rng.uniform(0, math.pi))
    distance = np.sqrt((along / 1.3) ** 2 + across**2) / np.float32(radius)
    size_px = (distance.shape[0], distance.shape[1])
    distance += 0.17 * smooth_noise(rng, size_px, 5) + 0.08 * smooth_noise(rng, size_px, 13)
    body = 1.0 / (1.0 + np.exp((distance - 0.74) * rng.uniform(5.0, 9.0)))
    dried = np.exp(-(((distance - 0.66) / 0.13) ** 2))
    weight = rng.uniform(0.8, 1.1) * (0.72 * body + 0.20 * dried)
    weight *= (1.0 + 0.16 * smooth_noise(rng, size_px, 7)) * scene.cover(scene.edge[window])
    kept = 1.0 - np.clip(weight, 0.0, 1.1)[..., None] * _STAIN_LOSS_BGR
    picture[window] = picture[window] * kept


def _edge_place(rng: np.random.Generator, outside: float) -> tuple[float, float]:
    """A point a little off one of the plate's straight edges, part units."""
    side = math.copysign(1.0, rng.normal())
    if rng.uniform() < 0.6:
        return rng.uniform(-0.75, 0.75) * HALF_WIDTH, side * (HALF_HEIGHT + outside)
    return side * (HALF_WIDTH + outside), rng.uniform(-0.68, 0.68) * HALF_HEIGHT


def _paint_chip(scene: Scene, picture: Plane, rng: np.random.Generator) -> None:
    radius = rng.uniform(17.0, 26.0)
    at = _edge_place(rng, 0.28 * radius)
    window = scene.window(*at, 2.0 * radius)
    right, down = _turned_offsets(scene, window, at, 0.0)
    waves = ((2, 0.12), (3, 0.10), (5, 0.07), (9, 0.05), (14, 0.03))
    outline = np.float32(radius) * _ragged(rng, np.arctan2(down, right), waves)
    distance = np.hypot(right, down) - outline
    size_px = (distance.shape[0], distance.shape[1])
    facets = smooth_noise(rng, size_px, 9) + 0.6 * smooth_noise(rng, size_px, 22)
    lean = (right * scene.to_light[0] + down * scene.to_light[1]) / np.float32(radius)
    broken = np.clip(0.36 - 0.26 * lean + 0.09 * facets, 0.06, 0.9).astype(np.float32, copy=False)
    broken *= scene.shading[window]
    shown = scene.cover(distance) * scene.cover(scene.edge[window])
    patch = mix(picture[window], broken[..., None] * METAL_BGR, shown[..., None])
    gone = scene.cover(distance + np.float32(0.22 * radius) + 0.8 * facets)
    picture[window] = mix(patch, scene.belt[window], gone[..., None])


def _paint_missing_hole(scene: Scene, picture: Plane, rng: np.random.Generator) -> None:
    at = BOLTS[int(rng.integers(len(BOLTS)))]
    window = scene.window(*at, SPOTFACE_RADIUS + 4.0)
    right, down = _turned_offsets(scene, window, at, 0.0)
    never_cut = scene.cover(np.hypot(right, down) - np.float32(SPOTFACE_RADIUS + 2.0))
    picture[window] = mix(picture[window], bare_face(scene, window), never_cut[..., None])


_PAINTERS: dict[Defect, Callable[[Scene, Plane, np.random.Generator], None]] = {
    Defect.SCRATCH: _paint_scratch,
    Defect.DENT: _paint_dent,
    Defect.STAIN: _paint_stain,
    Defect.CHIP: _paint_chip,
    Defect.MISSING_HOLE: _paint_missing_hole,
}
