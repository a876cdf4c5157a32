"""From what a graph gives to a prediction: checked for shape and finite numbers, tiles as one."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import Manifest
from inspector.errors import InferenceError
from inspector.flow import Prediction, Preprocessed
from inspector.inference.stitch import stitch_classes, stitch_heatmap
from inspector.inference.unexplained import unexplained_in_tiles

_READ = ("score", "heatmap", "probabilities", "class_map", "unexplained")


def read_outputs(manifest: Manifest) -> list[str]:
    """The outputs of a bundle's graph that a prediction is made of."""
    return [name for name in _READ if name in manifest.outputs]


def prediction_of(
    named: Mapping[str, NDArray[np.float32]], prepared: Preprocessed, manifest: Manifest
) -> Prediction:
    """What the network says of one frame.

    Args:
        named: What the graph gave for the frame's tensor, by output; all of `read_outputs`.

    Raises:
        InferenceError: An output has another shape than the bundle says, or a number in it is not
            finite.
    """
    count = len(prepared.places)
    spec, labels = manifest.input, manifest.labels
    scores = _finite(named["score"], (count,), "score")
    worst = int(scores.argmax())  # a part is as bad as its worst tile
    probabilities = heatmap = class_map = None
    if "probabilities" in named:
        shape: tuple[int, ...] = (count, len(labels))
        probabilities = _finite(named["probabilities"], shape, "probabilities")[worst]
    unexplained = None
    if "unexplained" in named and not spec.is_in_tiles:
        unexplained = float(_finite(named["unexplained"], (count,), "unexplained").max())
    if "heatmap" in named:
        shape = (count, spec.height_px, spec.width_px)
        tiles = _finite(named["heatmap"], shape, "heatmap")
        heatmap = stitch_heatmap(tiles, prepared.places, prepared.canvas_size_px)
        if "unexplained" in named and spec.is_in_tiles:
            unexplained = _unexplained(named["unexplained"], tiles, prepared)
        if "class_map" in named:
            classes = _most_probable(named["class_map"], shape, len(labels))
            class_map = stitch_classes(classes, tiles, prepared.places, prepared.canvas_size_px)
    return Prediction(
        frame_id=prepared.frame_id,
        score=float(scores[worst]),
        heatmap=heatmap,
        bundle_id=manifest.bundle_id,
        probabilities=probabilities,
        class_map=class_map,
        unexplained=unexplained,
    )


def _unexplained(
    heat: NDArray[np.float32], mask: NDArray[np.float32], prepared: Preprocessed
) -> float:
    """Of a picture in tiles: the graph gives how unusual each place is, on a coarser grid."""
    step = _step(heat, mask.shape, "unexplained")
    _finite(heat, (len(mask), mask.shape[1] // step, mask.shape[2] // step), "unexplained")
    return unexplained_in_tiles(heat, mask[:, ::step, ::step], prepared.places, step)


def _finite(values: NDArray[np.float32], shape: tuple[int, ...], name: str) -> NDArray[np.float32]:
    if values.shape != shape:
        raise InferenceError(f"{name} has the shape {values.shape}; {shape} was asked for")
    if not np.isfinite(values).all():
        raise InferenceError(f"{name} holds a value that is not finite")
    return values


def _most_probable(
    maps: NDArray[np.float32], shape: tuple[int, ...], n_labels: int
) -> NDArray[np.uint8]:
    """uint8 in `shape`, places among the labels; the graph gives its coarser grid of defects.

    Its axes are tiles, rows, columns, and every label but the first.
    """
    step = _step(maps, shape, "class_map")
    _finite(maps, (shape[0], shape[1] // step, shape[2] // step, n_labels - 1), "class_map")
    classes = (maps.argmax(axis=3) + 1).astype(np.uint8)
    fine: NDArray[np.uint8] = classes.repeat(step, axis=1).repeat(step, axis=2)
    return fine


def _step(maps: NDArray[np.float32], shape: tuple[int, ...], name: str) -> int:
    """How many pixels across a place of a coarser map is.

    Args:
        shape: (N, height, width) of the pixels.
    """
    rows, columns = maps.shape[1:3] if maps.ndim > 2 else (0, 0)
    step = shape[1] // rows if rows else 0
    if not step or (rows * step, columns * step) != tuple(shape[1:]):
        raise InferenceError(f"{name} has {rows} x {columns} places for {shape[1:]} pixels")
    return step
