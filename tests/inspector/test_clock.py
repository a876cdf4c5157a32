"""Two clocks, and the one spelling of an instant."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.clock import SystemClock, utc_text

STEADY = settings(derandomize=True, deadline=None)
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 3, 4, 5, 6, 7, 89_999, tzinfo=UTC), "2026-03-04T05:06:07.089Z"),
        (datetime(2026, 3, 4, tzinfo=UTC), "2026-03-04T00:00:00.000Z"),
        (
            datetime(2026, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2))),
            "2025-12-31T23:30:00.000Z",
        ),
    ],
)
def test_instant_is_spelt_in_utc_to_the_millisecond(instant: datetime, text: str) -> None:
    assert utc_text(instant) == text


@STEADY
@given(INSTANTS)
def test_spelling_is_read_back_as_the_same_millisecond(instant: datetime) -> None:
    text = utc_text(instant)
    lost = timedelta(microseconds=instant.microsecond % 1000)
    assert (len(text), datetime.fromisoformat(text)) == (24, instant - lost)


@STEADY
@given(INSTANTS, INSTANTS)
def test_spellings_sort_as_the_instants_do(one: datetime, other: datetime) -> None:
    first, second = sorted((one, other))
    assert sorted([utc_text(second), utc_text(first)]) == [utc_text(first), utc_text(second)]


def test_monotonic_clock_never_goes_back() -> None:
    clock = SystemClock()
    readings_ns = [clock.monotonic_ns() for _ in range(1000)]
    assert readings_ns == sorted(readings_ns)


def test_wall_clock_is_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
