"""The window's line: one at a time, ended before it is forgotten."""

import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from inspector.errors import SettingsError
from inspector.settings import load_station
from tests.support.lines import Ear
from tests.support.lots import CHECKOUT
from tests.support.stations import change_station, write_station
from ui.line import Line, LineInfo

WAIT_MS = 30_000


@pytest.fixture
def station(tmp_path: Path) -> Path:
    return write_station(tmp_path, (10, 200))


def test_line_tells_what_it_is_and_ends_when_it_is_stopped(station: Path, qtbot: QtBot) -> None:
    ear = Ear()
    line = Line(ear)
    with qtbot.waitSignal(line.prepared, timeout=WAIT_MS) as told:
        line.start(load_station(station))
    with pytest.raises(RuntimeError):
        line.start(load_station(station))
    ear.wait_for(lambda heard: len(heard.records) >= 2)
    assert [view.camera for view in line.newest_views()] == ["top"]
    with qtbot.waitSignal(line.ended, timeout=WAIT_MS) as ended:
        line.stop()
    line.join()
    assert told.args is not None
    info: LineInfo = told.args[0]
    assert (info.station, info.judged_by.recipe, info.judged_by.threshold) == (
        "Line 3", "default", 0.5,
    )  # fmt: skip
    assert (info.cameras, ended.args, line.is_running) == (("top",), [None], False)
    line.begin_shift()  # nothing runs, and nothing happens


def test_line_that_is_stopped_before_it_began_ends(station: Path, qtbot: QtBot) -> None:
    line = Line(Ear())
    with qtbot.waitSignal(line.ended, timeout=WAIT_MS) as ended:
        line.start(load_station(station))
        line.stop()
    line.join()
    assert ended.args == [None]


def test_line_that_cannot_run_says_why(station: Path, qtbot: QtBot) -> None:
    change_station(station, "replay:parts", "nothing:1")
    line = Line(Ear())
    with qtbot.waitSignal(line.ended, timeout=WAIT_MS) as ended:
        line.start(load_station(station))
    line.join()
    assert ended.args is not None
    assert isinstance(ended.args[0], SettingsError)


def test_window_is_made_before_opencv_and_the_runtime_are_imported() -> None:
    program = (
        "import sys\nimport ui.main_window\n"
        "print([name for name in ('cv2', 'onnxruntime') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=CHECKOUT
    )
    assert done.stdout == "[]\n", done.stderr
