"""Arrays that are the same for the same pictures, kept on the disk by a hash of what they are of.

They may be larger than the memory: they lie in files, of which the memory holds what is being used.
"""

import errno
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inspector.clock import SystemClock
from inspector.errors import StoreError, StoreFull

# Of all together; the ones that were used longest ago go first. A single one may be larger.
MAX_KEPT_BYTES = 4_000_000_000
_ABANDONED_S = 86_400.0  # what grows for longer belongs to a process that was killed

Arrays = dict[str, NDArray[Any]]


class Form(NamedTuple):
    """Of an array: its shape, and its type as NumPy spells it."""

    shape: tuple[int, ...]
    dtype: str


class KeptMaps:
    """A folder of such arrays; several processes may share it.

    Args:
        folder: Made when the first are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def arrays(
        self, identity: str, forms: Mapping[str, Form], fill: Callable[[Arrays], None]
    ) -> Arrays:
        """Those that are kept under a hash, read-only; made now where they are not.

        Args:
            identity: Fit for a file's name; another one for whatever makes other values.
            forms: Of each array, by name.
            fill: Writes all values into arrays of these forms.

        Raises:
            StoreFull: The disk has no room for them.
            StoreError: They cannot be written or read.
        """
        place = self._folder / identity
        try:
            if not place.is_dir():
                self._make(place, forms, fill)
            os.utime(place)  # used now
            return {name: np.load(place / f"{name}.npy", mmap_mode="r") for name in forms}
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                size = sum(map(_size, forms.values()))
                raise StoreFull(
                    f"no room in {str(self._folder)!r} for the maps of the pictures, "
                    f"{size / 1e9:.1f} GB: make room there, or name another folder with "
                    "XDG_CACHE_HOME (on Windows LOCALAPPDATA)"
                ) from error
            raise StoreError(
                f"the maps in {str(place)!r} cannot be written or read: {error}; delete that folder"
            ) from error

    def _make(self, place: Path, forms: Mapping[str, Form], fill: Callable[[Arrays], None]) -> None:
        self._make_room(sum(map(_size, forms.values())))
        growing = place.with_name(f".{place.name}.{os.getpid()}.part")  # two may make the same
        shutil.rmtree(growing, ignore_errors=True)
        growing.mkdir(parents=True)
        try:
            arrays: Arrays = {
                name: _file(growing / f"{name}.npy", form) for name, form in forms.items()
            }
            fill(arrays)
            arrays.clear()  # written out; and Windows renames no folder with open files
            growing.rename(place)
        except OSError:
            if not place.is_dir():  # else another was quicker
                raise
        finally:
            shutil.rmtree(growing, ignore_errors=True)

    def _make_room(self, size: int) -> None:
        if not self._folder.is_dir():
            return
        now_s = SystemClock().now().timestamp()
        for age_s, place in sorted((now_s - _used_at_s(place), place) for place in self._all()):
            is_growing = place.name.startswith(".")
            if is_growing and age_s < _ABANDONED_S:  # another process is at work
                continue
            size += sum(file.stat().st_size for file in place.glob("*.npy"))
            if is_growing or size > MAX_KEPT_BYTES:
                shutil.rmtree(place, ignore_errors=True)

    def _all(self) -> list[Path]:
        return [place for place in self._folder.iterdir() if place.is_dir()]


def _used_at_s(place: Path) -> float:
    try:
        return place.stat().st_mtime
    except OSError:  # another process took it away
        return 0.0


def _size(form: Form) -> int:
    return int(np.prod(form.shape)) * np.dtype(form.dtype).itemsize


def _file(path: Path, form: Form) -> "np.memmap[Any, Any]":
    mapped: np.memmap[Any, Any] = np.lib.format.open_memmap(
        path, mode="w+", dtype=np.dtype(form.dtype), shape=form.shape
    )
    if hasattr(os, "posix_fallocate"):  # else a full disk would kill the process while it fills
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return mapped
