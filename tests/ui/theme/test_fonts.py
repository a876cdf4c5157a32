"""Both languages can be written on a machine without a font."""

from PySide6.QtGui import QFontMetrics, QRawFont
from PySide6.QtWidgets import QApplication

from tests.ui.test_languages import chinese_texts
from ui.theme.fonts import FILES, FOLDER, font


def test_our_files_have_every_letter_that_is_written(application: QApplication) -> None:
    raw = [QRawFont(str(FOLDER / name), 20) for name in FILES]
    latin = "".join(chr(code) for code in range(32, 127)) + "\u202f\u2007\u2013\u00d7²·µ\u2212"
    letters = set(latin) | set("".join(chinese_texts()))
    missing = sorted(
        letter for letter in letters if not any(one.supportsCharacter(ord(letter)) for one in raw)
    )
    assert missing == []


def test_figures_are_equally_wide(application: QApplication) -> None:
    metrics = QFontMetrics(font(36))
    assert len({metrics.horizontalAdvance(figure * 10) for figure in "0123456789"}) == 1
