"""Writes a file so that under its name there is always a whole one: the old or the new."""

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from inspector.errors import StoreError, StoreFull


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A text file that takes the place of `path` when the `with` ends without an exception.

    Raises:
        StoreFull: The disk is full. The old file is untouched.
        StoreError: The folder cannot be written. The old file is untouched.
    """
    with in_place_of(path) as growing, growing.open("w", encoding="utf-8", newline="") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, data: bytes, check: Callable[[Path], None] | None = None) -> None:
    """Put bytes under a name, in one step.

    Args:
        check: Called with the new file, under a neighbour's name, before it takes its place. What
            it raises leaves everything as it was.

    Raises:
        StoreFull, StoreError: As `replacing`.
    """
    with in_place_of(path) as growing:
        with growing.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if check is not None:
            check(growing)


@contextmanager
def in_place_of(path: Path) -> Iterator[Path]:
    """A neighbour's name; what is written there when the `with` ends goes to `path`.

    Rights and owner of a file that is there pass to the new one.

    Raises:
        StoreFull, StoreError: As `replacing`.
    """
    growing = path.with_name(f".{path.name}.part")
    with write_errors(path):
        try:
            yield growing
            if path.exists():
                _take_rights(growing, path)
            growing.replace(path)
        finally:
            growing.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """What was renamed in it is on the disk, as far as the system can be told to do that."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


@contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Turn what the system refuses inside the `with` into an error of ours that names the place.

    Raises:
        StoreFull, StoreError: As `replacing`.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull(f"{str(path)!r}: the disk is full; free some space") from error
        raise StoreError(f"{str(path)!r} cannot be written: {error.strerror}") from error


def _take_rights(new: Path, old: Path) -> None:
    status = old.stat()
    new.chmod(stat.S_IMODE(status.st_mode))
    if sys.platform != "win32":
        with suppress(PermissionError):  # only an administrator gives files away
            os.chown(new, status.st_uid, status.st_gid)
