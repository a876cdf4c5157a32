"""What went wrong stands across the window until somebody has read it."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ui.languages import Languages
from ui.run.notice import Notice
from ui.texts.troubles import Trouble, trouble_of_lost


def test_notice_is_shown_with_details_on_demand_and_taken_away(qtbot: QtBot) -> None:
    notice = Notice()
    assert notice.isHidden()
    notice.show_trouble(Trouble(sentence="The disk is full.", detail="E 28"))
    assert (notice.text, notice.isVisible()) == ("The disk is full.", True)
    assert notice._detail.isHidden()
    qtbot.mouseClick(notice._more, Qt.MouseButton.LeftButton)
    assert (notice.detail, notice._detail.isVisible()) == ("E 28", True)
    with qtbot.waitSignal(notice.dismissed):
        qtbot.mouseClick(notice._close, Qt.MouseButton.LeftButton)
    assert (notice.text, notice.isHidden()) == ("", True)


def test_notice_speaks_the_language_that_is_chosen_while_it_stands(qtbot: QtBot) -> None:
    notice, languages = Notice(), Languages()
    notice.show_trouble(trouble_of_lost("top"))
    assert notice.text.startswith("“top” cannot be reached.")
    languages.switch("zh_CN")
    notice.retranslate()
    languages.switch("en")
    assert notice.text.startswith("无法连接“top”")
    assert notice.detail == "top"
    notice.clear()
    notice.retranslate()
    assert notice.text == ""
