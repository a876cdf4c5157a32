"""Kills a call of the product at a chosen step that it takes on the disk."""

import multiprocessing
import os
import sys
from collections.abc import Callable

import pytest

_KILLED = 99
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_STEPS = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "sqlite3.connect"})


def reaches_its_end(n_steps: int, call: Callable[..., object], *args: object) -> bool:
    """Run a call in a process of its own, which is gone before its step of this number.

    Steps are what changes folders: a file opened for writing, moved, removed.

    Returns:
        Whether the call took fewer steps, and so was not killed.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        pytest.skip("this system cannot start a process without importing everything again")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["inspector.transfer.restore", "inspector.transfer.deploy"])
    process = context.Process(target=_run, args=(n_steps, call, args))
    process.start()
    process.join()
    code = process.exitcode
    process.close()
    assert code in (0, _KILLED), f"the call ended by itself, with {code}"
    return code == 0


def _run(n_steps: int, call: Callable[..., object], args: tuple[object, ...]) -> None:
    left = n_steps

    def count(event: str, values: tuple[object, ...]) -> None:
        nonlocal left
        is_writing = event == "open" and isinstance(values[2], int) and values[2] & _WRITING
        if not is_writing and event not in _STEPS:
            return
        if left == 0:
            os._exit(_KILLED)
        left -= 1

    sys.addaudithook(count)
    call(*args)
    os._exit(0)
