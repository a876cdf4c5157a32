"""Every stored result, newest first; what is being read stays where it is."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from inspector.flow import Decision, Record
from ui.run.results_model import STAGES, Column, ResultsModel
from ui.theme.colours import VERDICT_HUES
from ui.theme.theme import Theme
from ui.widgets.card import Card
from ui.widgets.shapes import shape_icon

ICON_PX = 18
# The widest text of each column, by which it is measured once: rows would take ever longer.
_SAMPLES = {
    Column.TIME: "00:00:000",
    Column.PART: "0 000 000",
    Column.DECISION: "WWWWW",
    Column.SCORE: "000.00",
    Column.TOTAL: "Total ms",
}
CELL_PADDING_PX = 20
LEAST_REASON_PX = 160


class ResultsTable(Card):
    """See the module. On a narrow window the times per stage are left out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.model = ResultsModel()
        self.view = QTableView()
        self._widths_px: dict[int, int] = {}
        super().__init__(self.view, parent)
        view = self.view
        view.setModel(self.model)
        view.setAlternatingRowColors(True)
        view.setShowGrid(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setIconSize(QSize(ICON_PX, ICON_PX))
        view.setWordWrap(False)
        view.verticalHeader().hide()
        view.setTabKeyNavigation(False)
        # Rows of one fixed height: with any other the view measures all of them.
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.horizontalHeader().setHighlightSections(False)
        self.set_theme(theme)
        self.retranslate()
        self._show_state()

    def set_theme(self, theme: Theme) -> None:
        """Colours and sizes."""
        self.view.verticalHeader().setDefaultSectionSize(theme.sizes.row)
        self.model.set_icons({d: shape_icon(d, VERDICT_HUES[d], ICON_PX) for d in Decision})
        self._size_columns()

    def retranslate(self) -> None:
        """Write in the chosen language."""
        self.model.retranslate()
        self._size_columns()
        self._show_state()

    def clear(self) -> None:
        """A line starts."""
        self.model.clear()
        self._show_state()

    def add(self, records: Sequence[Record]) -> None:
        """More results, oldest first. Where somebody scrolled down, nothing moves."""
        if not records:
            return
        bar = self.view.verticalScrollBar()
        is_reading = bar.value() > bar.minimum()
        before_px = bar.value()
        self.model.add(records)
        if is_reading:
            row_px = self.view.verticalHeader().defaultSectionSize()
            bar.setValue(before_px + row_px * len(records))
        self._show_state()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Leave the times per stage out where the reasons would have no room."""
        super().resizeEvent(event)
        self._choose_columns()

    def _choose_columns(self) -> None:
        header = self.view.horizontalHeader()
        all_but_reason = sum(
            self._widths_px[column]
            for column in range(self.model.columnCount())
            if column != Column.REASON
        )
        is_narrow = self.width() - all_but_reason < LEAST_REASON_PX
        for place in range(len(STAGES)):
            self.view.setColumnHidden(len(Column) + place, is_narrow)
        header.setSectionResizeMode(Column.REASON, QHeaderView.ResizeMode.Stretch)

    def _show_state(self) -> None:
        if self.model.rowCount():
            self.show_content()
        else:
            self.show_message(self.tr("Every part will stand here with its result."))

    def _size_columns(self) -> None:
        metrics = self.view.fontMetrics()
        header = self.view.horizontalHeader()
        for column in range(self.model.columnCount()):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            sample = _SAMPLES.get(Column(column)) if column < len(Column) else None
            title = str(self.model.headerData(column, header.orientation()))
            width_px = max(metrics.horizontalAdvance(text) for text in (sample or "000.0", title))
            icon_px = ICON_PX if column == Column.DECISION else 0
            self._widths_px[column] = width_px + icon_px + CELL_PADDING_PX
            header.resizeSection(column, self._widths_px[column])
        self._choose_columns()
