"""A line over very many parts, in time-lapse: it loses none, and does not grow."""

import statistics
from pathlib import Path

from inspector.clock import SystemClock
from inspector.concurrency.worker import Worker
from inspector.flow import Stage
from inspector.machine.own_use import OwnUse, own_use
from inspector.settings import load_station
from inspector.station import prepared_run
from inspector.store.reader import RecordReader
from tests.support.stations import change_station, write_station

N_PARTS = 240_000
PARTS_AN_HOUR = 108_000  # at 30 a second
WARM_UP = 0.25  # of the parts: SQLite and the allocator take what they will have
MB_AN_HOUR = 1.0
P99_DRIFT = 0.05
N_LOOKS = 60


class Looking:
    """Hears every so many parts, and looks at what the process uses. See `Listener`."""

    def __init__(self, n_parts: int) -> None:
        self._every, self._next = n_parts // N_LOOKS, 0
        self.uses: list[tuple[int, OwnUse]] = []

    def on_verdict(self, result: object) -> None:
        """Nothing is kept of it."""

    def on_records(self, records: object) -> None:
        newest = records[-1].part_number  # type: ignore[index]
        if newest >= self._next:
            self._next = newest + self._every
            self.uses.append((newest, own_use()))

    def on_state(self, snapshot: object) -> None:
        """The store says how it went."""


def run_long(folder: Path, n_parts: int) -> tuple[list[tuple[int, OwnUse]], list[float]]:
    """What was used by number of parts, and the parts' times, ms, in their order."""
    station = write_station(folder, tuple(range(0, 250, 5)), frames_per_s=0)
    change_station(station, "[images]", '[images]\nkeep = "none"')
    looking = Looking(n_parts)
    with prepared_run(load_station(station), looking, SystemClock(), n_parts=n_parts) as prepared:
        worker = Worker("line", prepared.runner.run, lambda _: None)
        worker.start()
        worker.join()
    assert worker.failure is None
    with RecordReader(prepared.store_path) as reader:
        reader.check_whole()
        records = [(one.part_number, one.stage_ms[Stage.TOTAL]) for one in reader.parts_from(1)]
    assert [number for number, _ in records] == list(range(1, n_parts + 1))
    return looking.uses, [total_ms for _, total_ms in records]


def slope_mb_an_hour(uses: list[tuple[int, OwnUse]]) -> float:
    """Least squares over what came after the warm-up, MB for an hour's parts."""
    warm = uses[round(WARM_UP * len(uses)) :]
    numbers = [number for number, _ in warm]
    memory = [use.memory_mb or 0.0 for _, use in warm]
    return statistics.linear_regression(numbers, memory).slope * PARTS_AN_HOUR


def test_an_hour_of_parts_in_time_lapse_loses_none_and_does_not_grow(tmp_path: Path) -> None:
    uses, times_ms = run_long(tmp_path, N_PARTS)
    warm = [use for _, use in uses[round(WARM_UP * len(uses)) :]]
    slope = slope_mb_an_hour(uses)
    thirds = [sorted(times_ms[start : start + N_PARTS // 3]) for start in (0, 2 * N_PARTS // 3)]
    p99s = [one[round(0.99 * len(one))] for one in thirds]
    print(
        f"{N_PARTS} parts, none lost; memory {slope:+.2f} MB for an hour's parts, handles "
        f"{warm[0].n_handles} to {warm[-1].n_handles}, threads {warm[0].n_threads} to "
        f"{warm[-1].n_threads}; p99 {p99s[0]:.2f} ms in the first third, {p99s[1]:.2f} in the last"
    )
    assert slope <= MB_AN_HOUR
    # One more is open for a moment, four times a second, while the station's files are looked at.
    first, last = warm[: len(warm) // 3], warm[-len(warm) // 3 :]
    for figure in ("n_handles", "n_threads"):
        medians = [
            statistics.median(getattr(use, figure) for use in part) for part in (first, last)
        ]
        assert medians[0] == medians[1]
