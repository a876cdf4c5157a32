"""Finds out what full light is in a set's pictures of 16 bits, so that it can be sealed."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inspector.capture.files.image_file import read_stored
from inspector.capture.formats.sample_depth import depth_of
from inspector.errors import CaptureError, DataError
from models.dataset.sample import Sample

MIN_BITS, MAX_BITS = 8, 16
_HEAD_BYTES = 26
_PNG_DEPTH_AT = 24  # in its first chunk
_log = logging.getLogger(__name__)


def full_light_of(samples: Sequence[Sample], said_bits: int | None) -> int | None:
    """The largest value that a sample can have in the set's pictures of 16 bits.

    What a person says is believed; else what the files say; else the fewest bits, of those that
    cameras have, that hold every value of the whole set.

    Args:
        said_bits: Of the 16, as a person said; None: nobody did.

    Returns:
        None where the set has no picture of 16 bits and nobody said anything.

    Raises:
        DataError: A picture cannot be read, goes beyond what was said, or files say different
            depths.
    """
    said = None if said_bits is None else (1 << said_bits) - 1
    declared: dict[int, Sample] = {}
    n_deep, largest, brightest = 0, 0, None
    for sample in samples:
        if not _may_be_deep(sample.image):
            continue
        try:
            stored = read_stored(sample.image)
        except CaptureError as error:
            raise DataError(f"picture {sample.name!r}: {error}") from error
        if stored.samples.dtype != np.uint16:
            continue
        n_deep += 1
        if stored.full_light is not None:
            declared.setdefault(stored.full_light, sample)
        if (value := int(stored.samples.max())) >= largest:
            largest, brightest = value, sample
    if n_deep == 0 or brightest is None:
        return said
    for value, sample in declared.items():
        other = said if said is not None else next(iter(declared))
        if value != other:
            raise DataError(
                f"picture {sample.name!r} says that its samples reach {value:,}, "
                + ("and --sample-bits " if said is not None else "and another of the set ")
                + f"{other:,}: list pictures of one camera setting"
            )
    full = said or next(iter(declared), (1 << depth_of(largest)) - 1)
    if largest > full:
        raise DataError(
            f"picture {brightest.name!r} holds the value {largest:,}, above {full:,}, which is "
            "full light by " + ("--sample-bits" if said else "other pictures of the set")
        )
    _log.info(
        "full light in the %d pictures of 16 bits is %d: %s",
        n_deep,
        full,
        "as was said"
        if said
        else "as the files say"
        if declared
        else f"none goes above {largest}; where the camera uses more bits, say --sample-bits",
    )
    return full


def _may_be_deep(path: Path) -> bool:
    """Whether more than the first bytes must be read to know: they tell of most pictures."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return True  # whoever reads it says why it cannot be read
    if head.startswith(b"\x89PNG") and len(head) > _PNG_DEPTH_AT:
        return head[_PNG_DEPTH_AT] == 16
    return head.startswith((b"II", b"MM", b"P2", b"P3", b"P5", b"P6"))
