"""What this process uses of the machine; for seeing that it does not grow."""

import sys
import threading
from dataclasses import dataclass
from pathlib import Path

_PROCESS = Path("/proc/self")
_KB_PER_MB = 1_000.0 * 1_000.0 / 1_024.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnUse:
    """One look.

    Attributes:
        memory_mb: Resident, MB; None where the system does not tell.
        n_handles: Open files and sockets; None likewise.
        n_threads: Of Python and of the libraries; of Python alone where the system does not tell.
    """

    memory_mb: float | None
    n_handles: int | None
    n_threads: int


def own_use() -> OwnUse:
    """Look now: some tenths of a millisecond on Linux. For any thread."""
    if sys.platform != "linux":
        return OwnUse(memory_mb=None, n_handles=None, n_threads=threading.active_count())
    told = dict(
        line.split(":", 1) for line in (_PROCESS / "status").read_text("ascii").splitlines()
    )
    return OwnUse(
        memory_mb=int(told["VmRSS"].split()[0]) / _KB_PER_MB,
        n_handles=sum(1 for _ in (_PROCESS / "fd").iterdir()),
        n_threads=int(told["Threads"]),
    )
