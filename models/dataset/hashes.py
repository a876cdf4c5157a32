"""Tells sets of pictures apart by their bytes, wherever they lie and whatever they are called."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from inspector.capture.files.file_faults import readable
from inspector.errors import DataError
from models.dataset.sample import Sample

_log = logging.getLogger(__name__)


def data_sha256(samples: Iterable[Sample]) -> str:
    """A hash over labels, splits, parts and the bytes of every picture and mask.

    It does not depend on where the files lie, nor on the order of the samples.

    Raises:
        DataError: A file cannot be read.
    """
    lines = []
    for sample in samples:
        masks = ",".join((*map(file_sha256, sample.masks), *map(readable, sample.mask_labels)))
        fields = (sample.name, sample.label, sample.split, sample.part)
        # `readable` leaves neither tabs nor line ends, so no two sets of samples share their lines.
        lines.append("\t".join((*map(readable, fields), file_sha256(sample.image), masks)))
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def without_copies(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    """The samples whose picture has other bytes than every one before it.

    One without an outline gets that of its first copy that has one.

    A copy under another name would let the same picture be learnt from and proven on.

    Raises:
        DataError: A file cannot be read, or one picture has two labels.
    """
    first_of: dict[str, Sample] = {}
    count = 0
    for sample in samples:
        sha256 = file_sha256(sample.image)
        first = first_of.setdefault(sha256, sample)
        if first.label != sample.label:
            raise DataError(
                f"{first.name!r} is labelled {first.label!r} and {sample.name!r} "
                f"{sample.label!r}, and both are the same picture, byte for byte; mend one of them"
            )
        if not first.masks:
            first_of[sha256] = replace(first, masks=sample.masks, mask_labels=sample.mask_labels)
        count += 1
    if len(first_of) < count:
        _log.warning("%d pictures are copies of others; each is used once", count - len(first_of))
    return tuple(first_of.values())


def check_unseen(learnt: Iterable[Sample], tested: Iterable[Sample]) -> None:
    """Find out whether pictures that are to test a model are among those that it learns from.

    Raises:
        DataError: A file cannot be read, or one picture has two labels.
    """
    learnt_of = {file_sha256(sample.image): sample for sample in learnt}
    copies = []
    for sample in tested:
        twin = learnt_of.get(file_sha256(sample.image))
        if twin is None:
            continue
        if twin.label != sample.label:
            raise DataError(
                f"{twin.name!r} in the {twin.split} split is labelled {twin.label!r} and "
                f"{sample.name!r} in the {sample.split} split {sample.label!r}, and both are the "
                "same picture, byte for byte; mend one of them"
            )
        copies.append((sample.name, twin.name))
    if copies:
        _log.warning(
            "pictures of the test split that are learnt from too: %d, such as %r, a copy of %r; "
            "figures of that split flatter",
            len(copies),
            *copies[0],
        )


def file_sha256(path: Path) -> str:
    """A hash of a file's bytes.

    Raises:
        DataError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be read: {error.strerror}") from error
