"""Rows: newest first, as many as a shift has, and no slower for it."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication

from inspector.flow import Decision
from tests.support.panels import part
from ui.run import results_model
from ui.run.results_model import Column, ResultsModel


def row(model: ResultsModel, number: int) -> list[str]:
    return [model.data(model.index(number, column)) for column in range(model.columnCount())]


def test_newest_stands_first_with_everything_that_is_known(application: QApplication) -> None:
    model = ResultsModel()
    model.add([part(1), part(2, Decision.FAIL)])
    model.add([part(3, Decision.ERROR)])
    assert [model.part_number(n) for n in range(3)] == [3, 2, 1]
    assert row(model, 1)[1:] == [
        "2", "FAIL", "0.75", "12 \u00d7 8\u202fpx", "9.0", "0.2", "\u2013", "7.8", "\u2013", "0.6",
    ]  # fmt: skip
    assert row(model, 0)[Column.REASON] == "The picture is damaged"
    assert row(model, 2)[Column.REASON] == ""


def test_oldest_rows_are_forgotten_at_the_limit(
    application: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results_model, "MAX_ROWS", 5)
    model = ResultsModel()
    for number in range(1, 9):
        model.add([part(number)])
    assert [model.part_number(n) for n in range(model.rowCount())] == [8, 7, 6, 5, 4]
    model.add([part(number) for number in range(9, 30)])
    assert [model.part_number(n) for n in range(model.rowCount())] == [29, 28, 27, 26, 25]


def test_numbers_are_aligned_right_and_words_left(application: QApplication) -> None:
    model = ResultsModel()
    model.add([part(1)])
    role = Qt.ItemDataRole.TextAlignmentRole
    sides = [
        bool(model.data(model.index(0, column), role) & Qt.AlignmentFlag.AlignRight)
        for column in range(6)
    ]
    assert sides == [False, True, False, True, False, True]


def test_columns_have_names_and_units(application: QApplication) -> None:
    model = ResultsModel()
    names = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    assert names == [
        "Time", "Part", "Decision", "Score", "Reason", "Total ms",
        "Wait ms", "Prepare ms", "Look ms", "Decide ms", "Store ms",
    ]  # fmt: skip


def test_cleared_model_is_empty(application: QApplication) -> None:
    model = ResultsModel()
    model.add([part(1)])
    model.clear()
    assert (model.rowCount(), model.data(QModelIndex())) == (0, None)
