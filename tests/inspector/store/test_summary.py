"""What a run came to: counts, and percentiles that were really measured."""

from fractions import Fraction
from pathlib import Path

import pytest

from inspector.flow import Decision
from inspector.store.reader import RecordReader
from inspector.store.summary import Percentiles, Summary, percentiles, summarise
from tests.support.fakes import record
from tests.support.stores import write_store


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (1, (1, 1, 1)),
        (2, (1, 2, 2)),
        (3, (2, 3, 3)),
        (19, (10, 19, 19)),
        (20, (10, 19, 20)),
        (21, (11, 20, 21)),
        (99, (50, 95, 99)),
        (100, (50, 95, 99)),
        (101, (51, 96, 100)),
        (200, (100, 190, 198)),
    ],
)
def test_percentile_is_the_value_of_the_nearest_rank(
    n: int, expected: tuple[int, int, int]
) -> None:
    p50, p95, p99 = expected
    assert percentiles([float(v) for v in range(1, n + 1)]) == Percentiles(
        p50=p50, p95=p95, p99=p99
    )


def test_percentile_is_the_least_value_that_enough_others_do_not_exceed() -> None:
    for n in range(1, 300):
        values = [float(v * v) for v in range(n)]
        for percent, found in zip(
            (50, 95, 99), (lambda p: (p.p50, p.p95, p.p99))(percentiles(values)), strict=True
        ):
            share = Fraction(percent, 100)
            enough = [v for rank, v in enumerate(values, 1) if Fraction(rank, n) >= share]
            assert found == enough[0], (n, percent)


def test_summary_counts_the_store_and_measures_each_stage(tmp_path: Path) -> None:
    write_store(
        tmp_path / "records.db",
        [
            *(record(f"good {n}.png") for n in range(5)),
            *(record(f"bad {n}.png", Decision.FAIL) for n in range(2)),
            record("cut.png", Decision.ERROR),
        ],
    )
    with RecordReader(tmp_path / "records.db") as store:
        summary = summarise(store, elapsed_s=2.0004, n_judged_now=3, identity={"inspector": "1"})
    assert summary.decisions == {Decision.PASS: 5, Decision.FAIL: 2, Decision.ERROR: 1}
    assert (summary.n_parts, summary.pass_share) == (8, 0.625)
    assert summary.as_table() == {
        "n_parts": 8,
        "n_pass": 5,
        "n_fail": 2,
        "n_error": 1,
        "yield": 0.625,
        "stage_ms": {
            "decode": {"p50": 2.5, "p95": 2.5, "p99": 2.5},
            "preprocess": {"p50": 0.25, "p95": 0.25, "p99": 0.25},
            "infer": {"p50": 7.125, "p95": 7.125, "p99": 7.125},
            "judge": {"p50": 0.5, "p95": 0.5, "p99": 0.5},
            "total": {"p50": 10.375, "p95": 10.375, "p99": 10.375},
        },
        "n_judged_now": 3,
        "elapsed_s": 2.0,
        "images_per_s": 1.5,
        "inspector": "1",
    }


def test_stage_that_no_part_reached_is_absent(tmp_path: Path) -> None:
    write_store(tmp_path / "records.db", [record("cut.png", Decision.ERROR)])
    with RecordReader(tmp_path / "records.db") as store:
        summary = summarise(store, elapsed_s=1.0, n_judged_now=1, identity={})
    assert list(summary.stage_ms) == ["decode", "total"]


def test_empty_store_has_no_yield(tmp_path: Path) -> None:
    write_store(tmp_path / "records.db", [])
    with RecordReader(tmp_path / "records.db") as store:
        summary = summarise(store, elapsed_s=1.0, n_judged_now=0, identity={})
    assert (summary.n_parts, summary.pass_share, summary.stage_ms) == (0, None, {})
    assert summary.as_table()["yield"] is None


@pytest.mark.parametrize(("n_judged_now", "elapsed_s"), [(0, 4.0), (5, 0.0)])
def test_session_that_judged_nothing_has_no_throughput(n_judged_now: int, elapsed_s: float) -> None:
    summary = Summary(
        decisions=dict.fromkeys(Decision, 1),
        stage_ms={},
        elapsed_s=elapsed_s,
        n_judged_now=n_judged_now,
        identity={},
    )
    assert summary.images_per_s is None
    assert summary.as_table()["images_per_s"] is None
