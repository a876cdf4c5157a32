"""The foot of the run view: Start, Stop, New shift, and how the line does."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from inspector.flow import Stage
from inspector.pipeline.events import Phase, RunSnapshot
from ui.texts.numbers import count_text, time_ms_text
from ui.texts.words import phase_word
from ui.theme.colours import GREEN, ORANGE
from ui.theme.theme import Theme
from ui.widgets.hold_button import HoldButton

_AT_WORK = (Phase.STARTING, Phase.READY, Phase.RUNNING, Phase.BLOCKED, Phase.STOPPING)


class Foot(QWidget):
    """Emits what a person wants; knows nothing of how it is done."""

    start_wanted = Signal()
    stop_wanted = Signal()
    shift_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "bar")
        self.start = QPushButton()
        self.start.setProperty("kind", "start")
        self.stop, self.shift = HoldButton(), HoldButton()
        self.stop.setProperty("kind", "stop")
        self._lamp, self._status = QLabel(), QLabel()
        self._snapshot: RunSnapshot | None = None
        self._phase = Phase.IDLE
        self.start.clicked.connect(self.start_wanted)
        self.stop.held.connect(self.stop_wanted)
        self.shift.held.connect(self.shift_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(theme.sizes.gap)
        for button in (self.start, self.stop, self.shift):
            layout.addWidget(button)
        layout.addStretch(1)
        layout.addWidget(self._lamp)
        layout.addWidget(self._status)
        self.retranslate()
        self.show_phase(Phase.IDLE)

    def retranslate(self) -> None:
        """Write in the chosen language."""
        self.start.setText(self.tr("Start"))
        self.stop.set_texts(self.tr("Hold to stop"), self.tr("Press again to stop"))
        self.shift.set_texts(self.tr("Hold for new shift"), self.tr("Press again to count anew"))
        self._write_status()

    def show_phase(self, phase: Phase) -> None:
        """Which buttons can be pressed, and the lamp."""
        self._phase = phase
        self.start.setEnabled(phase not in _AT_WORK)
        self.stop.setEnabled(phase in _AT_WORK and phase is not Phase.STOPPING)
        self.shift.setEnabled(phase in (Phase.READY, Phase.RUNNING, Phase.BLOCKED))
        hue = {
            Phase.RUNNING: GREEN,
            Phase.READY: GREEN,
            Phase.BLOCKED: ORANGE,
            Phase.FAULTED: ORANGE,
        }.get(phase)
        colour = QColor(hue or "#8A949E").name()
        self._lamp.setFixedSize(16, 16)
        self._lamp.setStyleSheet(f"background: {colour}; border-radius: 8px;")
        self._write_status()

    def show_snapshot(self, snapshot: RunSnapshot) -> None:
        """How the line does."""
        self._snapshot = snapshot
        self.show_phase(snapshot.phase)

    @property
    def status(self) -> str:
        """What stands there."""
        return self._status.text()

    def _write_status(self) -> None:
        texts = [phase_word(self._phase)]
        snapshot = self._snapshot
        if snapshot is not None and self._phase in (Phase.READY, Phase.RUNNING):
            total = snapshot.figures.stage_ms.get(Stage.TOTAL)
            if total is not None:
                text = self.tr("99 of 100 within {time} ms")
                texts.append(text.format(time=time_ms_text(total.p99)))
            rate = self.tr("{rate} / s")
            texts.append(rate.format(rate=f"{snapshot.figures.parts_per_s:.1f}"))
            if snapshot.n_not_taken:
                not_taken = self.tr("{count} not inspected")
                texts.append(not_taken.format(count=count_text(snapshot.n_not_taken)))
            if snapshot.growth:
                texts.append(self.tr("start the line anew at the next break"))
        self._status.setText("   ·   ".join(texts))
