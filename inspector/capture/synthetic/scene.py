"""Lays the demonstration part, a milled flange plate, on a dark belt under a line light.

Lengths are in part units, one pixel at the default picture size, with the origin in the middle of
the plate, x to the right and y down. Shapes are signed distances (negative inside), so that every
edge is covered by parts of a pixel without drawing the picture larger first.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.opencv import cv2

Plane = NDArray[np.float32]
Window = tuple[slice, slice]

DESIGN_SIZE_PX = (384, 512)
HALF_WIDTH, HALF_HEIGHT, CORNER_RADIUS = 206.0, 146.0, 36.0
BOSS_RADIUS, RECESS_RADIUS, BORE_RADIUS = 98.0, 66.0, 50.0
BOLT_RADIUS, SPOTFACE_RADIUS = 13.5, 25.0
BOLTS = ((-162.0, -102.0), (162.0, -102.0), (162.0, 102.0), (-162.0, 102.0))
DOWEL_RADIUS = 6.5
DOWELS = ((-104.0, 116.0), (104.0, -116.0))
SLOT_AT, SLOT_RADIUS, SLOT_HALF_LENGTH = (152.0, 0.0), 11.0, 30.0
MARK_AT, MARK_HALF_SIZE = (-150.0, 0.0), (41.0, 10.0)
MARK_ROWS = 64  # rows of tool marks to a full turn

_LAMP_RAD = -0.42  # from straight up, so that both edges of a vertical slope differ
_MARKS_PER_UNIT = 4  # columns of tool marks to a part unit
_BELT_BGR = np.array([1.0, 0.96, 0.88], dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """One part lying on the belt: everything about it that is not a defect.

    Attributes:
        scale: Picture px per part unit.
        x, y: Part coordinates of every pixel's centre, (H, W).
        to_light: Unit vector towards the lamp, part frame.
        tool_marks: Roughness of the cut, about -1..1; columns across the marks, rows along them.
        shading: Uneven light over the picture and the lamp's level, (H, W), about 1.
        handling: Faint cloudiness of a part that was touched and oiled, (H, W), about 1.
        edge: Signed distance to the plate's outline, part units, (H, W).
        belt: Belt with the plate's shadow, BGR, 0..1, (H, W, 3), already shaded.
    """

    scale: float
    x: Plane
    y: Plane
    to_light: tuple[float, float]
    tool_marks: Plane
    shading: Plane
    handling: Plane
    edge: Plane
    belt: Plane

    def window(self, x: float, y: float, reach: float) -> Window:
        """The pixels within `reach` part units of a point, in both axes."""
        near = (np.abs(self.x - x) <= reach) & (np.abs(self.y - y) <= reach)
        rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
        return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)

    def cover(self, distance: Plane) -> Plane:
        """How much of each pixel lies inside a shape, 0..1, from its signed distance."""
        covered: Plane = np.clip(0.5 - distance * np.float32(self.scale), 0.0, 1.0)
        return covered

    def marks_at(self, across: Plane, along: Plane) -> Plane:
        """The cutter's marks, at part units across them and rows along them."""
        marks = cv2.remap(
            self.tool_marks,
            across * np.float32(_MARKS_PER_UNIT),
            # OpenCV 5.0 checks the type of the first map only and misreads a float64 in the second.
            along.astype(np.float32, copy=False),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(marks, dtype=np.float32)


def lay_part(rng: np.random.Generator, size_px: tuple[int, int]) -> Scene:
    """Lay one part on the belt: its place, turn, light level and the marks its cutter left."""
    height_px, width_px = size_px
    scale = min(height_px / DESIGN_SIZE_PX[0], width_px / DESIGN_SIZE_PX[1])
    angle_rad = math.radians(rng.uniform(-1.6, 1.6))
    at_x_px, at_y_px = (side / 2 + rng.uniform(-5, 5) * scale for side in (width_px, height_px))
    level = rng.uniform(0.94, 1.06)
    x, y = _part_coordinates(size_px, scale, angle_rad, at_x_px, at_y_px)
    lamp_rad = _LAMP_RAD - angle_rad
    to_light = (math.sin(lamp_rad), -math.cos(lamp_rad))
    shading = _line_light(size_px, level)
    handling = 1.0 + 0.022 * smooth_noise(rng, size_px, 3) + 0.014 * smooth_noise(rng, size_px, 9)
    return Scene(
        scale=scale,
        x=x,
        y=y,
        to_light=to_light,
        tool_marks=_tool_marks(rng, scale),
        shading=shading,
        handling=handling,
        edge=_box(x, y, HALF_WIDTH, HALF_HEIGHT, CORNER_RADIUS),
        belt=_belt(rng, x, y, to_light, scale) * shading[..., None],
    )


def clearance(x: Plane, y: Plane) -> Plane:
    """Distance of points of the plate's flat faces to the nearest edge of anything, part units.

    Negative in a hole or off the plate. The top of the boss counts as flat.
    """
    radius = np.hypot(x, y)
    distances = [
        -_box(x, y, HALF_WIDTH, HALF_HEIGHT, CORNER_RADIUS),
        np.abs(radius - BOSS_RADIUS),
        radius - RECESS_RADIUS,
        slot_distance(x, y),
        _box(x - MARK_AT[0], y - MARK_AT[1], *MARK_HALF_SIZE, 1.0),
    ]
    distances += [np.hypot(x - at[0], y - at[1]) - SPOTFACE_RADIUS for at in BOLTS]
    distances += [np.hypot(x - at[0], y - at[1]) - DOWEL_RADIUS for at in DOWELS]
    nearest: Plane = np.min(distances, axis=0)
    return nearest


def mix(under: Plane, over: Plane | float, share: Plane) -> Plane:
    """`over` laid on `under`, with 0..1 of it showing."""
    return under + (over - under) * share


def smooth_noise(rng: np.random.Generator, size_px: tuple[int, int], cells: int) -> Plane:
    """Soft random clouds of unit spread, `cells` of them to the shorter side, (H, W)."""
    height_px, width_px = size_px
    cell_px = min(size_px) / cells
    grid = (max(2, round(height_px / cell_px)), max(2, round(width_px / cell_px)))
    coarse = rng.standard_normal(grid, dtype=np.float32)
    fine = cv2.resize(coarse, (width_px, height_px), interpolation=cv2.INTER_CUBIC)
    return np.asarray(fine, dtype=np.float32)


def _part_coordinates(
    size_px: tuple[int, int], scale: float, angle_rad: float, at_x_px: float, at_y_px: float
) -> tuple[Plane, Plane]:
    right = (np.arange(size_px[1], dtype=np.float32) + np.float32(0.5 - at_x_px))[None, :]
    down = (np.arange(size_px[0], dtype=np.float32) + np.float32(0.5 - at_y_px))[:, None]
    cosine, sine = np.float32(math.cos(angle_rad) / scale), np.float32(math.sin(angle_rad) / scale)
    return right * cosine + down * sine, down * cosine - right * sine


def _line_light(size_px: tuple[int, int], level: float) -> Plane:
    across = np.linspace(-1, 1, size_px[1], dtype=np.float32)[None, :]
    down = np.linspace(-1, 1, size_px[0], dtype=np.float32)[:, None]
    lamp = 1.0 + 0.16 * np.exp(-(((down + 0.45) / 0.6) ** 2)) - 0.10 * down
    vignette = 1.0 - 0.10 * (across + 0.15) ** 2 - 0.05 * down**2
    return np.asarray(lamp * vignette * np.float32(level), dtype=np.float32)


def _tool_marks(rng: np.random.Generator, scale: float) -> Plane:
    rows, columns = MARK_ROWS, 2816
    place = np.arange(columns, dtype=np.float32) / _MARKS_PER_UNIT
    wander = np.cumsum(rng.standard_normal(columns, dtype=np.float32)) * np.float32(0.045)
    feed = np.sin(place * np.float32(2 * math.pi / 4.3) + wander)
    feed *= 0.75 + 0.35 * np.repeat(rng.standard_normal(columns // 16, dtype=np.float32), 16)
    feed += 0.35 * np.repeat(rng.standard_normal(columns // 64, dtype=np.float32), 64)
    noise = rng.standard_normal((rows, columns), dtype=np.float32)
    # Rows are angles on turned faces: the last must pass into the first without a step.
    noise = np.concatenate([noise[-8:], noise, noise[:8]])
    rough = cv2.GaussianBlur(noise, (0, 0), sigmaX=1.6, sigmaY=2.2)[8:-7]
    marks = 0.30 * feed[None, :] + 2.0 * rough
    # Marks finer than a pixel would beat with the pixel grid in small pictures.
    sigma = max(0.3, 0.45 * _MARKS_PER_UNIT / scale)
    blurred = cv2.GaussianBlur(marks, (0, 0), sigmaX=sigma, sigmaY=0.3)
    return np.asarray(blurred, dtype=np.float32)


def _belt(
    rng: np.random.Generator, x: Plane, y: Plane, to_light: tuple[float, float], scale: float
) -> Plane:
    size_px = (x.shape[0], x.shape[1])
    weft, warp = (
        np.cos(np.arange(side_px) * (2.3 / scale) + rng.uniform(0, 2 * math.pi)).astype(np.float32)
        for side_px in size_px
    )
    weave = 0.5 * (weft[:, None] - warp[None, :])
    noise = rng.standard_normal(size_px, dtype=np.float32)
    grain = cv2.GaussianBlur(noise, (0, 0), sigmaX=1.1 * scale, sigmaY=0.8 * scale)
    cloth = 0.105 + 0.010 * weave + 0.035 * scale * grain + 0.010 * smooth_noise(rng, size_px, 6)
    shadow = _box(
        x + np.float32(9.0 * to_light[0]),
        y + np.float32(9.0 * to_light[1]),
        HALF_WIDTH,
        HALF_HEIGHT,
        CORNER_RADIUS,
    )
    cloth *= 1.0 - 0.72 * np.clip((9.0 - shadow) / 15.0, 0.0, 1.0)
    return np.asarray(np.clip(cloth, 0.0, 1.0)[..., None] * _BELT_BGR, dtype=np.float32)


def _box(x: Plane, y: Plane, half_width: float, half_height: float, radius: float) -> Plane:
    right = np.abs(x) - np.float32(half_width - radius)
    down = np.abs(y) - np.float32(half_height - radius)
    corner = np.sqrt(np.maximum(right, 0.0) ** 2 + np.maximum(down, 0.0) ** 2)
    distance: Plane = corner + np.minimum(np.maximum(right, down), 0.0) - np.float32(radius)
    return distance


def slot_distance(x: Plane, y: Plane) -> Plane:
    """Signed distance to the slot's edge, part units."""
    down = np.maximum(np.abs(y - np.float32(SLOT_AT[1])) - np.float32(SLOT_HALF_LENGTH), 0.0)
    distance: Plane = np.hypot(x - np.float32(SLOT_AT[0]), down) - np.float32(SLOT_RADIUS)
    return distance
