"""How much memory this process holds."""

import os
from pathlib import Path

_OWN_PAGES = Path("/proc/self/statm")


def resident_bytes() -> int | None:
    """Memory of this process that is in RAM now; None where the system has no such file.

    Not the peak of `getrusage`: on Linux that is inherited from the process that started this one.
    """
    if not _OWN_PAGES.is_file():
        return None
    return int(_OWN_PAGES.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
