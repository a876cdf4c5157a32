"""How our programs end, and what they say where."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from inspector import __version__
from inspector.command_line import Parser, print_json, program, run, whole_number
from inspector.errors import (
    BundleError,
    DataError,
    RecipeError,
    SourceUnavailable,
    StoreCorrupt,
    StoreError,
    StoreFull,
    UsageError,
    WorkerFailed,
)
from tests.support.lots import inspector


def run_raising(error: BaseException) -> int:
    def handler(_: argparse.Namespace) -> int:
        raise error

    parser = program("inspector", "A test.")
    parser.set_defaults(handler=handler)
    return run(parser, [])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("wrong"), 3),
        (RecipeError("wrong"), 3),
        (BundleError("wrong"), 3),
        (DataError("wrong"), 3),
        (SourceUnavailable("wrong"), 3),
        (StoreError("wrong"), 4),
        (StoreFull("wrong"), 4),
        (StoreCorrupt("wrong"), 4),
        (WorkerFailed("inspect:0", ValueError("wrong")), 4),
        (KeyboardInterrupt(), 130),
    ],
)
def test_each_error_ends_the_program_with_its_code_and_without_a_traceback(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_raising(error) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    assert code == 130 or "wrong" in captured.err


STUCK = """
import sys, time
from inspector.command_line import program, run
from inspector.concurrency.worker import Worker, raised
from inspector.errors import WorkerFailed

def handler(_):
    worker = Worker("camera", lambda: time.sleep(60), raised)
    worker.start()
    assert not worker.join(0.1)
    worker.give_up()
    print("what was judged")
    raise WorkerFailed("camera", TimeoutError("it did not end"))

parser = program("inspector", "A test.")
parser.set_defaults(handler=handler)
sys.exit(run(parser, []))
"""


def test_program_ends_though_a_thread_never_will() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STUCK], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout) == (4, "what was judged\n")
    assert "it did not end" in done.stderr


def test_bug_is_never_taken_for_a_failed_part(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_raising(ZeroDivisionError("a bug")) == 4
    assert "fault of the program" in capsys.readouterr().err


def test_wrong_usage_ends_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(program("inspector", "A test."), ["--nonsense"])
    assert ended.value.code == 3
    assert "--nonsense" in capsys.readouterr().err


def test_abbreviated_option_is_refused() -> None:
    parser = Parser(prog="x")
    parser.add_argument("--resume", action="store_true")
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(["--res"])
    assert ended.value.code == 3


@pytest.mark.parametrize("text", ["0", "65", "-1", "1.5", "", "many", "1e1"])
def test_whole_number_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"not a whole number 1\.\.64"):
        whole_number(1, 64)(text)


def test_json_is_one_object_in_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "零件", "n": 1})
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == {"name": "零件", "n": 1}


def test_reader_that_goes_away_is_no_fault_of_the_program() -> None:
    script = (
        "import sys\nfrom inspector.command_line import print_line, program, run\n"
        "parser = program('inspector', 'A test.')\n"
        "def handler(_):\n"
        "    for _ in range(100_000): print_line('a line of the result')\n"
        "    return 0\n"
        "parser.set_defaults(handler=handler)\nsys.exit(run(parser, []))"
    )
    done = subprocess.run(
        ["sh", "-c", '"$0" -c "$1" | head -n 1', sys.executable, script],
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("a line of the result\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_full_disk_behind_stdout_ends_with_4_and_words() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "inspector", "selftest"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 4
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [(), ("batch",), ("bundle", "info"), ("records", "verify")])
def test_every_command_tells_the_version(words: tuple[str, ...]) -> None:
    done = inspector(*words, "--version")
    assert (done.returncode, done.stdout) == (0, f"inspector {__version__}\n")
