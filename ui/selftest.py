"""What `inspector selftest` tries of the window: its fonts, in both languages."""

import os

from PySide6.QtGui import QRawFont
from PySide6.QtWidgets import QApplication

from inspector.errors import InspectorError
from ui.theme.fonts import FILES, FOLDER

_SAMPLES = {"English": "Inspection 0123456789 %", "Chinese": "合格不合格错误工位检测"}


def fonts() -> str:
    """Which fonts write each language.

    Raises:
        InspectorError: A font cannot be read, or none of them has a letter.
    """
    _ensure_application()
    read = {name: QRawFont(str(FOLDER / name), 20.0) for name in FILES}
    broken = [name for name, font in read.items() if not font.isValid()]
    if broken:
        raise InspectorError(f"the font {broken[0]} cannot be read; install the program again")
    for language, sample in _SAMPLES.items():
        missing = [
            letter
            for letter in sample.replace(" ", "")
            if not any(font.supportsCharacter(ord(letter)) for font in read.values())
        ]
        if missing:
            raise InspectorError(
                f"no font has the letters {''.join(missing)} of {language}; install the program "
                "again"
            )
    return f"{' and '.join(_SAMPLES)}, from {len(read)} fonts of its own"


def _ensure_application() -> None:
    """Qt reads fonts for an application only; one without a screen will do."""
    if QApplication.instance() is not None:
        return
    before = os.environ.get("QT_QPA_PLATFORM")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        _kept.append(QApplication([]))
    finally:
        if before is None:
            del os.environ["QT_QPA_PLATFORM"]
        else:
            os.environ["QT_QPA_PLATFORM"] = before


_kept: list[QApplication] = []  # it lives as long as the process: Qt does not outlive a second one
