"""The scores of the last parts against the limit."""

from collections import deque
from collections.abc import Sequence

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
        # One item a verdict, each with one symbol: points of their own brush are rendered one by
        # one at every change, which took a quarter of the window's time.
        self._points_of = {
            decision: pg.ScatterPlotItem(
                symbol=_SYMBOLS[decision],
                size=_SIZES_PX[decision],
                brush=pg.mkBrush(VERDICT_HUES[decision]),
                pen=None,
                pxMode=True,
            )
            for decision in Decision
        }
        for item in self._points_of.values():
            self.addItem(item)
        self._is_stale = False
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
        """More parts, oldest first; one without a score stands at the limit. See `redraw`."""
        for record in records:
            score = self._threshold if record.score is None else record.score
            self._points.append((score, record.verdict.decision))
        self._is_stale = True

    def redraw(self) -> None:
        """Draw what was added; a few times a second is all that an eye follows."""
        if self._is_stale:
            self._draw()

    def shown(self, decision: Decision) -> list[tuple[int, float]]:
        """The points of one verdict, as place and score."""
        x, y = self._points_of[decision].getData()
        return [(int(place), float(score)) for place, score in zip(x, y, strict=True)]

    def _draw(self) -> None:
        self._is_stale = False
        first = MAX_POINTS - len(self._points)
        for decision, item in self._points_of.items():
            places = [n for n, (_, one) in enumerate(self._points) if one is decision]
            scores = [self._points[n][0] for n in places]
            item.setData(x=[first + n for n in places], y=scores)
        every = [score for score, _ in self._points]
        # Room for twice the limit, so that the scale does not jump with each score.
        top = max([2 * self._threshold, 1e-6, *every])
        self.setYRange(min([0.0, *every]), top, padding=0.08)
