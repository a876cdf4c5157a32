"""What only grows is seen after an hour, and what swings or warms up is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.store.health import Growth, Health, growth_of, health_from_row, health_to_row
from tests.support.fakes import START

FIRST = Health(
    at=START,
    started_at=START,
    memory_mb=400.0,
    n_handles=40,
    n_threads=20,
    n_waiting=1,
    n_to_store=0,
    p99_ms=12.5,
    n_lost=0,
    disk_free_mb=90_000.0,
)


def minutes(count: int, memory_mb: Callable[[int], float]) -> list[Health]:
    return [
        replace(FIRST, at=START + timedelta(minutes=minute), memory_mb=memory_mb(minute))
        for minute in range(count)
    ]


def test_row_comes_back_as_it_was() -> None:
    bare = replace(FIRST, memory_mb=None, n_handles=None, p99_ms=None)
    for health in (FIRST, bare):
        assert health_from_row(health_to_row(health)) == health


def test_steady_growth_is_seen_with_its_slope() -> None:
    (growth,) = growth_of(minutes(240, lambda minute: 400 + 0.2 * minute))
    assert growth.what == "memory"
    assert growth.per_hour == pytest.approx(12.0)


@pytest.mark.parametrize(
    "memory_mb",
    [
        lambda _: 400.0,
        lambda minute: 400.0 + 30 * (minute % 2),  # it swings
        lambda minute: min(700.0, 400.0 + 60 * minute),  # it warms up
        lambda minute: 400.0 + 0.01 * minute,  # 0.6 MB an hour
    ],
)
def test_what_is_no_growth_is_not_told(memory_mb: Callable[[int], float]) -> None:
    assert growth_of(minutes(600, memory_mb)) == ()


def test_short_run_shows_no_slope() -> None:
    assert growth_of(minutes(60, lambda minute: 400.0 + 5 * minute)) == ()
    assert growth_of([FIRST]) == ()
    assert growth_of([]) == ()


def test_handles_and_threads_are_watched_too() -> None:
    rows = [
        replace(row, n_handles=40 + number, n_threads=20 + number // 10, memory_mb=None)
        for number, row in enumerate(minutes(200, lambda _: 400.0))
    ]
    assert [one.what for one in growth_of(rows)] == ["handles", "threads"]


def test_only_the_last_run_counts() -> None:
    grown = minutes(240, lambda minute: 400 + minute)
    again = START + timedelta(hours=5)
    fresh = [
        replace(row, at=row.at + timedelta(hours=5), started_at=again)
        for row in minutes(90, lambda _: 400.0)
    ]
    assert growth_of(grown + fresh) == ()
    assert isinstance(growth_of(grown)[0], Growth)
