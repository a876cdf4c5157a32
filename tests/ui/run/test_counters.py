"""The counters say what the store says."""

from PySide6.QtWidgets import QApplication

from inspector.flow import Decision
from tests.support.panels import snapshot
from ui.run.counters import Counters


def test_numbers_are_those_of_the_shift(application: QApplication) -> None:
    counters = Counters()
    counters.show_snapshot(snapshot())
    assert counters.numbers() == {
        "parts": "12\u202f408",
        "yield": "98.71\u202f%",
        "PASS": "12\u202f248",
        "FAIL": "152",
        "ERROR": "8",
    }


def test_empty_shift_has_no_yield(application: QApplication) -> None:
    counters = Counters()
    counters.show_snapshot(snapshot(decisions=dict.fromkeys(Decision, 0)))
    assert counters.numbers()["yield"] == "\u2013"
