"""A fail, large."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.panels import result
from ui.run.fail_dialog import FailDialog
from ui.run.fail_pictures import fail_picture
from ui.theme.theme import Theme


def test_dialog_shows_picture_and_reasons_and_zooms(theme: Theme, qtbot: QtBot) -> None:
    dialog = FailDialog(fail_picture(result(12)), theme)
    dialog.resize(800, 600)
    dialog.show()
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "FAIL" in words
    assert "Score 0.80, limit 0.50" in words
    buttons = {button.text(): button for button in dialog.findChildren(QPushButton)}
    before = dialog.view.zoom
    qtbot.mouseClick(buttons["+"], Qt.MouseButton.LeftButton)
    assert dialog.view.zoom > before
    qtbot.mouseClick(buttons["Fit"], Qt.MouseButton.LeftButton)
    assert dialog.view.is_fitted
    qtbot.mouseClick(buttons["Heat map"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(buttons["Close"], Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
