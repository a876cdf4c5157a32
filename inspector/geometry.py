"""Maps between pixel frames, and the regions found in a map of scores."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisMap:
    """An axis-aligned map of points: `sensor = scale * tensor + offset`, for x and y apart.

    Points are pixel corners: (0, 0) is the upper left corner of the upper left pixel, so that
    scaling a picture needs no half-pixel correction.

    Attributes:
        scale_x, scale_y: Sensor px per tensor px.
        offset_x_px, offset_y_px: Sensor px of the tensor's origin.
    """

    scale_x: float
    scale_y: float
    offset_x_px: float = 0.0
    offset_y_px: float = 0.0

    def box(self, box_px: "Box") -> "Box":
        """The same box in the other frame."""
        return Box(
            x_px=box_px.x_px * self.scale_x + self.offset_x_px,
            y_px=box_px.y_px * self.scale_y + self.offset_y_px,
            width_px=box_px.width_px * self.scale_x,
            height_px=box_px.height_px * self.scale_y,
        )

    def then(self, other: "AxisMap") -> "AxisMap":
        """This map, and after it another one."""
        return AxisMap(
            scale_x=self.scale_x * other.scale_x,
            scale_y=self.scale_y * other.scale_y,
            offset_x_px=self.offset_x_px * other.scale_x + other.offset_x_px,
            offset_y_px=self.offset_y_px * other.scale_y + other.offset_y_px,
        )

    def shifted(self, x_px: float, y_px: float) -> "AxisMap":
        """The same map for a picture that begins at this place of the sensor, sensor px."""
        return AxisMap(
            scale_x=self.scale_x,
            scale_y=self.scale_y,
            offset_x_px=self.offset_x_px + x_px,
            offset_y_px=self.offset_y_px + y_px,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelRegion:
    """A rectangle of whole pixels: upper left corner and size."""

    x_px: int
    y_px: int
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An upright rectangle: upper left corner and size, px of whichever frame its holder names."""

    x_px: float
    y_px: float
    width_px: float
    height_px: float

    def clipped(self, height_px: float, width_px: float) -> "Box":
        """The part of the box that lies inside a picture of this size."""
        left, top = max(0.0, self.x_px), max(0.0, self.y_px)
        right = min(float(width_px), self.x_px + self.width_px)
        bottom = min(float(height_px), self.y_px + self.height_px)
        return Box(
            x_px=left, y_px=top, width_px=max(0.0, right - left), height_px=max(0.0, bottom - top)
        )


def holds_square(mask: NDArray[np.bool_], side_px: int) -> bool:
    """Whether a square of this side lies wholly inside a mask (H, W)."""
    if min(mask.shape) < side_px:
        return False
    rows = sliding_window_view(mask, side_px, axis=0).all(axis=-1)
    return bool(sliding_window_view(rows, side_px, axis=1).all(axis=-1).any())


def label_regions(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], int]:
    """Number the 8-connected regions of a mask.

    Runs of set pixels are joined to the runs they touch in the row above (union-find over runs:
    K. Wu, E. Otoo, K. Suzuki, "Optimizing two-pass connected-component labeling algorithms",
    2009), so the cost follows the count of runs, not of pixels.

    Args:
        mask: bool, (H, W).

    Returns:
        int32 (H, W), 0 outside, 1..n in order of each region's first pixel; and n.
    """
    height_px, width_px = mask.shape
    edges = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    run_rows, run_starts = np.nonzero(edges == 1)
    run_stops = np.nonzero(edges == -1)[1]
    parent = list(range(len(run_rows)))

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    first_of_row = np.searchsorted(run_rows, np.arange(height_px + 1)).tolist()
    starts, stops = run_starts.tolist(), run_stops.tolist()
    for row in range(1, height_px):
        above, above_end = first_of_row[row - 1], first_of_row[row]
        for run in range(first_of_row[row], first_of_row[row + 1]):
            while above < above_end and stops[above] < starts[run]:
                above += 1
            touching = above
            while touching < above_end and starts[touching] <= stops[run]:
                high, low = root(run), root(touching)
                parent[max(high, low)] = min(high, low)
                touching += 1

    labels = np.zeros((height_px, width_px), dtype=np.int32)
    numbers: dict[int, int] = {}
    for run, row in enumerate(run_rows.tolist()):
        number = numbers.setdefault(root(run), len(numbers) + 1)
        labels[row, starts[run] : stops[run]] = number
    return labels, len(numbers)


def region_boxes(labels: NDArray[np.int32], values: NDArray[np.float32]) -> list[tuple[Box, float]]:
    """The bounding box of each region of `label_regions` and the highest value in it.

    Args:
        labels: int32 (H, W), in which every number up to the highest occurs.
        values: float32 (H, W).

    Returns:
        One entry per region, in its numbering.
    """
    rows, columns = np.nonzero(labels)
    numbers = labels[rows, columns]
    order = np.argsort(numbers, kind="stable")
    rows, columns = rows[order], columns[order]
    # Sorting once and reducing runs of equal numbers: per-region masks cost a whole map each.
    starts = np.flatnonzero(np.diff(numbers[order], prepend=0))
    if starts.size == 0:
        return []
    top_px = np.minimum.reduceat(rows, starts)
    bottom_px = np.maximum.reduceat(rows, starts)
    left_px = np.minimum.reduceat(columns, starts)
    right_px = np.maximum.reduceat(columns, starts)
    peaks = np.maximum.reduceat(values[rows, columns], starts)
    return [
        (Box(x_px=x, y_px=y, width_px=right - x + 1, height_px=bottom - y + 1), peak)
        for x, y, right, bottom, peak in zip(
            left_px.tolist(),
            top_px.tolist(),
            right_px.tolist(),
            bottom_px.tolist(),
            peaks.tolist(),
            strict=True,
        )
    ]
