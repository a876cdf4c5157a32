"""What is unusual about a part in tiles, where no known defect explains it.

A tile does not show the mark beyond its border that explains what it sees; so it is looked for on
the whole picture. The graph of a bundle that judges whole pictures works out the same by itself.
"""

import numpy as np
from numpy.typing import NDArray

from inspector.flow import TilePlace
from inspector.inference.stitch import stitch_heatmap

EXPLAINED_WITHIN_PX = 64  # of a marked defect, px of the network's input


def unexplained_in_tiles(
    heat: NDArray[np.float32],
    mask: NDArray[np.float32],
    places: tuple[TilePlace, ...],
    stride_px: int,
) -> float:
    """The most heat that lies far from every marked defect.

    Args:
        heat: float32 (N, h, w), how unusual each place of each tile is, finite.
        mask: float32 (N, h, w), the chance of a marked defect there, 0..1.
        places: Of the tiles; a picture's all.
        stride_px: What a place covers.
    """
    cells = tuple(
        TilePlace(x_px=place.x_px // stride_px, y_px=place.y_px // stride_px) for place in places
    )
    rows = max(cell.y_px for cell in cells) + heat.shape[1]
    columns = max(cell.x_px for cell in cells) + heat.shape[2]
    seen, marked = (stitch_heatmap(maps, cells, (rows, columns)) for maps in (heat, mask))
    near = highest_within(marked, EXPLAINED_WITHIN_PX // stride_px)
    return float((seen * (1 - near)).max())


def highest_within(values: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """At each place the highest value no more than so many rows and columns away."""
    for axis in (0, 1):
        margin = [(0, 0), (0, 0)]
        margin[axis] = (reach, reach)
        filled = np.pad(values, margin, constant_values=-np.inf)
        windows = np.lib.stride_tricks.sliding_window_view(filled, 2 * reach + 1, axis)
        values = windows.max(axis=-1)
    return values
