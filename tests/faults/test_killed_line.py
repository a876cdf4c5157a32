"""A few kills of a line; `make faults` has the many."""

from pathlib import Path

import pytest

from tests.faults.long.test_killed_line import POINTS, kill_at, kill_at_random, station

__all__ = ["station"]


def test_kill_at_a_random_instant_loses_nothing_that_was_told(station: Path) -> None:
    assert kill_at_random(station, 2)[0] > 0


@pytest.mark.parametrize("point", POINTS)
def test_kill_at_a_named_point_tells_nothing_that_is_not_stored(
    station: Path,
    point: str,
) -> None:
    kill_at(station, point, 1)
