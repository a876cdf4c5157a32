"""The last fail is kept with its reasons until the next."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.panels import result
from ui.run.fail_pictures import fail_picture
from ui.run.last_fail import LastFail, fail_lines


def test_reasons_are_told_with_the_place_first(application: QApplication) -> None:
    assert fail_lines(fail_picture(result(1))) == [
        "24 \u00d7 15\u202fpx", "Score 0.80, limit 0.50",
    ]  # fmt: skip


def test_next_fail_takes_its_place_and_a_click_opens_it(qtbot: QtBot) -> None:
    panel = LastFail()
    panel.resize(500, 160)
    panel.show()
    assert panel.fail is None
    for number in (1, 2):
        panel.show_fail(fail_picture(result(number)))
    with qtbot.waitSignal(panel.chosen) as told:
        qtbot.mouseClick(panel, Qt.MouseButton.LeftButton)
    assert told.args is not None
    assert told.args[0].part_number == 2
    panel.clear()
    with qtbot.assertNotEmitted(panel.chosen):
        qtbot.mouseClick(panel, Qt.MouseButton.LeftButton)
