"""Reads the DATA argument: a CSV list of labelled pictures, or a folder in a known layout."""

from pathlib import Path

from inspector.errors import DataError
from models.dataset.class_folders import samples_of_folder
from models.dataset.csv_list import samples_of_list
from models.dataset.labels import with_good_label
from models.dataset.sample import Sample


def load_samples(data: Path, good_label: str | None = None) -> tuple[Sample, ...]:
    """Read a list or a folder; rows keep their order, folders are sorted by name.

    Args:
        good_label: Which label means free of defects, where it is not "good".

    Raises:
        DataError: With the file, the line, what is wrong with it, and what to do.
    """
    try:
        if data.is_dir():
            return with_good_label(samples_of_folder(data), good_label, f"folder {str(data)!r}")
        if data.is_file():
            return with_good_label(samples_of_list(data), good_label, f"list {str(data)!r}")
    except OSError as error:  # such as a name that is too long, or a folder without the right
        raise DataError(f"{str(data)!r} cannot be looked at: {error.strerror}") from error
    raise DataError(f"{str(data)!r}: there is no such list or folder; check the spelling")
