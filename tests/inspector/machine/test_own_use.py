"""What the process uses is what the system counts."""

import os
import sys
import threading
from mmap import mmap
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from inspector.concurrency.worker import Worker
from inspector.machine.own_use import own_use

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")


@linux_only
def test_figures_are_those_of_another_counter() -> None:
    found, process = own_use(), psutil.Process()
    assert found.memory_mb == pytest.approx(process.memory_info().rss / 1e6, rel=0.05)
    assert found.n_threads == process.num_threads()
    assert found.n_handles is not None
    assert abs(found.n_handles - process.num_fds()) <= 1  # the one that was counting


@linux_only
def test_more_of_each_is_seen(tmp_path: Path) -> None:
    before = own_use()
    go = threading.Event()

    def waiting() -> None:
        go.wait()

    thread = Worker("waiting", waiting, lambda _: None)
    thread.start()
    held = [os.open(tmp_path, os.O_RDONLY) for _ in range(5)]
    kept = mmap(-1, 30_000_000)  # new pages, whatever the process has to spare
    kept.write(bytes(30_000_000))
    after = own_use()
    go.set()
    thread.join()
    for handle in held:
        os.close(handle)
    assert after.n_threads == before.n_threads + 1
    assert (after.n_handles or 0) == (before.n_handles or 0) + 5
    assert (after.memory_mb or 0) - (before.memory_mb or 0) > 25
    kept.close()
