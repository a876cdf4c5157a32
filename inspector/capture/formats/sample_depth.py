"""Brings samples of any depth to 8 bits, when it is known which value means full light.

Samples of 10 and 12 bits are saved in 16, by some cameras at the upper end, by most at the lower
one. Taken for 16 bits the latter become 4 or 16 grey levels, in which a defect is lost. So a depth
is never guessed from one picture: the file says it, or the bundle does, or the picture is refused.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.capture.files.file_faults import broken, not_read
from inspector.errors import CorruptFrame
from inspector.opencv import cv2

Samples = NDArray[np.unsignedinteger[Any]]  # uint8 or uint16, (H, W) mono or (H, W, 3) BGR

FULL_16_BITS = 65_535
DEPTHS_BITS = (8, 10, 12, 14, 16)  # of cameras' pixel formats
# A picture of 16 bits that stays below it is one of 12 bits or less in the lower end of 16, or so
# dark that 16 grey levels are left of it: neither is to be judged unasked.
_AMBIGUOUS_UP_TO = 4_095


def to_eight_bits(
    samples: Samples, *, declared: int | None, sealed: int | None, name: str
) -> NDArray[np.uint8]:
    """Value · 255 / full light, rounded.

    Args:
        samples: As stored.
        declared: The value of full light that the file names; None: it names none.
        sealed: The same for samples of 16 bits, as the bundle's input has it; None: it has none.
        name: For the error's text.

    Raises:
        CorruptFrame: A sample is above full light, file and bundle differ, or neither says what
            full light is and the picture does not show it.
    """
    is_deep = samples.dtype == np.uint16
    if is_deep and sealed is not None and declared not in (None, sealed):
        raise CorruptFrame(
            f"{name}: the file says that its samples reach {declared:,}; the bundle was made for "
            f"{sealed:,}: set the camera as it was for the training pictures, or train anew"
        )
    full = declared or (sealed if is_deep else 255)
    if full == 255 and not is_deep:
        return samples.astype(np.uint8, copy=False)
    largest = int(samples.max())
    if full is None:
        if largest <= _AMBIGUOUS_UP_TO and (samples % 257).any():
            raise not_read(
                name,
                f"a picture of 16 bits whose samples end at {largest:,}, with nothing to say how "
                "many bits of the 16 the camera used,",
                "train or import the bundle on pictures of this kind, or with --sample-bits",
            )
        full = FULL_16_BITS
    if declared is not None and largest > declared:
        raise broken(name, f"it says that its samples reach {declared:,}, and holds {largest:,}")
    if largest > full:
        raise CorruptFrame(
            f"{name}: a sample is {largest:,}; full light is {full:,}: the camera is not set as it "
            "was for the training pictures, or --sample-bits was wrong there"
        )
    if full % 2:
        # Exact for every depth: 2^k - 1 is odd, so no quotient lies near a half.
        return np.asarray(cv2.convertScaleAbs(samples, alpha=255 / full), dtype=np.uint8)
    return ((samples.astype(np.uint32) * 510 + full) // (2 * full)).astype(np.uint8)


def declared_by_significant_bits(samples: Samples, bits: int) -> int | None:
    """Full light in samples of 16 bits of which so many are significant, as a PNG's sBIT says.

    By the standard samples are spread over all 16 bits; many a camera's program leaves them at the
    lower end and writes the same. A picture with a sample that no spreading gives is of the latter
    kind, one with a sample above the lower end of the former. None where both could be.
    """
    lower_end = (1 << bits) - 1
    if int(samples.max()) > lower_end or bits == 16:
        return FULL_16_BITS
    few = np.arange(lower_end + 1, dtype=np.uint32)
    shifted = few << (16 - bits)
    replicated = shifted | (shifted >> bits) if 2 * bits >= 16 else shifted
    scaled = (few * (2 * FULL_16_BITS) + lower_end) // (2 * lower_end)  # as the standard has it
    could_be_spread = any(np.isin(samples, way).all() for way in (shifted, replicated, scaled))
    return None if could_be_spread else lower_end


def depth_of(largest: int) -> int:
    """The fewest bits, of those that cameras have, that hold this value."""
    return next(bits for bits in DEPTHS_BITS if largest < 1 << bits)
