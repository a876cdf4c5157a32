"""A process of ours is asked, and whatever it does, it ends and is named."""

import os
import signal
import sys

import psutil  # type: ignore[import-untyped]
import pytest

from inspector.clock import SystemClock
from inspector.errors import InferenceError
from inspector.inference.supervised_process import SupervisedProcess, own_command

PATIENCE_S = 60.0


def supervised() -> SupervisedProcess:
    return SupervisedProcess("rt", "bench", SystemClock())


def ask(process: SupervisedProcess, timeout_s: float = PATIENCE_S) -> dict[str, object]:
    return process.ask("memory", {}, timeout_s=timeout_s)[0]


def test_process_answers() -> None:
    with supervised() as process:
        assert ask(process).keys() == {"rss_bytes"}


def test_command_that_fails_is_named_and_the_process_is_of_no_more_use() -> None:
    with supervised() as process:
        with pytest.raises(InferenceError, match="rt: KeyError: 'dance'"):
            process.ask("dance", {}, timeout_s=PATIENCE_S)
        with pytest.raises(InferenceError, match="rt: its process died: exit status 0"):
            ask(process)


def test_process_that_was_killed_is_named_with_its_signal() -> None:
    with supervised() as process:
        ask(process)
        os.kill(process.process_id, signal.SIGSEGV)
        with pytest.raises(InferenceError, match="rt: its process died: signal 11"):
            ask(process)


def test_process_that_is_stopped_is_ended_in_time_also_where_its_pipe_is_full() -> None:
    with supervised() as process:
        ask(process)
        os.kill(process.process_id, signal.SIGSTOP)
        with pytest.raises(InferenceError, match=r"no answer to 'picture' within 0\.1 s"):
            process.ask("picture", {}, bytes(4_000_000), timeout_s=0.1)
        assert not psutil.pid_exists(process.process_id)


def test_what_ends_a_program_leaves_its_processes_to_it() -> None:
    with supervised() as process:
        ask(process)
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(process.process_id, number)
        assert ask(process).keys() == {"rss_bytes"}


def test_process_ends_when_the_program_is_gone() -> None:
    with supervised() as process:
        ask(process)
        stdin = process._process.stdin
        assert stdin is not None
        stdin.close()  # as the system does when the program is killed
        assert process._process.wait(PATIENCE_S) == 0


def test_processes_close_twice() -> None:
    process = supervised()
    process.close()
    process.close()
    assert not psutil.pid_exists(process.process_id)


def test_process_that_cannot_be_started_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(InferenceError, match="rt: its process cannot be started: No such file"):
        supervised()


def test_installed_program_starts_its_sibling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/inspector/inspector-gui")
    assert own_command("serve", "bench") == ("/opt/inspector/inspector", "serve", "bench")
