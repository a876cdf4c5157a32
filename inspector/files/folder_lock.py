"""Keeps two runs from writing into one folder at the same time."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from inspector.errors import FolderInUse, UsageError
from inspector.files.processes import process_text

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(0)  # a byte is locked, at this place: it must be the same for all
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


LOCK_FILE = ".lock"


@contextmanager
def sole_writer(folder: Path, advice: str, lock_file: str = LOCK_FILE) -> Iterator[None]:
    """Hold the folder for this process; the system lets go of it however the process ends.

    Args:
        advice: What to do where another process holds it.
        lock_file: Who holds one does not shut out who holds another.

    Raises:
        FolderInUse: Another process holds it.
        UsageError: Nothing can be written there.
    """
    try:
        file = (folder / lock_file).open("a+b", buffering=0)
    except OSError as error:
        raise UsageError(f"{str(folder)!r} cannot be written: {error.strerror}") from error
    with file:
        try:
            _lock(file)
        except OSError as error:
            raise FolderInUse(
                f"another run is writing into {str(folder)!r}{_holder(file)}; {advice}"
            ) from error
        with suppress(OSError):  # a full disk; the number is only for people
            file.truncate(0)
            file.write(str(os.getpid()).encode("ascii"))
        yield


def _holder(file: BinaryIO) -> str:
    """The process that wrote its number there, in brackets; empty where none can be read."""
    try:
        file.seek(0)
        return f" ({process_text(int(file.read(20)))})"
    except (OSError, ValueError):  # Windows lets nobody read what is locked
        return ""
