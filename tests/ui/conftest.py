"""Every test of the window runs offscreen, and Qt may neither warn nor leave a widget behind."""

import gc
import os
from collections.abc import Iterator

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget

from ui.app import make_application
from ui.theme.colours import Scheme
from ui.theme.theme import Theme, theme_of

# Said by the offscreen platform itself, which has no window manager to ask.
_HARMLESS = ("This plugin does not support",)


@pytest.fixture(scope="session")
def application() -> QApplication:
    return make_application()


@pytest.fixture(scope="session")
def qapp(application: QApplication) -> QApplication:
    """pytest-qt's own, so that there is one application."""
    return application


@pytest.fixture
def theme(application: QApplication) -> Theme:
    return theme_of(Scheme.DARK)


@pytest.fixture(autouse=True)
def _qt_says_nothing(application: QApplication) -> Iterator[None]:
    said: list[str] = []

    def hear(_kind: QtMsgType, _context: object, text: str) -> None:
        if not text.startswith(_HARMLESS):
            said.append(text)

    before = qInstallMessageHandler(hear)
    yield
    qInstallMessageHandler(before)
    assert said == [], "Qt warned"


@pytest.fixture(autouse=True)
def _no_widget_is_left_over(application: QApplication) -> Iterator[None]:
    yield
    if visible_windows():
        gc.collect()  # only then: with TensorFlow in the process it takes a second
    left = visible_windows()
    for widget in left:
        widget.close()
    assert [type(widget).__name__ for widget in left] == []


def visible_windows() -> list[QWidget]:
    return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
