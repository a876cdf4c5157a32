"""Makes a picture of what an industrial camera sends, by the names of its pixel formats.

The names are those of GenICam's Pixel Format Naming Convention, and what Basler calls the same.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.capture.formats.sample_depth import to_eight_bits
from inspector.errors import CorruptFrame
from inspector.opencv import cv2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """How one format lies in memory.

    Attributes:
        bits: That a sample uses; above 8 it takes two bytes, lower one first.
        channels: Samples to a pixel.
        to_bgr: OpenCV's conversion; None: the samples are mono or BGR already.
    """

    bits: int = 8
    channels: int = 1
    to_bgr: int | None = None


# By the colours of the first two pixels of the first row.
_BAYER = {
    "BayerRG": cv2.COLOR_BayerRGGB2BGR,
    "BayerGR": cv2.COLOR_BayerGRBG2BGR,
    "BayerGB": cv2.COLOR_BayerGBRG2BGR,
    "BayerBG": cv2.COLOR_BayerBGGR2BGR,
}
_RGB = _Layout(channels=3, to_bgr=cv2.COLOR_RGB2BGR)
_LAYOUTS = {
    **{f"Mono{bits}": _Layout(bits=bits) for bits in (8, 10, 12, 14, 16)},
    **{
        f"{name}{bits}": _Layout(bits=bits, to_bgr=conversion)
        for name, conversion in _BAYER.items()
        for bits in (8, 10, 12, 16)
    },
    "RGB8": _RGB,
    "RGB8Packed": _RGB,
    "BGR8": _Layout(channels=3),
    "BGR8Packed": _Layout(channels=3),
    "RGBa8": _Layout(channels=4, to_bgr=cv2.COLOR_RGBA2BGR),
    "BGRa8": _Layout(channels=4, to_bgr=cv2.COLOR_BGRA2BGR),
    "BGRA8Packed": _Layout(channels=4, to_bgr=cv2.COLOR_BGRA2BGR),
}
PIXEL_FORMATS = tuple(_LAYOUTS)


def to_picture(
    data: bytes | bytearray | memoryview,
    pixel_format: str,
    size_px: tuple[int, int],
    *,
    row_padding_bytes: int = 0,
    max_sample: int | None = None,
    name: str,
) -> NDArray[np.uint8]:
    """The picture in a camera's buffer; it keeps no view of the buffer.

    Args:
        data: The buffer; what is behind the picture is passed over.
        pixel_format: One of `PIXEL_FORMATS`.
        size_px: (H, W).
        row_padding_bytes: Behind each row.
        max_sample: Full light as the bundle has it, for samples of more than 8 bits; None: it has
            none, and the format's own is taken.
        name: Of the camera, for errors.

    Returns:
        uint8, (H, W) mono or (H, W, 3) BGR.

    Raises:
        CorruptFrame: The format is none of those, the buffer is too short, or full light is not the
            one that the bundle was made for.
    """
    layout = _LAYOUTS.get(pixel_format)
    if layout is None:
        raise CorruptFrame(
            f"{name}: pictures of the format {pixel_format!r} are not read; set one of "
            f"{', '.join(PIXEL_FORMATS)}"
        )
    height_px, width_px = size_px
    sample = np.dtype("<u2") if layout.bits > 8 else np.dtype(np.uint8)
    row_bytes = width_px * layout.channels * sample.itemsize
    stride_bytes = row_bytes + row_padding_bytes
    flat = np.frombuffer(data, dtype=np.uint8)
    if min(size_px) < 1 or flat.size < height_px * stride_bytes - row_padding_bytes:
        raise CorruptFrame(
            f"{name}: a buffer of {flat.size:,} bytes holds no picture of {width_px} x {height_px} "
            f"px in {pixel_format}"
        )
    rows = np.lib.stride_tricks.as_strided(flat, (height_px, row_bytes), (stride_bytes, 1))
    if row_padding_bytes and sample.itemsize > 1:
        rows = np.ascontiguousarray(rows)  # a view of two bytes needs it
    samples = rows.view(sample)
    if layout.channels > 1:
        samples = samples.reshape(height_px, width_px, layout.channels)
    if layout.to_bgr is not None:
        samples = np.asarray(cv2.cvtColor(np.ascontiguousarray(samples), layout.to_bgr))
    elif layout.bits == 8:
        return samples.copy()
    full = (1 << layout.bits) - 1
    if layout.bits == 8:
        return samples.astype(np.uint8, copy=False)
    return to_eight_bits(samples, declared=full, sealed=max_sample, name=name)
