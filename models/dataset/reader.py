"""Reads the DATA argument: a CSV list of labelled pictures, or a folder in a known layout."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from inspector.errors import DataError
from models.dataset.class_folders import samples_of_folder
from models.dataset.corrections import corrected
from models.dataset.csv_list import samples_of_list
from models.dataset.labels import with_good_label
from models.dataset.sample import Sample

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureList:
    """A list or folder of labelled pictures.

    Attributes:
        good_label: See `load_samples`.
    """

    path: Path
    good_label: str | None = None


def load_lists(
    lists: Sequence[PictureList], *, is_newest_first: bool = False, are_all: bool = True
) -> tuple[Sample, ...]:
    """The pictures of several lists or folders, in their order.

    A name that stands in several of them gets its list's before it, as a picture and as a part.

    Args:
        is_newest_first: Of a picture that stands in several lists the first one counts; see
            `corrected`.
        are_all: Whether one of them must have its good label; False: there are others.

    Raises:
        DataError: As `load_samples`.
    """
    read = [_read(one.path) for one in lists]
    named = {
        sample.label
        for one, (samples, _) in zip(lists, read, strict=True)
        for sample in samples
        if sample.label == one.good_label
    }
    loaded = [
        with_good_label(
            samples, one.good_label, where, is_needed=are_all and one.good_label not in named
        )
        for one, (samples, where) in zip(lists, read, strict=True)
    ]
    counts = Counter(sample.name for samples in loaded for sample in samples)
    told_apart: list[list[Sample]] = []
    for number, (one, samples) in enumerate(zip(lists, loaded, strict=True), start=1):
        renamed = {
            sample.name: f"{number}-{one.path.stem}/{sample.name}"
            for sample in samples
            if counts[sample.name] > 1
        }
        told_apart.append(
            [
                replace(
                    sample,
                    name=renamed.get(sample.name, sample.name),
                    part=renamed.get(sample.part, sample.part),
                )
                for sample in samples
            ]
        )
    if is_newest_first and len(told_apart) > 1:
        merged = corrected(told_apart)
    else:
        merged = tuple(sample for samples in told_apart for sample in samples)
    _warn_of_torn_parts(merged)
    return merged


def _warn_of_torn_parts(samples: Iterable[Sample]) -> None:
    """One list is refused for it; of several nobody knows whether they mean the same parts."""
    splits_of: dict[str, set[str]] = {}
    for sample in samples:
        splits_of.setdefault(sample.part, set()).add(sample.split)
    torn = [part for part, splits in splits_of.items() if "test" in splits and len(splits) > 1]
    if torn:
        _log.warning(
            "parts are tested by one list and learnt from by another: %d, such as %r; figures of "
            "the test split flatter",
            len(torn),
            torn[0],
        )


def load_samples(data: Path, good_label: str | None = None) -> tuple[Sample, ...]:
    """Read a list or a folder; rows keep their order, folders are sorted by name.

    Args:
        good_label: Which label means free of defects, where it is not "good".

    Raises:
        DataError: With the file, the line, what is wrong with it, and what to do.
    """
    samples, where = _read(data)
    return with_good_label(samples, good_label, where)


def _read(data: Path) -> tuple[Sequence[Sample], str]:
    """The pictures as they are labelled there, and what they come from."""
    try:
        if data.is_dir():
            return samples_of_folder(data), f"folder {str(data)!r}"
        if data.is_file():
            return samples_of_list(data), f"list {str(data)!r}"
    except OSError as error:  # such as a name that is too long, or a folder without the right
        raise DataError(f"{str(data)!r} cannot be looked at: {error.strerror}") from error
    raise DataError(f"{str(data)!r}: there is no such list or folder; check the spelling")
