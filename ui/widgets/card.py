"""A panel with a title, which shows its content or a sentence that says what to do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget


class Card(QFrame):
    """A framed panel.

    Attributes:
        title: Upper left; hidden while it is empty.
        aside: Upper right, soft.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.title, self.aside = QLabel(), QLabel()
        for label in (self.title, self.aside):
            label.setProperty("kind", "soft")
        self._message = QLabel()
        self._message.setProperty("kind", "soft")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.aside)
        body = QWidget()
        self._pages = QStackedLayout(body)
        self._pages.addWidget(content)
        self._pages.addWidget(self._message)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(4)
        layout.addWidget(self._head)
        layout.addWidget(body, 1)
        self.set_title("")

    def set_title(self, title: str, aside: str = "") -> None:
        """Write the head."""
        self.title.setText(title)
        self.aside.setText(aside)
        self._head.setVisible(bool(title or aside))

    def show_content(self) -> None:
        """There is something to see."""
        self._pages.setCurrentIndex(0)

    def show_message(self, text: str) -> None:
        """There is nothing to see, for this reason."""
        self._message.setText(text)
        self._pages.setCurrentIndex(1)
