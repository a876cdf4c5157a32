"""Takes a picture of every view, in both languages and schemes and at each size that is promised.

    .venv/bin/python packaging/screenshots.py build/screenshots

Look at each: nothing may be cut, overlap or stand askew. The README's picture is one of them.
"""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

SIZES = {"1280x720": (1280, 720, 1), "1920x1080": (1920, 1080, 1), "3840x2160": (1920, 1080, 2)}
N_PARTS = 90  # enough for the charts to be full of life
STATION = """
schema_version = 1
name = "Line 3"
store = "records"
bundle = "demo"
[images]
keep = "none"
free_space_floor_mb = 0
[[camera]]
name = "top"
source = "synthetic"
options = { parts_per_s = 30, defect_share = 0.03 }
"""


def main() -> None:
    """Take all of them, or, called with a size, those of that size."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if len(sys.argv) > 2:
        _take(folder, sys.argv[2])
        return
    for name, (_, _, density) in SIZES.items():
        environment = {
            **os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(density),
        }  # fmt: skip
        command = [sys.executable, __file__, str(folder), name]
        subprocess.run(command, check=True, env=environment)  # noqa: S603  (this file)


def _take(folder: Path, size: str) -> None:
    from inspector.errors import SourceUnavailable
    from inspector.flow import Decision
    from ui.app import make_application
    from ui.languages import Languages
    from ui.main_window import MainWindow
    from ui.run.fail_dialog import FailDialog
    from ui.texts.troubles import trouble_of
    from ui.theme.colours import Scheme
    from ui.theme.theme import theme_of
    from ui.window_settings import WindowSettings, WindowState

    make_application()
    width_px, height_px, _ = SIZES[size]
    for language in ("en", "zh_CN"):
        for scheme in Scheme:
            with TemporaryDirectory() as name:
                station = Path(name) / "station.toml"
                station.write_text(STATION)
                state = WindowState(language=language, scheme=scheme, last_station=station)
                settings = WindowSettings(Path(name) / "window.ini")
                window = MainWindow(state, settings, lambda path=station: path, Languages())
                window.resize(width_px, height_px)
                window.show()

                where = f"{size}-{scheme}-{language}"
                keep = partial(_keep, folder, where, window)
                keep("start")
                window.open_file(station, is_started=True)
                while window.run_view.table.model.rowCount() < N_PARTS:
                    _wait(50)
                while _shown(window) is not Decision.PASS:
                    _wait(20)
                keep("pass")
                while _shown(window) is not Decision.FAIL:
                    _wait(20)
                keep("fail")
                window.stop_line()
                while window.is_line_running:
                    _wait(50)
                keep("stopped")
                away = SourceUnavailable("USB camera 0 cannot be opened")
                window.run_view.notice.show_trouble(trouble_of(away))
                keep("notice")
                fail = window.run_view.last_fail.fail
                if fail is not None:
                    dialog = FailDialog(fail, theme_of(scheme, height_px), window)
                    dialog.resize(window.size() * 0.8)
                    dialog.show()
                    _keep(folder, where, dialog, "one-fail")
                    dialog.close()
                window.close()


def _wait(time_ms: int) -> None:
    """Let the window and the line live; `QTest.qWait` holds Python's lock meanwhile."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(time_ms, loop.quit)
    loop.exec()


def _keep(folder: Path, where: str, widget: "QWidget", view: str) -> None:
    _wait(0)
    widget.grab().save(str(folder / f"{view}-{where}.png"))


def _shown(window: "object") -> "object":
    face = window.run_view.banner.face  # type: ignore[attr-defined]
    return None if face is None else face.decision


if __name__ == "__main__":
    main()
