"""Lays the heat maps of tiles over one canvas."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from inspector.flow import TilePlace

_Value = TypeVar("_Value", np.float32, np.uint8)


def stitch_heatmap(
    tiles: NDArray[np.float32], places: tuple[TilePlace, ...], canvas_size_px: tuple[int, int]
) -> NDArray[np.float32]:
    """One map over the canvas: the highest value where tiles overlap, so that nothing is hidden.

    Args:
        tiles: float32, (N, h, w), one per place; together they cover the canvas. What lies beyond
            it is left out.
    """
    height_px, width_px = tiles.shape[1:]
    if len(places) == 1 and (height_px, width_px) == canvas_size_px:
        only: NDArray[np.float32] = tiles[0]
        return only
    canvas = np.full(canvas_size_px, -np.inf, dtype=np.float32)
    for tile, place in zip(tiles, places, strict=True):
        window = canvas[place.y_px : place.y_px + height_px, place.x_px : place.x_px + width_px]
        np.maximum(window, _within(tile, window), out=window)
    return canvas


def stitch_classes(
    classes: NDArray[np.uint8],
    heat: NDArray[np.float32],
    places: tuple[TilePlace, ...],
    canvas_size_px: tuple[int, int],
) -> NDArray[np.uint8]:
    """One map of classes over the canvas: where tiles overlap, the class that the hotter one sees.

    Args:
        classes: uint8, (N, h, w), one per place.
        heat: float32, (N, h, w), the tiles' heat maps.
    """
    height_px, width_px = classes.shape[1:]
    if len(places) == 1 and (height_px, width_px) == canvas_size_px:
        only: NDArray[np.uint8] = classes[0]
        return only
    canvas = np.zeros(canvas_size_px, dtype=np.uint8)
    hottest = np.full(canvas_size_px, -np.inf, dtype=np.float32)
    for tile, warmth, place in zip(classes, heat, places, strict=True):
        window = np.s_[place.y_px : place.y_px + height_px, place.x_px : place.x_px + width_px]
        seen = _within(warmth, hottest[window])
        is_hotter = seen > hottest[window]
        canvas[window][is_hotter] = _within(tile, seen)[is_hotter]
        hottest[window][is_hotter] = seen[is_hotter]
    return canvas


def _within(tile: NDArray[_Value], window: NDArray[np.float32]) -> NDArray[_Value]:
    return tile[: window.shape[0], : window.shape[1]]
