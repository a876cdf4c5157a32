"""Reads the files of a bundle, from a folder or a zip, within limits and from nowhere else."""

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from inspector.bundle.manifest import CANARY_FILE, INT8_FILE, MODEL_FILE, REPORT_FILE
from inspector.errors import BundleError
from inspector.files.zip_file import METHODS, ZIP_FAULTS, leads_outside

MANIFEST_FILE = "manifest.json"
# Bytes read at most, by file. The largest backbone that fits a line PC is about 100 MB.
MAX_BYTES = {
    MANIFEST_FILE: 4_000_000,
    REPORT_FILE: 4_000_000,
    CANARY_FILE: 16_000_000,
    MODEL_FILE: 512_000_000,
    INT8_FILE: 512_000_000,
}
_MAX_ZIP_ENTRIES = 32  # five files are known; a few that a desktop leaves behind are passed over

ReadFile = Callable[[str], bytes]


def bundle_reader(path: Path) -> ReadFile:
    """A function that gives the bytes of one file of the bundle, by its name in `MAX_BYTES`.

    Raises:
        BundleError: At once when there is no such folder or zip; from the function when the file
            is missing, a link, not a plain file, larger than its limit, or cannot be read.
    """
    if path.is_dir():
        return lambda name: _read_from_folder(path, name)
    if path.is_file():
        return lambda name: _read_from_zip(path, name)
    raise BundleError(f"bundle {str(path)!r}: there is no such folder or zip file")


def _read_from_folder(folder: Path, name: str) -> bytes:
    path = folder / name
    where = f"bundle {str(folder)!r}: {name}"
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise BundleError(f"{where}: is a link or no plain file; a bundle holds its own files")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES[name] + 1)
    except FileNotFoundError as error:
        raise BundleError(f"{where} is missing; copy the bundle again, whole") from error
    except OSError as error:
        raise BundleError(f"{where}: cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES[name]:
        raise BundleError(f"{where}: larger than {MAX_BYTES[name]} bytes")
    return data


def _read_from_zip(archive: Path, name: str) -> bytes:
    where = f"bundle {str(archive)!r}: {name}"
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
            if len(entries) > _MAX_ZIP_ENTRIES:
                raise BundleError(f"{where}: the zip holds {len(entries)} files; is it a bundle?")
            found = [entry for entry in entries if _name_in_bundle(entry.filename) == name]
            if any(leads_outside(entry.filename) for entry in entries):
                raise BundleError(f"{where}: the zip holds names that lead out of its folder")
            if len(found) != 1:
                raise BundleError(f"{where} stands {len(found)} times in the zip, not once")
            if found[0].compress_type not in METHODS:
                raise BundleError(f"{where}: the zip is compressed in a way that is not read")
            with opened.open(found[0]) as file:
                data = file.read(MAX_BYTES[name] + 1)  # nothing is ever extracted to the disk
    except ZIP_FAULTS as error:
        raise BundleError(f"{where}: the zip is damaged or of a kind not read: {error}") from error
    except OSError as error:
        raise BundleError(f"{where}: cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES[name]:
        raise BundleError(f"{where}: larger than {MAX_BYTES[name]} bytes")
    return data


def _name_in_bundle(entry: str) -> str | None:
    """The file's name when it lies at the top or in one folder of the zip; None elsewhere."""
    parts = PurePosixPath(entry).parts
    return parts[-1] if 1 <= len(parts) <= 2 else None
