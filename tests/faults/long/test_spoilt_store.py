"""A store that was damaged: noticed at the start and set aside, or nothing is lost."""

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from inspector.clock import SystemClock
from inspector.flow import Record
from inspector.settings import load_station
from inspector.station import prepared_run
from tests.faults.long.test_killed_line import line, told
from tests.support.lines import Ear
from tests.support.stations import change_station, write_station
from tests.support.stores import stored

N_SPOILT = 200
WAYS = ("a bit", "cut", "a page", "log removed")
PAGE = 4096


@pytest.fixture
def killed(tmp_path: Path) -> tuple[Path, int]:
    """A station whose line ended once and was killed once, and how far its results reach."""
    station = write_station(tmp_path / "line", (20, 30, 200), frames_per_s=0)
    trigger = 'source = "replay:parts"\ntrigger = "timer"\ntrigger_every_ms = 20'
    change_station(station, 'source = "replay:parts"', trigger)
    with prepared_run(load_station(station), Ear(), SystemClock(), n_parts=80) as prepared:
        prepared.runner.run()
    with line(station) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(160)]
    reached = max(told(lines, "stored"))
    assert (station.parent / "records" / "records.db-wal").stat().st_size > 10 * PAGE
    return station, reached


def spoil(folder: Path, way: str, draw: random.Random) -> None:
    """Damage the file or its log, as long as there is one."""
    names = ["records.db"] if way == "a page" else ["records.db", "records.db-wal"]
    path = folder / draw.choice(names)
    data = bytearray(path.read_bytes())
    if way == "a bit":
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    elif way == "cut":
        del data[draw.randrange(len(data)) :]
    elif way == "a page":
        at = draw.randrange(len(data) // PAGE) * PAGE
        data[at : at + PAGE] = bytes(PAGE)
    else:
        (folder / "records.db-wal").unlink()
        return
    path.write_bytes(data)


def essence(record: Record) -> tuple[object, ...]:
    """All of it but how long it took to the disk, which the next commit would have told."""
    return record.part_number, record.verdict, record.score, record.bundle_id, record.captured_at


def spoil_often(killed: tuple[Path, int], copies: Path, n_spoilt: int) -> Counter[str]:
    """Damage copies of the store; how often each way was noticed, and how often it did no harm."""
    station, reached = killed
    draw, outcomes = random.Random(31), Counter[str]()
    before = {}
    for number in range(n_spoilt + 1):  # the first one is whole
        folder = copies / f"{number}"
        shutil.copytree(station.parent, folder)
        way = WAYS[number % len(WAYS)]
        if number:
            spoil(folder / "records", way, draw)
        settings = load_station(folder / "station.toml")
        with prepared_run(settings, Ear(), SystemClock()) as prepared:
            fault = prepared.runner.snapshot().store_fault
        kept = {
            record.part_number: essence(record)
            for record in stored(prepared.store_path)
            if (record.part_number or 0) <= reached  # what was never told is nobody's loss
        }
        if number == 0:
            assert fault is None
            before = kept
        elif fault is None:
            assert kept == before, f"{way}: results are missing, and nobody was told"
            outcomes[f"{way}: no harm"] += 1
        else:
            assert kept == {}
            assert prepared.first_part > reached
            assert len(list((folder / "records").glob("records.damaged-*.db"))) == 1
            outcomes[f"{way}: noticed and set aside"] += 1
        shutil.rmtree(folder)
    return outcomes


def test_damage_is_noticed_at_the_start_and_set_aside(
    killed: tuple[Path, int], tmp_path: Path
) -> None:
    outcomes = spoil_often(killed, tmp_path / "copies", N_SPOILT)
    print(f"{N_SPOILT} damaged stores: {dict(outcomes)}")
    assert outcomes["log removed: noticed and set aside"] == N_SPOILT // 4
    assert outcomes["a page: noticed and set aside"] > 0
