"""A wall clock that is set back and forth, and another time zone, under a line."""

import os
import random
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from inspector.clock import SystemClock
from inspector.flow import Stage
from inspector.settings import load_station
from inspector.station import prepared_run
from inspector.store.reader import RecordReader
from tests.support.lines import Ear
from tests.support.stations import write_station
from tests.support.stores import stored

N_STEPS = 100
PARTS_A_STEP = 20
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin")


class SteppedClock(SystemClock):
    """The machine's, whose wall clock somebody sets again and again."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        return super().now() + self.offset


class Stepping(Ear):
    """Sets the clock, and the zone, after every so many records."""

    def __init__(self, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self._clock, self._monkeypatch, self._draw = clock, monkeypatch, random.Random(3)
        self.n_steps = 0

    def on_records(self, records: object) -> None:
        super().on_records(records)  # type: ignore[arg-type]
        if len(self.records) >= (self.n_steps + 1) * PARTS_A_STEP:
            self.n_steps += 1
            self._clock.offset = timedelta(seconds=self._draw.uniform(-90_000, 90_000))
            self._monkeypatch.setenv("TZ", ZONES[self.n_steps % len(ZONES)])
            if hasattr(time, "tzset"):
                time.tzset()


def step_clock(folder: Path, n_steps: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run over so many steps; how many records there are."""
    station = write_station(folder, (20, 200), frames_per_s=0)
    clock = SteppedClock()
    ear = Stepping(clock, monkeypatch)
    n_parts = (n_steps + 1) * PARTS_A_STEP
    with prepared_run(load_station(station), ear, clock, n_parts=n_parts) as prepared:
        prepared.runner.run()
    assert ear.n_steps >= n_steps
    records = stored(prepared.store_path)
    assert [one.part_number for one in records] == list(range(1, n_parts + 1))
    assert [one.part_number for one in ear.records] == list(range(1, n_parts + 1))
    durations = [time_ms for one in records for time_ms in one.stage_ms.values()]
    assert min(durations) >= 0.0
    assert max(one.stage_ms[Stage.TOTAL] for one in records) < 60_000.0
    instants = [one.judged_at for one in records]
    assert instants != sorted(instants)  # the clock was set back, and the order is by number
    with RecordReader(prepared.store_path) as reader:
        assert [one.part_number for one in reader.newest(30)] == list(
            range(n_parts - 29, n_parts + 1)
        )
    clock.offset = timedelta(days=-400)
    with prepared_run(load_station(station), Ear(), clock, n_parts=3) as again:
        again.runner.run()
    assert [one.part_number for one in stored(prepared.store_path)][-3:] == [
        n_parts + 1, n_parts + 2, n_parts + 3,
    ]  # fmt: skip
    return n_parts


@pytest.fixture(autouse=True)
def _zone_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", os.environ.get("TZ", "UTC"))


def test_clock_that_is_set_back_and_forth_changes_no_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_parts = step_clock(tmp_path, N_STEPS, monkeypatch)
    print(
        f"{N_STEPS} steps of the clock and the zone, {n_parts} parts: in the order of their "
        "numbers, no negative time"
    )
