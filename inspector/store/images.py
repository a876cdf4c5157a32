"""Keeps pictures."""

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspector.errors import StoreError
from inspector.files.atomic import write_whole
from inspector.opencv import cv2


def write_png(path: Path, pixels: NDArray[np.uint8]) -> str:
    """Keep a picture without loss; under its name there is always a whole file, old or new.

    Args:
        pixels: uint8, (H, W) or (H, W, 3) BGR.

    Returns:
        SHA-256 of the file's bytes, hex.

    Raises:
        StoreFull: The disk is full. The old file, if any, is untouched.
        StoreError: The picture cannot be encoded or the folder not written; likewise.
    """
    data = encode_png(pixels)
    write_whole(path, data)
    return hashlib.sha256(data).hexdigest()


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """The bytes of `write_png`'s file.

    Raises:
        StoreError: The picture cannot be encoded.
    """
    return encoded(".png", pixels, [])


def encoded(extension: str, pixels: NDArray[np.uint8], parameters: list[int]) -> bytes:
    """The bytes of a picture file of the kind that the extension, with its dot, names.

    Raises:
        StoreError: The picture cannot be encoded.
    """
    what = f"a picture {pixels.dtype} {pixels.shape} cannot be encoded as {extension[1:]}"
    try:
        is_done, data = cv2.imencode(extension, pixels, parameters)
    except cv2.error as error:
        raise StoreError(f"{what}: {error}") from error
    if not is_done:
        raise StoreError(what)
    return data.tobytes()
