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
    lists: Sequence[PictureList], *, is_newest_first: bool = False
) -> tuple[Sample, ...]:
    """The pictures of several lists or folders, in their order.

    A name that stands in several of them gets its list's before it, as a picture and as a part.

    Args:
        is_newest_first: Of a picture that stands in several lists the first one counts; see
            `corrected`.

    Raises:
        DataError: As `load_samples`.
    """
    is_alone = len(lists) == 1
    loaded = [load_samples(one.path, one.good_label, is_needed=is_alone) for one in lists]
    for named in {one.good_label for one in lists} - {None}:
        if not is_alone and not any(one.is_good for samples in loaded for one in samples):
            raise DataError(f"none of the lists has a picture that is labelled {named!r}")
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


def load_samples(
    data: Path, good_label: str | None = None, *, is_needed: bool = True
) -> tuple[Sample, ...]:
    """Read a list or a folder; rows keep their order, folders are sorted by name.

    Args:
        good_label: Which label means free of defects, where it is not "good".
        is_needed: See `with_good_label`.

    Raises:
        DataError: With the file, the line, what is wrong with it, and what to do.
    """
    try:
        if data.is_dir():
            samples, where = samples_of_folder(data), f"folder {str(data)!r}"
            return with_good_label(samples, good_label, where, is_needed=is_needed)
        if data.is_file():
            samples, where = samples_of_list(data), f"list {str(data)!r}"
            return with_good_label(samples, good_label, where, is_needed=is_needed)
    except OSError as error:  # such as a name that is too long, or a folder without the right
        raise DataError(f"{str(data)!r} cannot be looked at: {error.strerror}") from error
    raise DataError(f"{str(data)!r}: there is no such list or folder; check the spelling")
