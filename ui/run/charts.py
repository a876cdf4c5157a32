"""Both charts: beside each other where there is room, in tabs where there is not."""

from collections.abc import Sequence

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from inspector.flow import Record
from inspector.pipeline.events import RunSnapshot
from ui.run.score_chart import ScoreChart
from ui.run.stage_chart import StageChart
from ui.theme.theme import Theme
from ui.widgets.card import Card


class Charts(QWidget):
    """Scores against the limit, and time per stage."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scores, self._stages = ScoreChart(theme), StageChart(theme)
        self._score_card, self._stage_card = Card(self._scores), Card(self._stages)
        self._tabs = QTabWidget()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.sizes.gap)
        self._is_compact: bool | None = None
        self._lay(theme.sizes.is_compact)
        self.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Colours and sizes."""
        self._scores.set_theme(theme)
        self._stages.set_theme(theme)
        self._lay(theme.sizes.is_compact)
        self.retranslate()

    def retranslate(self) -> None:
        """Write in the chosen language."""
        titles = self.tr("Score against limit"), self.tr("Time per stage")
        aside = self.tr("ms, half and 95 of 100 parts")
        if self._is_compact:
            self._score_card.set_title("")
            self._stage_card.set_title("")
            for place, title in enumerate(titles):
                self._tabs.setTabText(place, title)
        else:
            self._score_card.set_title(titles[0])
            self._stage_card.set_title(titles[1], aside)
        self._stages.retranslate()

    def start(self, threshold: float) -> None:
        """A line starts with this limit."""
        self._scores.start(threshold)
        self._stages.show_times({})

    def clear(self) -> None:
        """Another line, of which nothing is known yet."""
        self.start(0.0)

    def add(self, records: Sequence[Record]) -> None:
        """More results, oldest first."""
        if records:
            self._scores.add(records)

    def redraw(self) -> None:
        """Draw what was added."""
        self._scores.redraw()

    def show_snapshot(self, snapshot: RunSnapshot) -> None:
        """Other times."""
        self._stages.show_times(snapshot.figures.stage_ms)

    def _lay(self, is_compact: bool) -> None:
        if is_compact == self._is_compact:
            return
        self._is_compact = is_compact
        cards = (self._score_card, self._stage_card)
        if is_compact:
            for card in cards:
                self._tabs.addTab(card, "")
            self._layout.addWidget(self._tabs)
            self._tabs.show()
        else:
            self._layout.removeWidget(self._tabs)
            self._tabs.hide()
            for card in cards:
                card.setParent(self)
                self._layout.addWidget(card, 1)
                card.show()
