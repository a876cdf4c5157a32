"""The main road in a real window, with real keys: start, a fail, its picture, language, stop."""

import configparser
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from inspector.clock import SystemClock
from inspector.errors import StoreError
from inspector.flow import Decision
from tests.support.lots import CHECKOUT
from tests.support.stations import write_station
from tests.support.stores import stored

WAIT_S = 60.0


@pytest.fixture
def station(tmp_path: Path) -> Path:
    return write_station(tmp_path, (20, 40, 60, 200), frames_per_s=10, size_px=(480, 640))


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Eyes and hands on a display."""

    environment: dict[str, str]

    def xdotool(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=30,
        )
        return done.stdout.strip()

    def windows(self, name: str) -> list[str]:
        return self.xdotool("search", "--onlyvisible", "--name", name).split()

    def press(self, *keys: str) -> None:
        self.xdotool("key", "--delay", "80", *keys)

    def wait_for_window(self, name: str) -> str:
        wait_until(lambda: bool(self.windows(name)), f"a window {name!r}")
        return self.windows(name)[0]


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    clock, pause = SystemClock(), threading.Event()
    until_ns = clock.monotonic_ns() + round(WAIT_S * 1e9)
    while not is_so():
        if clock.monotonic_ns() > until_ns:
            raise AssertionError(f"{what} did not come in {WAIT_S:g} s")
        pause.wait(0.1)


@contextmanager
def opened(
    display: str, home: Path, *arguments: str
) -> Iterator[tuple[Screen, subprocess.Popen[str]]]:
    environment = {**os.environ, "DISPLAY": display, "XDG_STATE_HOME": str(home)}
    environment.pop("QT_QPA_PLATFORM", None)
    with subprocess.Popen(
        [sys.executable, "-m", "ui", "--lang", "en", *arguments],
        env=environment,
        cwd=CHECKOUT,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            yield Screen(environment=environment), program
        finally:
            program.kill()


def decisions(station: Path) -> list[Decision]:
    try:
        records = stored(station.parent / "records" / "records.db")
    except StoreError:  # not made yet
        return []
    return [record.verdict.decision for record in records]


def test_operator_runs_a_line_from_start_to_close(
    display: str, station: Path, tmp_path: Path
) -> None:
    with opened(display, tmp_path, "--station", str(station)) as (screen, program):
        window = screen.wait_for_window("Line 3 - Inspector")
        screen.xdotool("windowactivate", "--sync", window)
        screen.press("F5")
        wait_until(lambda: Decision.FAIL in decisions(station), "a fail")
        wait_until(lambda: len(decisions(station)) >= 8, "eight parts")
        screen.press("F8")
        fail = screen.wait_for_window("^#")
        screen.xdotool("windowactivate", "--sync", fail)
        screen.press("Escape")
        wait_until(lambda: not screen.windows("^#"), "the end of the dialog")
        screen.xdotool("windowactivate", "--sync", window)
        screen.press("ctrl+l")
        screen.wait_for_window("视觉检测")
        n_before = len(decisions(station))
        wait_until(lambda: len(decisions(station)) > n_before, "more parts")
        screen.press("F6", "F6")
        wait_until(lambda: is_still(station), "the stop")
        screen.press("ctrl+q")
        assert program.wait(timeout=WAIT_S) == 0
        assert program.stderr is not None
        assert program.stderr.read() == ""
    records = stored(station.parent / "records" / "records.db")
    assert [record.part_number for record in records] == list(range(1, len(records) + 1))
    assert set(decisions(station)) == {Decision.PASS, Decision.FAIL}
    kept = configparser.ConfigParser()
    kept.read(tmp_path / "inspector" / "window.ini")
    assert kept["General"]["language"] == "zh_CN"


def is_still(station: Path) -> bool:
    """Whether no part came for a while; the store is folded into one file when the line ends."""
    return not (station.parent / "records" / "records.db-wal").exists()


def test_demo_is_running_when_its_window_is_there(display: str, tmp_path: Path) -> None:
    with opened(display, tmp_path, "--demo") as (screen, _):
        screen.wait_for_window("Demo line - Inspector")
        demo = tmp_path / "inspector" / "demo" / "station.toml"
        wait_until(lambda: len(decisions(demo)) >= 3, "three parts")
