"""What must not happen by accident does not."""

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.widgets.hold_button import HOLD_MS, HoldButton


def button_of(qtbot: QtBot) -> HoldButton:
    button = HoldButton()
    button.set_texts("Hold to stop", "Press again to stop")
    button.show()
    return button


def test_short_press_does_nothing(qtbot: QtBot) -> None:
    button = button_of(qtbot)
    with qtbot.assertNotEmitted(button.held, wait=HOLD_MS + 200):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_long_press_works_once(qtbot: QtBot) -> None:
    button = button_of(qtbot)
    count = []
    button.held.connect(lambda: count.append(1))
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(count), timeout=5 * HOLD_MS)
    qtbot.wait(HOLD_MS)
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert count == [1]


def test_finger_that_slides_off_lets_go(qtbot: QtBot) -> None:
    button = button_of(qtbot)
    with qtbot.assertNotEmitted(button.held, wait=HOLD_MS + 200):
        qtbot.mousePress(button, Qt.MouseButton.LeftButton)
        qtbot.mouseMove(button, QPoint(2, button.height() + 20))
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)


def test_key_that_is_held_while_another_widget_takes_over_lets_go(qtbot: QtBot) -> None:
    button = button_of(qtbot)
    with qtbot.assertNotEmitted(button.held, wait=HOLD_MS + 200):
        qtbot.keyPress(button, Qt.Key.Key_Space)
        QApplication.sendEvent(button, QFocusEvent(QEvent.Type.FocusOut))


def test_space_is_held_like_a_finger(qtbot: QtBot) -> None:
    button = button_of(qtbot)
    with qtbot.assertNotEmitted(button.held, wait=100):
        qtbot.keyClick(button, Qt.Key.Key_Space)
    with qtbot.waitSignal(button.held, timeout=5 * HOLD_MS):
        qtbot.keyPress(button, Qt.Key.Key_Space)
    qtbot.keyRelease(button, Qt.Key.Key_Space)


def test_key_works_the_second_time(qtbot: QtBot) -> None:
    button = button_of(qtbot)
    with qtbot.assertNotEmitted(button.held, wait=50):
        button.press_key()
    assert button.text() == "Press again to stop"
    with qtbot.waitSignal(button.held):
        button.press_key()
    assert button.text() == "Hold to stop"


def test_disabled_button_forgets_what_was_begun(qtbot: QtBot) -> None:
    button = button_of(qtbot)
    button.press_key()
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    button.setEnabled(False)
    with qtbot.assertNotEmitted(button.held, wait=HOLD_MS + 200):
        button.press_key()
    assert button.text() == "Hold to stop"
