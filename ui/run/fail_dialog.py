"""One part that did not pass, large, with all its reasons."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.run.fail_picture import FailPicture
from ui.run.last_fail import fail_lines
from ui.texts.numbers import clock_text, part_text
from ui.texts.words import decision_word
from ui.theme.colours import VERDICT_HUES
from ui.theme.theme import Theme
from ui.widgets.picture_view import ZOOM_STEP, PictureView
from ui.widgets.shapes import shape_icon

MAX_REGIONS = 8


class FailDialog(QDialog):
    """Shows one part; Escape closes it. The line goes on behind it."""

    def __init__(self, fail: FailPicture, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(part_text(fail.part_number))
        self.view = PictureView(theme.colours.picture)
        self.view.show_picture(fail.picture)
        icon, word = QLabel(), QLabel(decision_word(fail.decision))
        hue = VERDICT_HUES[fail.decision]
        icon.setPixmap(shape_icon(fail.decision, hue, 40).pixmap(40, 40))
        word.setProperty("kind", "counter")
        head = QHBoxLayout()
        head.addWidget(icon)
        head.addWidget(word)
        head.addStretch(1)
        head.addWidget(QLabel(f"{part_text(fail.part_number)}   {clock_text(fail.captured_at)}"))
        lines = QLabel("\n".join([*fail_lines(fail, MAX_REGIONS), fail.camera]))
        lines.setWordWrap(True)
        lines.setAlignment(Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        for text, act in (
            (self.tr("Fit"), self.view.fit),
            ("+", self._larger),
            ("\u2212", self._smaller),
        ):
            button = QPushButton(text)
            button.setAutoDefault(False)
            button.clicked.connect(act)
            buttons.addWidget(button)
        self._heat = QPushButton(self.tr("Heat map"))
        self._heat.setCheckable(True)
        self._heat.setChecked(True)
        self._heat.setAutoDefault(False)
        self._heat.toggled.connect(self.view.show_heat)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.accept)
        buttons.addWidget(self._heat)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)
        layout.addWidget(lines)
        layout.addLayout(buttons)

    def _larger(self) -> None:
        self.view.zoom_by(ZOOM_STEP)

    def _smaller(self) -> None:
        self.view.zoom_by(1 / ZOOM_STEP)
