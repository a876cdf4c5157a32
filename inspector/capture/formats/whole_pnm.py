"""Reads Netpbm's PGM and PPM, whose samples are all there or the file is refused.

The format: https://netpbm.sourceforge.net/doc/pgm.html and ppm.html.
"""

import re
import warnings
from dataclasses import dataclass

import numpy as np

from inspector.capture.files.file_faults import broken, not_read, truncated
from inspector.capture.formats.sample_depth import Samples
from inspector.opencv import MAX_IMAGE_PX

_CHANNELS = {b"P2": 1, b"P3": 3, b"P5": 1, b"P6": 3}
_PLAIN = frozenset({b"P2", b"P3"})  # samples as text
_MAX_HEADER_BYTES = 65_536  # with comments
_TOKEN = re.compile(rb"(?:\s|#[^\n\r]*[\n\r])*(\d{1,10})")
_COMMENT = re.compile(rb"#[^\n\r]*[\n\r]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PnmLayout:
    """What the header says.

    Attributes:
        max_sample: Full light, 1..65535.
        samples_at: Where the samples begin, in bytes from the start of the file.
        is_plain: Whether the samples are written as text.
    """

    width_px: int
    height_px: int
    n_channels: int
    max_sample: int
    samples_at: int
    is_plain: bool


def walk_pnm(data: bytes, name: str) -> PnmLayout:
    """Check the header, and that all samples are there.

    Args:
        data: The file, which begins with P1 to P6.
        name: For the error's text.

    Raises:
        CorruptFrame: It is truncated, broken, of bits, or holds more than one picture.
    """
    kind = data[:2]
    if kind not in _CHANNELS:
        raise not_read(name, "a PBM, a picture of bits,", "save it as PGM or PNG")
    numbers, at = [], 2
    for _ in range(3):
        token = _TOKEN.match(data, at, _MAX_HEADER_BYTES)
        if token is None:
            raise truncated(name, "the PGM or PPM ends inside its header, or has no size")
        numbers.append(int(token[1]))
        at = token.end()
    width_px, height_px, max_sample = numbers
    if width_px == 0 or height_px == 0 or not 0 < max_sample <= 65_535:
        raise broken(name, f"the PGM or PPM says {width_px} x {height_px} px up to {max_sample}")
    comment = _COMMENT.match(data, at)  # its line's end is the one white space
    samples_at = comment.end() if comment else at + 1
    if data[samples_at - 1 : samples_at + 1] == b"\r\n" and kind not in _PLAIN:
        raise broken(name, "the PGM or PPM was changed as if it were a text, line by line")
    layout = PnmLayout(
        width_px=width_px,
        height_px=height_px,
        n_channels=_CHANNELS[kind],
        max_sample=max_sample,
        samples_at=samples_at,
        is_plain=kind in _PLAIN,
    )
    if not layout.is_plain and width_px * height_px <= MAX_IMAGE_PX:
        end = layout.samples_at + _n_samples(layout) * (2 if max_sample > 255 else 1)
        if end > len(data):
            raise truncated(name, "the PGM or PPM ends before its last row")
        if data[end:] not in (b"", b"\n"):
            raise broken(name, "something follows the end of the PGM or PPM")
    return layout


def pnm_pixels(data: bytes, layout: PnmLayout, name: str) -> Samples:
    """The samples as stored: uint8, or uint16 where full light is above 255; colours as BGR.

    Raises:
        CorruptFrame: Samples that are written as text are missing, too many, or no numbers; one is
            above full light.
    """
    dtype = np.dtype(np.uint16 if layout.max_sample > 255 else np.uint8)
    count = _n_samples(layout)
    if layout.is_plain:
        stored = _from_text(data[layout.samples_at :], count, name)
    else:
        stored = np.frombuffer(data, dtype.newbyteorder(">"), count, layout.samples_at)
    if int(stored.max()) > layout.max_sample:  # before it could wrap round
        raise broken(name, f"the PGM or PPM holds {stored.max()}, above its {layout.max_sample}")
    samples: Samples = stored.astype(dtype)
    if layout.n_channels == 1:
        return samples.reshape(layout.height_px, layout.width_px)
    colours = samples.reshape(layout.height_px, layout.width_px, 3)
    return np.ascontiguousarray(colours[:, :, ::-1])


def _from_text(text: bytes, count: int, name: str) -> Samples:
    if not text[-1:].isspace():
        raise truncated(name, "the PGM or PPM ends inside a number")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # numpy only warns of what it could not read
            values = np.fromstring(text.decode("ascii"), np.int64, sep=" ")
    except (DeprecationWarning, ValueError) as error:
        raise broken(name, "the PGM or PPM holds something that is not a number") from error
    if len(values) < count:
        raise truncated(name, f"the PGM or PPM holds {len(values):,} of its {count:,} samples")
    if len(values) > count or int(values.min()) < 0 or int(values.max()) > 65_535:
        raise broken(name, f"the PGM or PPM holds more or larger samples than its {count:,}")
    return values.astype(np.uint16)


def _n_samples(layout: PnmLayout) -> int:
    return layout.width_px * layout.height_px * layout.n_channels
