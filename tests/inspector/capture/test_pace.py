"""The beat of what stands in for a camera."""

import pytest

from inspector.capture.pace import Pace
from inspector.errors import GrabTimeout
from tests.support.fakes import FakeClock

MS = 1_000_000


def test_pictures_are_due_one_period_apart() -> None:
    clock = FakeClock()
    pace = Pace(100.0, clock)
    pace.start()
    pace.wait(0.0)
    with pytest.raises(GrabTimeout, match="the next is due in 0\\.0 s"):
        pace.wait(0.0)
    clock.step(10 * MS)
    pace.wait(0.0)


def test_late_asker_gets_one_at_once_and_no_burst_after_it() -> None:
    clock = FakeClock()
    pace = Pace(100.0, clock)
    pace.start()
    clock.step(1_000 * MS)
    pace.wait(0.0)
    pace.wait(0.0)  # one period was over
    with pytest.raises(GrabTimeout):
        pace.wait(0.0)


def test_no_rate_is_no_waiting() -> None:
    pace = Pace(0.0, FakeClock())
    pace.start()
    for _ in range(1_000):
        pace.wait(0.0)
