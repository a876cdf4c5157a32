"""Numbers as they stand on the screen."""

import time
from datetime import UTC, datetime

import pytest

from ui.texts.numbers import (
    NOTHING,
    clock_text,
    count_text,
    part_text,
    rate_text,
    score_text,
    share_text,
    time_ms_text,
)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (999, "999"), (12408, "12\u202f408"), (10**6, "1\u202f000\u202f000")],
)
def test_thousands_are_grouped_and_never_broken(count: int, text: str) -> None:
    assert count_text(count) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, NOTHING),
        (1.0, "100.00\u202f%"),
        (99_999 / 100_000, "99.99\u202f%"),
        (0.9871, "98.71\u202f%"),
        (0.07, "7.00\u202f%"),
        (0.0, "0.00\u202f%"),
    ],
)
def test_yield_is_cut_so_that_one_fail_is_never_a_hundred(share: float | None, text: str) -> None:
    assert share_text(share) == text


@pytest.mark.parametrize(
    ("score", "text"),
    [(None, NOTHING), (0.0, "0.00"), (1.273, "1.27"), (-0.5, "-0.50"), (0.00123, "0.00123")],
)
def test_small_scores_keep_their_figures(score: float | None, text: str) -> None:
    assert score_text(score) == text


def test_other_numbers() -> None:
    assert (part_text(12408), part_text(None)) == ("#\u202f12\u202f408", NOTHING)
    assert (time_ms_text(12.06), time_ms_text(None)) == ("12.1", NOTHING)
    assert rate_text(29.97) == "1\u202f798"


def test_time_is_that_of_the_plant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert clock_text(datetime(2026, 3, 4, 23, 30, 1, tzinfo=UTC)) == "07:30:01"
    finally:
        monkeypatch.undo()
        time.tzset()
    assert clock_text(None) == NOTHING
