"""The figures are exact, and what gives other scores is not ranked."""

import math

import pytest

from inspector.bench.figures import (
    Measured,
    failed_table,
    figures,
    ratio,
    ratios,
    relative_difference,
)


def measured(
    turns_ms: list[list[float]], scores: list[float] | None = None, rss_bytes: int | None = None
) -> Measured:
    return Measured(
        turns_ms=turns_ms,
        scores=[1.0, 2.0] if scores is None else scores,
        rss_bytes=rss_bytes,
        size_bytes=4_000_000,
        version="1.2",
    )


def test_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    turns = [[2.0, 2.0, 50.0], [40.0, 40.0, 40.0], [9.0, 9.0, 9.0]]
    reference = [[1.0, 1.0, 1.0], [10.0, 10.0, 10.0], [1.0, 99.0, 3.0]]
    assert ratio(turns, reference) == 3.0  # of 2, 4 and 3


def test_ratios_are_of_all_but_the_reference() -> None:
    outcome = {"a": measured([[2.0]]), "b": measured([[3.0]]), "c": measured([[1.0]])}
    assert ratios(outcome, "a") == {"b/a": 1.5, "c/a": 0.5}


@pytest.mark.parametrize(
    ("scores", "reference", "difference"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([1.1, 2.0], [1.0, -2.0], 2.0),
        ([0.5, 4.0], [0.0, 4.0], 0.125),
        ([0.0], [0.0], 0.0),
        ([0.1], [0.0], math.inf),
    ],
)
def test_difference_is_a_share_of_the_largest_score(
    scores: list[float], reference: list[float], difference: float
) -> None:
    assert relative_difference(scores, reference) == difference


def test_times_are_over_all_runs_by_nearest_rank() -> None:
    one = measured([[float(n) for n in range(50, 0, -1)], [float(n) for n in range(51, 101)]])
    table = figures(one, one, 0.01).as_table()
    assert (table["p50_ms"], table["p95_ms"], table["p99_ms"]) == (50.0, 95.0, 99.0)
    assert (table["size_mb"], table["rss_mb"], table["error"]) == (4.0, None, None)


def test_other_scores_are_named_with_both_numbers() -> None:
    row = figures(measured([[1.0]], [1.0, 2.5]), measured([[1.0]]), 0.1)
    assert row.score_max_relative == 0.25
    assert row.error == (
        "its scores differ from the line's by 0.25 of the largest; more than 0.1 is another model"
    )


def test_failed_row_has_the_keys_of_a_measured_one() -> None:
    one = measured([[1.0]], rss_bytes=1)
    assert failed_table("why").keys() == figures(one, one, 0.01).as_table().keys()
    assert failed_table("why")["error"] == "why"
