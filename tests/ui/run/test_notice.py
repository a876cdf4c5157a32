"""What went wrong stands across the window until somebody has read it."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ui.run.notice import Notice
from ui.texts.troubles import Trouble


def test_notice_is_shown_with_details_on_demand_and_taken_away(qtbot: QtBot) -> None:
    notice = Notice()
    assert notice.isHidden()
    notice.show_trouble(Trouble(sentence=lambda: "The disk is full.", detail="E 28"))
    assert (notice.text, notice.isVisible()) == ("The disk is full.", True)
    assert notice._detail.isHidden()
    qtbot.mouseClick(notice._more, Qt.MouseButton.LeftButton)
    assert (notice.detail, notice._detail.isVisible()) == ("E 28", True)
    with qtbot.waitSignal(notice.dismissed):
        qtbot.mouseClick(notice._close, Qt.MouseButton.LeftButton)
    assert (notice.text, notice.isHidden()) == ("", True)


def test_notice_speaks_the_language_that_is_chosen_while_it_stands(qtbot: QtBot) -> None:
    notice, said = Notice(), ["The disk is full."]
    notice.show_trouble(Trouble(sentence=lambda: said[-1], detail="E 28"))
    said.append("磁盘已满。")
    notice.retranslate()
    assert (notice.text, notice.detail) == ("磁盘已满。", "E 28")
    notice.clear()
    notice.retranslate()
    assert notice.text == ""
