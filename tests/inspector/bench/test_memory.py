"""The memory of this process, as the system counts it."""

import os
import subprocess
import sys

import pytest

# In a process of its own: in one that ran other tests, memory comes and goes meanwhile.
_GROWN = """
import numpy as np
import psutil

from inspector.bench.memory import resident_bytes

before = resident_bytes()
held = np.ones(50_000_000, dtype=np.uint8)
after = resident_bytes()
print(after - before, abs(after - psutil.Process().memory_info().rss))
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="only Linux tells")  # noqa: PTH110
def test_memory_in_ram_is_the_process_s_own_and_grows_with_it() -> None:
    command = [sys.executable, "-c", _GROWN]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    grown, off = map(int, told.split())
    assert 0.9 * 50_000_000 < grown < 1.1 * 50_000_000
    assert off < 5_000_000
