"""The bar above: which line, which recipe, which model; language, scheme, time."""

from dataclasses import replace

from PySide6.QtCore import QDateTime, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from inspector.pipeline.events import JudgedBy
from ui.line import LineInfo
from ui.theme.colours import Scheme
from ui.theme.theme import Theme


class TopBar(QWidget):
    """Says what is being judged, and with what."""

    language_wanted = Signal()
    scheme_wanted = Signal()
    station_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "bar")
        self._name, self._recipe, self._bundle = QLabel(), QLabel(), QLabel()
        self._name.setProperty("kind", "title")
        self._bundle.setProperty("kind", "soft")
        self._time = QLabel()
        self._time.setProperty("kind", "title")
        self._language, self._scheme, self._stations = (QPushButton() for _ in range(3))
        self._language.clicked.connect(self.language_wanted)
        self._scheme.clicked.connect(self.scheme_wanted)
        self._stations.clicked.connect(self.station_wanted)
        self._theme = theme
        self._info: LineInfo | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 16, 6)
        layout.setSpacing(theme.sizes.gap)
        for label in (self._name, self._recipe, self._bundle):
            layout.addWidget(label)
            layout.addSpacing(16)
        layout.addStretch(1)
        for button in (self._stations, self._language, self._scheme):
            layout.addWidget(button)
        layout.addSpacing(8)
        layout.addWidget(self._time)
        self._clock = QTimer(self)
        self._clock.setInterval(1_000)
        self._clock.timeout.connect(self._tell_time)
        self._clock.start()
        self._tell_time()
        self.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Colours and sizes."""
        self._theme = theme
        self.retranslate()

    def show_station(self, name: str) -> None:
        """A station was opened; what it judges with is not known yet."""
        self._info = None
        self._name.setText(name)
        self.retranslate()

    def show_line(self, info: LineInfo | None) -> None:
        """What runs."""
        self._info = info
        self.retranslate()

    def show_judged_by(self, judged_by: JudgedBy) -> None:
        """What judges now: a bundle or recipe may have come while the line runs."""
        if self._info is not None and judged_by != self._info.judged_by:
            self.show_line(replace(self._info, judged_by=judged_by))

    def retranslate(self) -> None:
        """Write in the chosen language."""
        self._language.setText(self.tr("中文", "the name of the other language, in itself"))
        is_dark = self._theme.scheme is Scheme.DARK
        self._scheme.setText(self.tr("Light") if is_dark else self.tr("Dark"))
        self._stations.setText(self.tr("Stations"))
        info = self._info
        if info is None:
            self._recipe.clear()
            self._bundle.clear()
            return
        self._name.setText(info.station)
        self._recipe.setText(info.judged_by.recipe)
        bundle = self.tr("bundle {id}")
        self._bundle.setText(bundle.format(id=info.judged_by.bundle_id[:6]))

    def _tell_time(self) -> None:
        self._time.setText(QDateTime.currentDateTime().toString("HH:mm:ss"))
