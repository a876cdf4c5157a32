"""Bars and ticks: every score is counted once, on its own side of the threshold."""

import pytest

from inspector.flow import Decision
from inspector.report.axes import Bins, bin_scores, counted, tick_text, ticks

PASS, FAIL = Decision.PASS, Decision.FAIL


def decided(scores: list[float], threshold: float) -> list[tuple[float, Decision]]:
    return [(score, FAIL if score > threshold else PASS) for score in scores]


def in_bars(bins: Bins, decision: Decision) -> int:
    return sum(bar[decision] for bar in bins.counts)


def test_every_score_is_counted_once_and_no_bar_holds_both_sides() -> None:
    scores = decided([0.01 * number for number in range(100)], threshold=0.6)
    bins = bin_scores(scores, 0.6)
    assert (in_bars(bins, PASS), in_bars(bins, FAIL), bins.outer) == (61, 39, ())
    assert [bar for bar in bins.counts if bar[PASS] and bar[FAIL]] == []
    assert bins.low < 0.0
    assert bins.high == pytest.approx(0.99, abs=bins.step)


def test_score_on_the_threshold_stands_left_of_it_and_the_next_float_right() -> None:
    bins = bin_scores([(0.5, PASS), (0.5000000000000001, FAIL)], 0.5)
    left = round((0.5 - bins.low) / bins.step)
    assert bins.counts[left - 1] == {PASS: 1, FAIL: 0, Decision.ERROR: 0}
    assert bins.counts[left] == {PASS: 0, FAIL: 1, Decision.ERROR: 0}


@pytest.mark.parametrize("value", [0.0, 0.3, -2.0, 1e-12, 1e30])
def test_equal_scores_on_the_threshold_fill_one_bar_among_fourteen(value: float) -> None:
    bins = bin_scores([(value, PASS)] * 5, value)
    assert sorted(bar[PASS] for bar in bins.counts) == [0] * 13 + [5]
    assert bins.low < value < bins.high


def test_threshold_is_inside_when_every_score_is_far_below_it() -> None:
    bins = bin_scores([(0.1, PASS), (0.2, PASS)], 5.0)
    assert bins.low < 0.1
    assert bins.high > 5.0
    assert in_bars(bins, PASS) == 2


def test_threshold_is_inside_when_every_score_is_above_it() -> None:
    bins = bin_scores([(3.0, FAIL), (4.0, FAIL)], 1.0)
    assert bins.low < 1.0
    assert in_bars(bins, FAIL) == 2


def test_highest_half_per_cent_stands_apart_where_it_lies_far_out() -> None:
    scores = decided([0.001 * number for number in range(995)] + [50.0 + n for n in range(5)], 0.8)
    bins = bin_scores(scores, 0.8)
    assert bins.outer == tuple((50.0 + n, FAIL) for n in range(5))
    assert (in_bars(bins, PASS), in_bars(bins, FAIL)) == (801, 194)
    assert bins.high < 1.1


def test_more_than_half_a_per_cent_far_out_is_no_outlier() -> None:
    scores = decided([0.001 * number for number in range(994)] + [50.0 + n for n in range(6)], 0.8)
    bins = bin_scores(scores, 0.8)
    assert bins.outer == ()
    assert in_bars(bins, FAIL) == 199


def test_one_outlier_among_few_stands_apart() -> None:
    bins = bin_scores(decided([0.1, 0.2, 0.3, 1e6], 0.25), 0.25)
    assert bins.outer == ((1e6, FAIL),)
    assert in_bars(bins, FAIL) == 1


def test_order_of_the_scores_does_not_matter() -> None:
    scores = decided([0.3, 0.1, 0.9, 0.2, 44.0], 0.5)
    assert bin_scores(scores, 0.5) == bin_scores(scores[::-1], 0.5)


def test_counted_knows_every_decision() -> None:
    assert counted([(0.1, PASS), (0.9, FAIL), (0.2, PASS)]) == {
        PASS: 2,
        FAIL: 1,
        Decision.ERROR: 0,
    }


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0.0, 1.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (0.13, 0.42, ["0.15", "0.20", "0.25", "0.30", "0.35", "0.40"]),
        (0.0, 6.0, ["0", "1", "2", "3", "4", "5", "6"]),
        (0.0, 5400.0, ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]),
        (-1.0, 1.0, ["-1.0", "-0.5", "0.0", "0.5", "1.0"]),
        (0.0, 4e-6, ["0", "1e-06", "2e-06", "3e-06", "4e-06"]),
        (0.0, 2e9, ["0", "5e+08", "1e+09", "1.5e+09", "2e+09"]),
        (7.0, 7.0, ["7"]),
    ],
)
def test_ticks_are_round_and_lie_inside(low: float, high: float, texts: list[str]) -> None:
    values = ticks(low, high, 5)
    assert [tick_text(value, values) for value in values] == texts
