"""A sentence across the window: what went wrong and what to do; never a box over the picture."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from inspector.flow import Decision
from ui.texts.troubles import Trouble
from ui.theme.colours import ORANGE
from ui.widgets.shapes import shape_icon

ICON_PX = 32


class Notice(QFrame):
    """Hidden until there is something to say."""

    dismissed = Signal()
    visibility_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "notice")
        self._trouble: Trouble | None = None
        icon = QLabel()
        icon.setPixmap(
            shape_icon(Decision.ERROR, QColor(ORANGE).name(), ICON_PX).pixmap(ICON_PX, ICON_PX)
        )
        self._text, self._detail = QLabel(), QLabel()
        self._text.setWordWrap(True)
        self._text.setStyleSheet("font-weight: 600;")
        self._detail.setWordWrap(True)
        self._detail.setProperty("kind", "soft")
        self._detail.hide()
        self._more, self._close = QPushButton(), QPushButton()
        self._more.setCheckable(True)
        self._more.toggled.connect(self._detail.setVisible)
        self._close.clicked.connect(self._dismiss)
        words = QVBoxLayout()
        words.addWidget(self._text)
        words.addWidget(self._detail)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 8)
        layout.setSpacing(12)
        layout.addWidget(icon)
        layout.addLayout(words, 1)
        layout.addWidget(self._more)
        layout.addWidget(self._close)
        self.hide()
        self.retranslate()

    @property
    def text(self) -> str:
        """What is said; empty while it is hidden."""
        return self._text.text()

    @property
    def detail(self) -> str:
        """What the engine said."""
        return self._detail.text()

    def retranslate(self) -> None:
        """Write in the chosen language."""
        self._more.setText(self.tr("Details"))
        self._close.setText(self.tr("Close"))
        if self._trouble is not None:
            self._text.setText(self._trouble.text)

    def show_trouble(self, trouble: Trouble) -> None:
        """Say it."""
        self._trouble = trouble
        self._text.setText(trouble.text)
        self._detail.setText(trouble.detail)
        self._more.setVisible(bool(trouble.detail))
        self._more.setChecked(False)
        self.show()
        self.visibility_changed.emit(True)

    def clear(self) -> None:
        """Nothing to say."""
        self._trouble = None
        self._text.clear()
        self._detail.clear()
        self.hide()
        self.visibility_changed.emit(False)

    def _dismiss(self) -> None:
        self.clear()
        self.dismissed.emit()
