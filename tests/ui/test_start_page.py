"""The page before a line."""

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ui.start_page import StartPage


def test_last_station_is_offered_where_there_was_one(qtbot: QtBot) -> None:
    page = StartPage()
    page.show()
    assert not page.last.isVisible()
    page.show_last(Path("lines/three/station.toml"))
    assert page.last.text() == "Go on with three / station.toml"
    for button, signal in (
        (page.last, page.last_wanted), (page.open, page.open_wanted), (page.demo, page.demo_wanted),
    ):  # fmt: skip
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
