"""What is there before a line is: the last station, open one, try the demo."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ui.run.notice import Notice

WIDTH_PX = 560


class StartPage(QWidget):
    """Three large buttons.

    Attributes:
        notice: Why a station could not be opened.
    """

    last_wanted = Signal()
    open_wanted = Signal()
    demo_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "ground")
        self.notice = Notice()
        self._last_station: Path | None = None
        self._title, self._hint = QLabel(), QLabel()
        self._title.setProperty("kind", "counter")
        self._hint.setProperty("kind", "soft")
        self._hint.setWordWrap(True)
        self.last, self.open, self.demo = QPushButton(), QPushButton(), QPushButton()
        self.last.setProperty("kind", "start")
        self.last.clicked.connect(self.last_wanted)
        self.open.clicked.connect(self.open_wanted)
        self.demo.clicked.connect(self.demo_wanted)
        middle = QWidget()
        middle.setFixedWidth(WIDTH_PX)
        column = QVBoxLayout(middle)
        column.setSpacing(16)
        for widget in (self._title, self._hint, self.last, self.open, self.demo):
            column.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self.notice)
        layout.addStretch(2)
        layout.addWidget(middle, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self.retranslate()

    def show_last(self, station: Path | None) -> None:
        """Which station was open last; None where none was."""
        self._last_station = station
        self.retranslate()

    def retranslate(self) -> None:
        """Write in the chosen language."""
        self.notice.retranslate()
        self._title.setText(self.tr("Which line?"))
        self._hint.setText(
            self.tr("A station file says which cameras a line has and what it looks for.")
        )
        self.last.setVisible(self._last_station is not None)
        if self._last_station is not None:
            name = f"{self._last_station.parent.name} / {self._last_station.name}"
            self.last.setText(self.tr("Go on with {station}").format(station=name))
        self.open.setText(self.tr("Open a station file"))
        self.demo.setText(self.tr("Try the demo"))
