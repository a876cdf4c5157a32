"""Puts the window together: the one place where its parts are made."""

import logging
import signal
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

from inspector.demo_line import write_demo_station
from inspector.exit_codes import ExitCode
from inspector.machine.choices import user_folder
from inspector.machine.user_folders import SAID
from ui.languages import Languages
from ui.main_window import MainWindow
from ui.theme.fonts import font, load_fonts
from ui.theme.sizes import BODY_PX
from ui.window_settings import LANGUAGES, WindowSettings

SETTINGS_FILE = "window.ini"
SIGNALS_MS = 100
_log = logging.getLogger(__name__)


def run_window(
    station: Path | None,
    *,
    has_demo: bool,
    is_full_screen: bool,
    language: str | None,
) -> int:
    """Show the window until it is closed, or a signal ends it; gives the program's exit code.

    Args:
        station: Opened at once, but not started.
        has_demo: Open the demo and start it.
        language: One of `LANGUAGES`; None: as the window was left.
    """
    application = make_application()
    folder = user_folder()
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="inspector-"))
        _log.warning("nothing of this window is remembered: %s", SAID)
    settings = WindowSettings(folder / SETTINGS_FILE)
    state = settings.load()
    if language in LANGUAGES:
        state = replace(state, language=language)
    window = MainWindow(state, settings, lambda: write_demo_station(folder / "demo"), Languages())
    came: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: came.append(number))
    # A handler runs between two steps of Python, of which this makes some.
    signals = QTimer(window)
    signals.setInterval(SIGNALS_MS)
    signals.timeout.connect(partial(_end_at_signal, came, window))
    signals.start()
    if is_full_screen:
        window.showFullScreen()
    else:
        window.show()
    if has_demo:
        QTimer.singleShot(0, window.open_demo)
    elif station is not None:
        window.open_file(station)
    code = application.exec()
    return ExitCode.INTERRUPTED if came else code


def _end_at_signal(came: list[int], window: MainWindow) -> None:
    if came:
        window.end()


def make_application() -> QApplication:
    """The one application, with our fonts."""
    QCoreApplication.setApplicationName("inspector")
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setStyle("Fusion")  # the same on every system, and it obeys the style sheet
    load_fonts()
    application.setFont(font(BODY_PX))
    return application
