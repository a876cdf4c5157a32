"""The window as a program: how it is ended from outside."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from inspector.errors import StoreError
from tests.support.stations import write_station
from tests.support.stores import stored

PATIENCE_S = 20.0
STARTED = """
import sys
from ui.main_window import MainWindow
opened = MainWindow.open_file
MainWindow.open_file = lambda self, path: opened(self, path, is_started=True)
from ui.__main__ import main
sys.exit(main())
"""


def wait_for(what: Callable[[], bool]) -> None:
    end_s = monotonic() + PATIENCE_S
    while not what():
        assert monotonic() < end_s


def has_records(store: Path) -> bool:
    try:
        return bool(stored(store))
    except StoreError:  # it is just being made
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_stops_the_line_and_closes_the_window(
    number: signal.Signals, tmp_path: Path
) -> None:
    station = write_station(tmp_path, (20, 200))
    state = tmp_path / "state"
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_STATE_HOME": str(state)}
    command = [sys.executable, "-c", STARTED, "--station", str(station)]
    with subprocess.Popen(command, env=environment) as window:
        store = tmp_path / "records" / "records.db"
        try:
            wait_for(lambda: has_records(store))
            window.send_signal(number)
            assert window.wait(PATIENCE_S) == 130
        finally:
            window.kill()
    numbers = [record.part_number for record in stored(store)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_line_and_demo_are_not_asked_for_together(tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "ui", "--demo", "--station", str(tmp_path / "s.toml")]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert done.returncode == 3
    assert "not allowed with argument" in done.stderr
