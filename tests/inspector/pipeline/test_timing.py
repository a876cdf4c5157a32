"""Stage times, read from a clock that moves only when told."""

import pytest

from inspector.flow import Stage
from inspector.pipeline.timing import Stopwatch
from tests.support.fakes import FakeClock


def test_stage_is_timed_in_milliseconds() -> None:
    clock = FakeClock()
    watch = Stopwatch(clock)
    with watch.stage(Stage.DECODE):
        clock.step(2_500_000)
    clock.step(40_000_000)  # between two stages: nobody's time
    with watch.stage(Stage.INFER):
        clock.step(1)
    assert watch.stage_ms == {"decode": 2.5, "infer": 1e-6}


def test_stage_that_fails_is_timed_and_its_error_goes_on() -> None:
    clock = FakeClock()
    watch = Stopwatch(clock)

    def fail() -> None:
        with watch.stage(Stage.INFER):
            clock.step(3_000_000)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert watch.stage_ms == {"infer": 3.0}


def test_stage_inside_another_counts_for_both() -> None:
    clock = FakeClock()
    watch = Stopwatch(clock)
    with watch.stage(Stage.TOTAL):
        clock.step(1_000_000)
        with watch.stage(Stage.JUDGE):
            clock.step(2_000_000)
    assert watch.stage_ms == {"judge": 2.0, "total": 3.0}


def test_stage_that_was_not_reached_is_absent() -> None:
    assert Stopwatch(FakeClock()).stage_ms == {}
