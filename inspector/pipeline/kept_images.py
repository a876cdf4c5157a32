"""Keeps the pictures of parts beside the store, within their quota, without delaying a verdict."""

import logging
import shutil
from collections import deque
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inspector.errors import StoreError
from inspector.files.atomic import write_whole
from inspector.store.images import encode_png

_log = logging.getLogger(__name__)


class _KeptFile(NamedTuple):
    path: Path
    n_bytes: int


MAX_STUCK = 8  # pictures that cannot be removed, before none is tried any more


class KeptImages:
    """The pictures of one station: `images/<number of the part>-<camera>.png`. For one thread.

    Args:
        folder: Made when the first picture is kept.
        quota_bytes: What all may take together; the oldest go first.
        floor_bytes: What the disk must have left when a picture is kept.

    Raises:
        StoreError: What is kept already cannot be read.
    """

    def __init__(self, folder: Path, *, quota_bytes: int, floor_bytes: int) -> None:
        self._folder = folder
        self._quota_bytes = quota_bytes
        self._floor_bytes = floor_bytes
        self._kept = deque(_listed(folder))
        self._n_bytes = sum(file.n_bytes for file in self._kept)
        self.n_skipped = 0

    def keep(self, part_number: int, camera: str, pixels: NDArray[np.uint8]) -> None:
        """Keep one picture; one for which there is no room is skipped, counted and told.

        Args:
            pixels: uint8, (H, W) or (H, W, 3) BGR.
        """
        path = self._folder / f"{part_number:012d}-{camera}.png"
        try:
            data = encode_png(pixels)
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_room(len(data))
            if not self._has_room(len(data)):
                raise StoreError("no room within the quota and above the free-space floor")
            is_replaced = path.exists()
            write_whole(path, data)
        except (StoreError, OSError) as error:
            if self.n_skipped == 0:
                _log.warning("the picture of part %d is not kept: %s", part_number, error)
            self.n_skipped += 1
            return
        if is_replaced:
            self._forget(path)
        self._kept.append(_KeptFile(path, len(data)))
        self._n_bytes += len(data)

    def _forget(self, path: Path) -> None:
        for older in [file for file in self._kept if file.path == path]:
            self._kept.remove(older)
            self._n_bytes -= older.n_bytes

    def _make_room(self, n_bytes: int) -> None:
        stays: list[_KeptFile] = []
        while self._kept and len(stays) < MAX_STUCK and not self._has_room(n_bytes):
            oldest = self._kept.popleft()
            try:
                oldest.path.unlink(missing_ok=True)
            except OSError:  # somebody looks at it, or nothing can be removed now
                stays.append(oldest)
            else:
                self._n_bytes -= oldest.n_bytes
        self._kept.extendleft(reversed(stays))

    def _has_room(self, n_bytes: int) -> bool:
        free_bytes = shutil.disk_usage(self._folder).free
        return (
            self._n_bytes + n_bytes <= self._quota_bytes
            and free_bytes - n_bytes >= self._floor_bytes
        )


def _listed(folder: Path) -> list[_KeptFile]:
    try:
        return [_KeptFile(path, path.stat().st_size) for path in sorted(folder.glob("*.png"))]
    except OSError as error:
        raise StoreError(f"folder {str(folder)!r} cannot be read: {error.strerror}") from error
