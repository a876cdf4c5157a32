"""What can be pressed when, and what it asks for."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspector.pipeline.events import Phase
from inspector.store.health import Growth
from tests.support.panels import snapshot
from ui.run.foot import Foot
from ui.theme.theme import Theme
from ui.widgets.hold_button import HOLD_MS


@pytest.mark.parametrize(
    ("phase", "start", "stop", "shift"),
    [
        (Phase.IDLE, True, False, False),
        (Phase.STARTING, False, True, False),
        (Phase.READY, False, True, True),
        (Phase.RUNNING, False, True, True),
        (Phase.STOPPING, False, False, False),
        (Phase.FAULTED, True, False, False),
    ],
)
def test_buttons_follow_the_phase(
    phase: Phase, start: bool, stop: bool, shift: bool, theme: Theme
) -> None:
    foot = Foot(theme)
    foot.show_phase(phase)
    enabled = (foot.start.isEnabled(), foot.stop.isEnabled(), foot.shift.isEnabled())
    assert enabled == (start, stop, shift)


def test_start_is_a_click_and_stop_a_long_press(theme: Theme, qtbot: QtBot) -> None:
    foot = Foot(theme)
    foot.show()
    with qtbot.waitSignal(foot.start_wanted):
        qtbot.mouseClick(foot.start, Qt.MouseButton.LeftButton)
    foot.show_phase(Phase.RUNNING)
    with qtbot.assertNotEmitted(foot.stop_wanted, wait=50):
        qtbot.mouseClick(foot.stop, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(foot.stop_wanted, timeout=5 * HOLD_MS):
        qtbot.mousePress(foot.stop, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(foot.stop, Qt.MouseButton.LeftButton)


def test_status_tells_phase_time_and_rate(theme: Theme) -> None:
    foot = Foot(theme)
    foot.show_snapshot(snapshot())
    assert foot.status == "Running   \u00b7   99 of 100 within 27.0 ms   \u00b7   30.0 / s"
    foot.show_phase(Phase.FAULTED)
    assert foot.status == "Stopped by a fault"


def test_line_that_only_grows_asks_for_a_new_start(theme: Theme) -> None:
    foot = Foot(theme)
    growing = replace(snapshot(), growth=(Growth(what="memory", per_hour=30.0),))
    foot.show_snapshot(growing)
    assert foot.status.endswith("30.0 / s   \u00b7   start the line anew at the next break")
