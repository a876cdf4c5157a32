"""The window's own fonts: a line PC may have none."""

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

FOLDER = Path(__file__).parents[1] / "fonts"
FILES = ("Inter-Regular.otf", "Inter-SemiBold.otf", "Inter-Bold.otf", "DroidSansFallback.ttf")
FAMILIES = ("Inter", "Droid Sans Fallback")  # Latin first: it has the figures of equal width


def load_fonts() -> None:
    """Make them known to Qt. Once, when the application is there."""
    for name in FILES:
        if QFontDatabase.addApplicationFont(str(FOLDER / name)) < 0:
            raise RuntimeError(f"the font {name} cannot be read")


def font(size_px: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The window's font, with figures of equal width that do not jump when they change."""
    made = QFont()
    made.setFamilies(list(FAMILIES))
    made.setPixelSize(size_px)
    made.setWeight(weight)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made
