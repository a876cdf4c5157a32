"""A process is named by what people typed."""

import os
import subprocess
import sys

import pytest

from inspector.files.processes import process_text


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")
def test_running_process_is_named_by_its_command() -> None:
    code = "print(flush=True);input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "零件"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()  # before that it may not be the program yet
        text = process_text(child.pid)
        child.communicate(b"\n")
    assert text == f"process {child.pid}: {sys.executable} -c {code} 零件"


def test_long_command_is_cut() -> None:
    assert len(process_text(os.getpid())) < 150


def test_process_that_is_gone_is_a_number() -> None:
    assert process_text(2**22 + 1) == f"process {2**22 + 1}"
