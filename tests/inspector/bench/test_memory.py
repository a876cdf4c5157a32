"""The memory of this process, as the system counts it."""

import os

import numpy as np
import psutil  # type: ignore[import-untyped]
import pytest

from inspector.bench.memory import resident_bytes


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="only Linux tells")  # noqa: PTH110
def test_memory_in_ram_is_the_process_s_own_and_grows_with_it() -> None:
    before = resident_bytes()
    held = np.ones(50_000_000, dtype=np.uint8)
    after = resident_bytes()
    assert before is not None
    assert after is not None
    assert after - before > 0.9 * held.nbytes
    assert abs(after - psutil.Process().memory_info().rss) < 5_000_000
