"""A process is named by what people typed."""

import os
import subprocess
import sys

import pytest

from inspector.files.processes import process_text


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")
def test_running_process_is_named_by_its_command() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "input()", "零件"], stdin=subprocess.PIPE
    ) as child:
        text = process_text(child.pid)
    assert text == f"process {child.pid}: {sys.executable} -c input() 零件"


def test_long_command_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(process_text(os.getpid())) < 150


def test_process_that_is_gone_is_a_number() -> None:
    assert process_text(2**22 + 1) == f"process {2**22 + 1}"
