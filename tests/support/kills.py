"""Kills a call of the product at a chosen step that it takes on the disk.

Run as a program it is the parent of the processes that are killed: it has imported everything, and
a fork of it costs a tenth of a start.
"""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_KILLED = 99
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_STEPS = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "sqlite3.connect"})

ReachesItsEnd = Callable[..., bool]


@contextmanager
def killed_calls(call: Callable[..., object]) -> Iterator[ReachesItsEnd]:
    """Gives a function `(n_steps, *texts)` that runs a call in a process of its own.

    The process is gone before its step of this number; steps are what changes folders: a file
    opened for writing, moved, removed. The function says whether the call took fewer steps, and so
    was not killed.

    Args:
        call: A function of a test module that takes texts.
    """
    if not hasattr(os, "fork"):
        pytest.skip("this system cannot start a process without importing everything again")
    command = [sys.executable, "-m", "tests.support.kills", call.__module__, call.__name__]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    ) as parent:
        asked, told = parent.stdin, parent.stdout
        assert asked is not None
        assert told is not None

        def reaches_its_end(n_steps: int, *texts: str) -> bool:
            asked.write(json.dumps([n_steps, *texts]) + "\n")
            asked.flush()
            code = int(told.readline())
            assert code in (0, _KILLED), f"the call ended by itself, with {code}"
            return code == 0

        yield reaches_its_end
        asked.close()


def _main(module: str, name: str) -> None:
    call = getattr(importlib.import_module(module), name)
    for line in sys.stdin:
        n_steps, *texts = json.loads(line)
        child = os.fork()
        if child == 0:
            _run(n_steps, call, texts)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _run(n_steps: int, call: Callable[..., object], texts: list[str]) -> None:
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
    try:
        call(*texts)
    finally:
        os._exit(0 if sys.exc_info()[0] is None else 1)


if __name__ == "__main__":
    _main(*sys.argv[1:])
