"""A line that is killed at any instant: whatever was told is stored, once, and it starts again."""

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inspector.clock import SystemClock
from inspector.flow import Decision, Record
from inspector.store.reader import RecordReader
from tests.support.stations import change_station, write_station
from tests.support.stores import stored

N_KILLS = 200
N_AT_EACH_POINT = 20
READY_WITHIN_S = 5.0
POINTS = ("before insert", "before commit", "after commit", "after output")

# Says when it is ready, and what it was told: a verdict, and a record on the disk.
LINE = """
import os, signal, sys
from pathlib import Path
from inspector.clock import SystemClock
from inspector.pipeline.events import Phase
from inspector.settings import load_station
from inspector.station import prepared_run
from inspector.store.writer import RecordWriter

point, at = sys.argv[2], int(sys.argv[3])

def say(line):
    os.write(1, f"{line}\\n".encode())  # at once: print writes a line and its end apart

def die_at(name, number):
    if name == point and number >= at:
        os.kill(os.getpid(), signal.SIGKILL)

class Telling:
    def __init__(self):
        self.is_ready = False
    def on_verdict(self, result):
        say(f"verdict {result.part_number} {result.decision.value}")
    def on_records(self, records):
        for record in records:
            say(f"stored {record.part_number} {record.verdict.decision.value}")
            die_at("after output", record.part_number)
    def on_state(self, snapshot):
        if snapshot.phase is Phase.READY and not self.is_ready:
            self.is_ready = True
            say("ready")

class Traced(RecordWriter):
    def append(self, records, timed=(), begun_to=None):
        newest = max((record.part_number for record in records), default=0)
        die_at("before insert", newest)
        self._connection.set_trace_callback(
            lambda statement: die_at("before commit", newest) if statement == "COMMIT" else None
        )
        super().append(records, timed, begun_to)
        self._connection.set_trace_callback(None)
        die_at("after commit", newest)

import inspector.pipeline.record_keeper as record_keeper
if point in ("before insert", "before commit", "after commit"):
    record_keeper.RecordWriter = Traced
with prepared_run(load_station(Path(sys.argv[1])), Telling(), SystemClock()) as prepared:
    prepared.runner.run()
"""


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """Twenty triggers a second; every third part is bright and fails."""
    path = write_station(tmp_path, (20, 30, 200), frames_per_s=0)
    trigger = 'source = "replay:parts"\ntrigger = "timer"\ntrigger_every_ms = 50'
    change_station(path, 'source = "replay:parts"', trigger)
    return path


@contextmanager
def line(station: Path, point: str = "", at: int = 0) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", LINE, str(station), point, str(at)]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            yield process
        finally:
            process.kill()


def told(lines: list[str], word: str) -> dict[int, str]:
    """Number and decision of what was said with this word, in whole lines."""
    said = [one.split() for one in lines if one.endswith("\n")]
    return {int(one[1]): one[2] for one in said if one[0] == word}


def check_store(path: Path, acknowledged: dict[int, str]) -> dict[int, Record]:
    """Whole, each number once and without a gap, and what was acknowledged is there as it was."""
    with RecordReader(path) as reader:
        reader.check_whole()
        unfinished = reader.unfinished()
    records = stored(path)
    numbers = [record.part_number or 0 for record in records]
    assert len(set(numbers)) == len(numbers)
    assert sorted({*numbers, *unfinished}) == list(range(1, max([0, *numbers, *unfinished]) + 1))
    by_number = dict(zip(numbers, records, strict=True))
    wrong = {
        number: decision
        for number, decision in acknowledged.items()
        if number not in by_number or by_number[number].verdict.decision.value != decision
    }
    assert wrong == {}
    return by_number


def kill_at_random(station: Path, n_kills: int) -> tuple[int, float]:
    """Start and kill it so many times; how many results were told, and the slowest start."""
    draw, clock = random.Random(21), SystemClock()
    acknowledged: dict[int, str] = {}
    slowest_s = 0.0
    for _ in range(n_kills):
        started_ns = clock.monotonic_ns()
        with line(station) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            slowest_s = max(slowest_s, (clock.monotonic_ns() - started_ns) / 1e9)
            try:
                process.wait(draw.uniform(0.05, 1.0))
            except subprocess.TimeoutExpired:
                process.kill()
            assert process.wait() == -9
            lines = process.stdout.readlines()
        acknowledged |= told(lines, "stored")
        check_store(station.parent / "records" / "records.db", acknowledged)
    return len(acknowledged), slowest_s


def kill_at(station: Path, point: str, n_kills: int) -> None:
    """Kill it at this point so many times; each time another few parts later."""
    path = station.parent / "records" / "records.db"
    acknowledged: dict[int, str] = {}
    for _ in range(n_kills):
        at = max([0, *acknowledged]) + 7
        with line(station, point, at) as process:
            assert process.stdout is not None
            lines = process.stdout.readlines()
            assert process.wait() == -9
        verdicts, outputs = told(lines, "verdict"), told(lines, "stored")
        acknowledged |= outputs
        records = check_store(path, acknowledged)
        if point in ("before insert", "before commit"):
            assert max(outputs) < at
        if point in ("after commit", "after output"):
            assert max(records) >= at
        lost = {number for number in verdicts if number not in records}
        with line(station) as again:  # what was on its way is an ERROR now
            assert again.stdout is not None
            assert again.stdout.readline() == "ready\n"
        after = check_store(path, acknowledged)
        assert {after[number].verdict.decision for number in lost} <= {Decision.ERROR}
        acknowledged |= {number: one.verdict.decision.value for number, one in after.items()}


def test_kill_at_a_random_instant_loses_nothing_that_was_told(station: Path) -> None:
    n_acknowledged, slowest_s = kill_at_random(station, N_KILLS)
    print(
        f"{N_KILLS} kills, {n_acknowledged} results acknowledged, none lost, none twice; "
        f"ready again after {slowest_s:.2f} s at most"
    )
    assert slowest_s <= READY_WITHIN_S


@pytest.mark.parametrize("point", POINTS)
def test_kill_at_a_named_point_tells_nothing_that_is_not_stored(station: Path, point: str) -> None:
    kill_at(station, point, N_AT_EACH_POINT)
