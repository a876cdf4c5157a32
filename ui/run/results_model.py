"""The rows of the results table: as many as a shift has, newest first."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon

from inspector.flow import Decision, Record, Stage
from ui.texts.numbers import clock_text, count_text, score_text, time_ms_text
from ui.texts.words import decision_word, record_text, stage_word

MAX_ROWS = 100_000  # about 60 MB; the store has all
STAGES = (Stage.QUEUE, Stage.PREPROCESS, Stage.INFER, Stage.JUDGE, Stage.STORE)

_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns that are always there; one for each of `STAGES` follows."""

    TIME = 0
    PART = 1
    DECISION = 2
    SCORE = 3
    REASON = 4
    TOTAL = 5


class _Row(NamedTuple):
    """What a row needs; a whole record would take ten times the memory."""

    judged_at: datetime
    part_number: int | None
    decision: Decision
    score: float | None
    record: Record | None  # of those that did not pass: its reasons
    total_ms: float | None
    stage_ms: tuple[float | None, ...]


class ResultsModel(QAbstractTableModel):
    """Holds what is shown. Rows are added at the top and forgotten at the foot."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: deque[_Row] = deque()  # oldest first: rows are added at the right
        self._icons: dict[Decision, QIcon] = {}

    def set_icons(self, icons: dict[Decision, QIcon]) -> None:
        """The shape of each verdict."""
        self._icons = icons
        self._all_changed()

    def retranslate(self) -> None:
        """Read every word anew."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
        self._all_changed()

    def clear(self) -> None:
        """No rows."""
        self.beginResetModel()
        self._rows.clear()
        self.endResetModel()

    def add(self, records: Sequence[Record]) -> None:
        """Add rows.

        Args:
            records: Oldest first.
        """
        added = [_row(record) for record in records[-MAX_ROWS:]]
        if not added:
            return
        self.beginInsertRows(QModelIndex(), 0, len(added) - 1)
        self._rows.extend(added)
        self.endInsertRows()
        surplus = len(self._rows) - MAX_ROWS
        if surplus > 0:
            self.beginRemoveRows(QModelIndex(), MAX_ROWS, MAX_ROWS + surplus - 1)
            for _ in range(surplus):
                self._rows.popleft()
            self.endRemoveRows()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008  (Qt's)
        """See `QAbstractTableModel.rowCount`."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008  (Qt's)
        """See `QAbstractTableModel.columnCount`."""
        return 0 if parent.isValid() else len(Column) + len(STAGES)

    def headerData(  # noqa: N802  (Qt's name)
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """See `QAbstractTableModel.headerData`."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if section >= len(Column):
            return self.tr("{stage} ms").format(stage=stage_word(STAGES[section - len(Column)]))
        return (
            self.tr("Time"),
            self.tr("Part"),
            self.tr("Decision"),
            self.tr("Score"),
            self.tr("Reason"),
            self.tr("Total ms"),
        )[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See `QAbstractTableModel.data`."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[len(self._rows) - 1 - index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.DecorationRole and column == Column.DECISION:
            return self._icons.get(row.decision)
        return None

    def part_number(self, row: int) -> int | None:
        """Of the part in a row."""
        return self._rows[len(self._rows) - 1 - row].part_number

    def _all_changed(self) -> None:
        if self._rows:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def _row(record: Record) -> _Row:
    decision = record.verdict.decision
    return _Row(
        judged_at=record.judged_at,
        part_number=record.part_number,
        decision=decision,
        score=record.score,
        record=None if decision is Decision.PASS else record,
        total_ms=record.stage_ms.get(Stage.TOTAL),
        stage_ms=tuple(record.stage_ms.get(stage) for stage in STAGES),
    )


def _text(row: _Row, column: int) -> str:
    if column >= len(Column):
        return time_ms_text(row.stage_ms[column - len(Column)])
    if column == Column.TIME:
        return clock_text(row.judged_at)
    if column == Column.PART:
        return "" if row.part_number is None else count_text(row.part_number)
    if column == Column.DECISION:
        return decision_word(row.decision)
    if column == Column.SCORE:
        return score_text(row.score)
    if column == Column.REASON:
        return "" if row.record is None else record_text(row.record)
    return time_ms_text(row.total_ms)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight
    if column in (Column.TIME, Column.DECISION, Column.REASON):
        side = Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
