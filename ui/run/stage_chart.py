"""How long each stage takes: half of the parts are within the bar, 95 of 100 within the mark."""

from collections.abc import Mapping

import pyqtgraph as pg
from PySide6.QtGui import QColor

from inspector.flow import Stage
from inspector.store.summary import Percentiles
from ui.texts.numbers import FIGURE_SPACE, time_ms_text
from ui.texts.words import stage_word
from ui.theme.fonts import font
from ui.theme.theme import Theme

STAGES = (Stage.QUEUE, Stage.PREPROCESS, Stage.INFER, Stage.JUDGE, Stage.STORE)


class StageChart(pg.PlotWidget):  # type: ignore[misc]
    """A bar a stage, the first at the top, with both numbers at the right. It is only looked at."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(axisItems={"right": pg.AxisItem("right")})
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setMenuEnabled(False)
        self.getAxis("bottom").hide()
        self.showAxis("right")
        self._bars = pg.BarGraphItem(x0=0, y=[], height=0.5, width=[])
        self._marks = pg.ScatterPlotItem(pxMode=True)
        self.addItem(self._bars)
        self.addItem(self._marks)
        self.setYRange(-len(STAGES) + 0.5, 0.5, padding=0)
        self._stage_ms: Mapping[Stage, Percentiles] = {}
        self.setMinimumHeight(90)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Colours and sizes."""
        colours = theme.colours
        self.setBackground(QColor(colours.card))
        for side, width_px in (("left", 92), ("right", 168)):
            axis = self.getAxis(side)
            axis.setPen(QColor(colours.card))
            axis.setTextPen(QColor(colours.text))
            axis.setTickFont(font(theme.sizes.body))
            axis.setStyle(tickLength=0, hideOverlappingLabels=False)
            axis.setWidth(width_px)
        self._bars.setOpts(brush=QColor(colours.soft), pen=None)
        self._mark_pen = pg.mkPen(QColor(colours.text), width=2)
        self.show_times(self._stage_ms)

    def retranslate(self) -> None:
        """Write in the chosen language."""
        self.show_times(self._stage_ms)

    def show_times(self, stage_ms: Mapping[Stage, Percentiles]) -> None:
        """Show other times, ms."""
        self._stage_ms = stage_ms
        known = [(place, stage_ms[s]) for place, s in enumerate(STAGES) if s in stage_ms]
        rows = [-place for place, _ in known]
        self._bars.setOpts(x0=0, y=rows, height=0.5, width=[times.p50 for _, times in known])
        self._marks.setData(
            x=[times.p95 for _, times in known],
            y=rows,
            symbol="|",
            size=16,
            pen=self._mark_pen,
            brush=self._mark_pen.color(),
        )
        longest_ms = max((times.p95 for _, times in known), default=1.0)
        self.setXRange(0, max(longest_ms, 1e-3) * 1.04, padding=0)
        left = [(-place, stage_word(stage)) for place, stage in enumerate(STAGES)]
        right = [(-place, _padded(times.p50) + _padded(times.p95)) for place, times in known]
        self.getAxis("left").setTicks([left])
        self.getAxis("right").setTicks([right])


def _padded(time_ms: float) -> str:
    """Right-aligned in six figures: tick labels know no columns."""
    text = time_ms_text(time_ms)
    # A point is narrower than a figure, but there is one in every number.
    return FIGURE_SPACE * (6 - len(text)) + text
