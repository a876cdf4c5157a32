"""What every reader of a foreign zip must know."""

import zipfile
import zlib
from pathlib import PurePosixPath

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others may ask for gigabytes at once
# What the library raises for a zip that is damaged or of a kind that it does not read.
ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # a method of compression
    RuntimeError,  # a password
    ValueError,  # names that are not UTF-8, offsets before the start
)


def leads_outside(entry: str) -> bool:
    """Whether an entry's name would lead out of the folder that it is extracted into."""
    return ".." in PurePosixPath(entry).parts or entry.startswith("/") or "\\" in entry
