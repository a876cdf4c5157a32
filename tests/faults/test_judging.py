"""Judging that is slow, crashes, hangs or is changed, a few times; `make faults` has the many."""

import signal
from pathlib import Path

import pytest

from tests.faults.long.test_judging import (
    BACK_WITHIN_S,
    ROLLED_BACK_WITHIN_S,
    change_bundles,
    end_the_model,
    give_no_number,
    judge_slowly,
    triggered_station,
)


def test_slow_judging_on_busy_cores_is_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = triggered_station(tmp_path, (20,), 50)
    counts, _ = judge_slowly(station, 3.0, monkeypatch)
    assert counts["Overrun"] + counts["DeadlineMissed"] > 10


def test_crash_and_hang_of_an_isolated_model_are_over_soon(tmp_path: Path) -> None:
    for number in (signal.SIGSEGV, signal.SIGSTOP):
        folder = tmp_path / number.name
        station = triggered_station(folder, (20,), 100, isolated="true")
        n_lost, slowest_s = end_the_model(station, 1, number)
        assert n_lost >= 1
        assert slowest_s <= BACK_WITHIN_S


def test_score_that_is_no_number_is_an_error(tmp_path: Path) -> None:
    assert give_no_number(tmp_path, 30) == {("PASS", False): 20, ("ERROR", True): 10}


def test_bundle_that_changes_under_load_loses_no_part(tmp_path: Path) -> None:
    assert change_bundles(tmp_path, 25)[0] <= ROLLED_BACK_WITHIN_S
