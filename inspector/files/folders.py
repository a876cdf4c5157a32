"""Writes a folder so that under its name there is always a whole one: the old or the new."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path


def replace_folder(
    out: Path, contents: Mapping[str, bytes], check: Callable[[Path], None] | None = None
) -> None:
    """Write files into a new folder, on the disk, and put it in the place of `out`.

    Args:
        out: Resolved; what is there goes when the new folder has taken its place.
        contents: The bytes of every file, by name.
        check: Called with the new folder before it takes its place. What it raises leaves
            everything as it was.

    Raises:
        OSError: It cannot be written. What is there stays as it is.
    """
    growing = out.with_name(f".{out.name}.{os.getpid()}.part")
    # In a container every run may have the same number: one that was killed left these behind.
    shutil.rmtree(growing, ignore_errors=True)
    try:
        growing.mkdir(parents=True)
        for name, data in contents.items():
            _write_durably(growing / name, data)
        if check is not None:
            check(growing)
        _put_in_place(growing, out)
    finally:
        shutil.rmtree(growing, ignore_errors=True)


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(growing: Path, out: Path) -> None:
    """A folder cannot be replaced by another in one step: the old one steps aside first.

    It comes back when the new one cannot take its place, as where a virus scanner holds a file.
    """
    aside = out.with_name(f".{out.name}.{os.getpid()}.old")
    if out.exists():
        shutil.rmtree(aside, ignore_errors=True)
        out.rename(aside)
    try:
        growing.rename(out)
    except OSError:
        if aside.exists():
            aside.rename(out)
        raise
    shutil.rmtree(aside, ignore_errors=True)
