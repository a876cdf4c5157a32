"""How many parts, and what became of them, since the shift began."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from inspector.flow import Decision
from inspector.pipeline.events import RunSnapshot
from ui.texts.numbers import NOTHING, clock_text, count_text, rate_text, share_text
from ui.theme.colours import VERDICT_HUES
from ui.widgets.card import Card


class _Counter(QWidget):
    """A name and a number; those of a verdict have its colour beside them."""

    def __init__(self, decision: Decision | None) -> None:
        super().__init__()
        self.name, self.number = QLabel(), QLabel(NOTHING)
        self.name.setProperty("kind", "soft")
        self.number.setProperty("kind", "counter")
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.name)
        column.addWidget(self.number)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        if decision is not None:
            bar = QFrame()
            bar.setFixedWidth(6)
            bar.setStyleSheet(f"background: {VERDICT_HUES[decision]}; border-radius: 3px;")
            layout.addWidget(bar)
        layout.addLayout(column, 1)


class Counters(Card):
    """Six numbers that follow the store."""

    def __init__(self, parent: QWidget | None = None) -> None:
        grid_widget = QWidget()
        super().__init__(grid_widget, parent)
        self._parts, self._share, self._rate = _Counter(None), _Counter(None), _Counter(None)
        self._of = {decision: _Counter(decision) for decision in Decision}
        self._since_text = ""
        grid = QGridLayout(grid_widget)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        for column, counter in enumerate((self._parts, self._share, self._rate)):
            grid.addWidget(counter, 0, column)
        for column, decision in enumerate(Decision):
            grid.addWidget(self._of[decision], 1, column)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.retranslate()

    def retranslate(self) -> None:
        """Write the names in the chosen language."""
        self._parts.name.setText(self.tr("Parts"))
        self._share.name.setText(self.tr("Yield"))
        self._rate.name.setText(self.tr("Parts / min"))
        self._of[Decision.PASS].name.setText(self.tr("Pass"))
        self._of[Decision.FAIL].name.setText(self.tr("Fail"))
        self._of[Decision.ERROR].name.setText(self.tr("Error"))
        self.set_title(self.tr("This shift"), self._aside())

    def clear(self) -> None:
        """Another line: nothing is known of it yet."""
        self._since_text = ""
        for counter in (self._parts, self._share, self._rate, *self._of.values()):
            counter.number.setText(NOTHING)
        self.retranslate()

    def show_snapshot(self, snapshot: RunSnapshot) -> None:
        """Show the counts of the shift."""
        shift = snapshot.shift
        if shift is None:
            return
        self._since_text = clock_text(shift.started_at)
        self.set_title(self.tr("This shift"), self._aside())
        self._parts.number.setText(count_text(shift.n_parts))
        self._share.number.setText(share_text(shift.pass_share))
        self._rate.number.setText(rate_text(snapshot.figures.parts_per_s))
        for decision, counter in self._of.items():
            counter.number.setText(count_text(shift.decisions[decision]))

    def numbers(self) -> dict[str, str]:
        """What stands there, by decision and as "parts" and "yield"."""
        shown = {str(decision): counter.number.text() for decision, counter in self._of.items()}
        return {
            "parts": self._parts.number.text(), "yield": self._share.number.text(), **shown,
        }  # fmt: skip

    def _aside(self) -> str:
        return self.tr("since {time}").format(time=self._since_text) if self._since_text else ""
