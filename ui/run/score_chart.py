"""The scores of the last parts against the limit."""

from collections import deque
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from inspector.flow import Decision, Record
from ui.theme.colours import VERDICT_HUES
from ui.theme.fonts import font
from ui.theme.theme import Theme

MAX_POINTS = 200
_SYMBOLS = {Decision.PASS: "o", Decision.FAIL: "x", Decision.ERROR: "t1"}
_SIZES_PX = {Decision.PASS: 6, Decision.FAIL: 11, Decision.ERROR: 11}


class ScoreChart(pg.PlotWidget):  # type: ignore[misc]
    """A point a part, newest at the right; the limit is a dashed line. It is only looked at."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._points: deque[tuple[float, Decision]] = deque(maxlen=MAX_POINTS)
        self._threshold = 0.0
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setMenuEnabled(False)
        self.getAxis("bottom").hide()
        self.setXRange(0, MAX_POINTS, padding=0.01)
        self._limit = pg.InfiniteLine(angle=0)
        self.addItem(self._limit)
        self._scatter = pg.ScatterPlotItem(pxMode=True)
        self.addItem(self._scatter)
        self.setMinimumHeight(90)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Colours and sizes."""
        colours = theme.colours
        self.setBackground(QColor(colours.card))
        axis = self.getAxis("left")
        axis.setPen(QColor(colours.border))
        axis.setTextPen(QColor(colours.text))
        axis.setTickFont(font(theme.sizes.body))
        axis.setWidth(56)
        self._limit.setPen(pg.mkPen(QColor(colours.text), width=2, style=Qt.PenStyle.DashLine))
        self._draw()

    def start(self, threshold: float) -> None:
        """A line starts with this limit."""
        self._points.clear()
        self._threshold = threshold
        self._limit.setValue(threshold)
        self._draw()

    def add(self, records: Sequence[Record]) -> None:
        """More parts, oldest first; one without a score stands at the limit."""
        for record in records:
            score = self._threshold if record.score is None else record.score
            self._points.append((score, record.verdict.decision))
        self._draw()

    def _draw(self) -> None:
        scores = np.array([score for score, _ in self._points])
        first = MAX_POINTS - len(scores)
        decisions = [decision for _, decision in self._points]
        self._scatter.setData(
            x=np.arange(first, MAX_POINTS),
            y=scores,
            symbol=[_SYMBOLS[decision] for decision in decisions],
            size=[_SIZES_PX[decision] for decision in decisions],
            brush=[pg.mkBrush(VERDICT_HUES[decision]) for decision in decisions],
            pen=None,
        )
        # Room for twice the limit, so that the scale does not jump with each score.
        top = max(2 * self._threshold, *scores, 1e-6) if len(scores) else 2 * self._threshold or 1
        low = min(0.0, *scores) if len(scores) else 0.0
        self.setYRange(low, top, padding=0.08)
