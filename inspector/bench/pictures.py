"""The pictures that every runtime of a bench gets, exactly as the line would hand them over."""

import logging

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import InputSpec
from inspector.capture.files.pictures import PictureSource
from inspector.clock import Clock
from inspector.errors import CaptureError, PreprocessError, UsageError
from inspector.preprocess import preprocess

MAX_PICTURES = 16  # in one turn of one runtime; more only makes the rounds longer
MAX_TENSOR_BYTES = 500_000_000  # of all of them; each runtime's process holds a copy
_log = logging.getLogger(__name__)


def load_tensors(images: str, spec: InputSpec, clock: Clock) -> list[NDArray[np.uint8]]:
    """Up to `MAX_PICTURES` pictures, evenly chosen, ready for a run: uint8 (N, H, W, C) each.

    Raises:
        SourceUnavailable: There is nothing at that path.
        UsageError: No picture there can be used.
    """
    source = PictureSource(images, clock, spec.max_sample)
    if source.count is None:
        raise UsageError(f"{images!r}: is a video; give a folder of pictures")
    waiting = list(source)
    tensors: list[NDArray[np.uint8]] = []
    n_bytes = 0
    for index in evenly(len(waiting), MAX_PICTURES):
        try:
            tensor = preprocess(waiting[index].load(), spec).tensor
        except (CaptureError, PreprocessError) as error:
            _log.warning("%s is left out: %s", waiting[index].image, error)
            continue
        if n_bytes + tensor.nbytes > MAX_TENSOR_BYTES:
            _log.warning("the pictures are large; %d of them are used", len(tensors))
            break
        n_bytes += tensor.nbytes
        tensors.append(tensor)
    if not tensors:
        raise UsageError(f"{images!r}: no picture there can be used; nothing can be measured")
    return tensors


def evenly(count: int, at_most: int) -> list[int]:
    """Up to so many of the places 0..count-1, spread evenly."""
    n = min(count, at_most)
    return [place * count // n for place in range(n)]
