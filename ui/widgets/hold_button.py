"""A button for what must not happen by accident: hold it, or press its key twice."""

from PySide6.QtCore import QElapsedTimer, QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

HOLD_MS = 800
TWICE_WITHIN_MS = 3_000
STEP_MS = 40


class HoldButton(QPushButton):
    """Emits `held` after a long press; a short one does nothing but show that it was too short."""

    held = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = self._again = ""
        self._since = QElapsedTimer()
        self._tick = QTimer(self)
        self._tick.setInterval(STEP_MS)
        self._tick.timeout.connect(self._step)
        self._disarm = QTimer(self)
        self._disarm.setSingleShot(True)
        self._disarm.timeout.connect(self._forget_key)

    def set_texts(self, text: str, again: str) -> None:
        """What it says, and what it says after one press of its key."""
        self._text, self._again = text, again
        self.setText(again if self._disarm.isActive() else text)

    def press_key(self) -> None:
        """Its key was pressed: the second time within a while it works."""
        if not self.isEnabled():
            return
        if self._disarm.isActive():
            self._forget_key()
            self.held.emit()
        else:
            self._disarm.start(TWICE_WITHIN_MS)
            self.setText(self._again)

    @property
    def share(self) -> float:
        """How much of the time it was held, 0..1."""
        return min(1.0, self._since.elapsed() / HOLD_MS) if self._tick.isActive() else 0.0

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Begin to hold."""
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._begin()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """A finger that slides off has thought better of it."""
        super().mouseMoveEvent(event)
        if not self.rect().contains(event.position().toPoint()):
            self._end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Let go."""
        super().mouseReleaseEvent(event)
        self._end()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Space is held like a finger."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._begin()
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Let go."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._end()
            return
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        """Who looks away lets go: the release goes to another widget then."""
        super().focusOutEvent(event)
        self._end()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """What can no longer be pressed is no longer held."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self._end()
            self._forget_key()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """The button, and along its foot how long it was held."""
        super().paintEvent(event)
        if self.share > 0:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colour = QColor(self.palette().buttonText().color())
            foot = QRectF(6, self.height() - 8, (self.width() - 12) * self.share, 4)
            painter.fillRect(foot, colour)
            painter.end()

    def _begin(self) -> None:
        self._since.start()
        self._tick.start()

    def _step(self) -> None:
        if self.share >= 1.0:
            self._end()
            self.held.emit()
        self.update()

    def _end(self) -> None:
        self._tick.stop()
        self.update()

    def _forget_key(self) -> None:
        self._disarm.stop()
        self.setText(self._text)
