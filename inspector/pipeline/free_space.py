"""Whether the disk has room for what the line will keep."""

import shutil
from pathlib import Path

from inspector.errors import StoreError, StoreFull


def check_free_space(folder: Path, floor_bytes: int) -> None:
    """Refuse to go on when the disk has less room than the floor.

    Raises:
        StoreFull: It has.
        StoreError: It cannot be asked.
    """
    try:
        free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        raise StoreError(
            f"folder {str(folder)!r}: {error.strerror}; is its disk still there?"
        ) from error
    if free_bytes < floor_bytes:
        raise StoreFull(
            f"the disk of {str(folder)!r} has {free_bytes / 1e6:,.0f} MB left, and the station "
            f"needs {floor_bytes / 1e6:,.0f} MB; free some space"
        )
