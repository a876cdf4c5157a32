"""A disk that takes nothing: full, failing at a sync, or held by another process, under a line."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inspector.clock import SystemClock
from inspector.concurrency.worker import Worker
from inspector.errors import InspectorError
from inspector.flow import Decision
from inspector.pipeline.events import Phase
from inspector.settings import load_station
from inspector.station import prepared_run
from tests.support.lines import Ear
from tests.support.stations import change_station, write_station
from tests.support.stores import stored

N_WRITES = 200
N_FAILED_SYNCS = 20
LOCKED_S = 30.0
TRIGGERS_PER_S = 20
DEADLINE_MS = 300
PAGE_BYTES = 4096
DISK_MB = 4
NOT_READY_WITHIN_S = 1.0

# fdatasync and fsync fail while a file is there; for LD_PRELOAD.
FAILING_SYNC = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
static int fails(void) {
    const char *flag = getenv("FAILS_WHILE");
    return flag && access(flag, F_OK) == 0;
}
#define SYNC(name) int name(int file) { \\
    static int (*real)(int); \\
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, #name); \\
    if (fails()) { errno = EIO; return -1; } \\
    return real(file); }
SYNC(fsync)
SYNC(fdatasync)
"""


def triggered_station(folder: Path) -> Path:
    """Twenty triggers a second of dark parts, all of which pass."""
    path = write_station(folder, (20,), frames_per_s=0)
    every_ms = 1_000 // TRIGGERS_PER_S
    trigger = f'source = "replay:parts"\ntrigger = "timer"\ntrigger_every_ms = {every_ms}'
    change_station(path, 'source = "replay:parts"', trigger)
    change_station(path, "[images]", f'deadline_ms = {DEADLINE_MS}\n[images]\nkeep = "none"')
    return path


@contextmanager
def running(station: Path) -> Iterator[Ear]:
    ear = Ear()
    with prepared_run(load_station(station), ear, SystemClock()) as prepared:
        worker = Worker("line", prepared.runner.run, lambda _: None)
        worker.start()
        try:
            ear.wait_for(lambda ear: len(ear.records) > 3)
            yield ear
        finally:
            prepared.runner.stop()
            worker.join()
    assert worker.failure is None


def check_all(store: Path, ear: Ear) -> None:
    """Each part once, none missing, and PASS was told of none that is not stored as one."""
    records = {one.part_number: one for one in stored(store)}
    assert list(records) == list(range(1, len(records) + 1))
    told = [(one.part_number, one.verdict.decision) for one in ear.records]
    kept = [(number, one.verdict.decision) for number, one in records.items()]
    assert told == kept


def wait_for_phase(ear: Ear, phase: Phase) -> None:
    ear.wait_for(lambda ear: ear.snapshots[-1].phase is phase)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own that is full soon."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill_at_write(small_disk: Path, tmp_path: Path, n_pages: int) -> float:
    """Leave so much room, let the line run into it, make room again; s until it was not ready.

    Letting go of the database folds its log into it, which may make room for a few results more:
    then the line is ready for a moment, and they are stored.
    """
    station = triggered_station(tmp_path / "line")
    store = small_disk / "records"
    change_station(station, 'store = "records"', f'store = "{store}"')
    balloon, clock = small_disk / "balloon", SystemClock()
    with running(station) as ear:
        free_bytes = shutil.disk_usage(small_disk).free
        with balloon.open("wb") as file:
            file.write(bytes(max(0, free_bytes - n_pages * PAGE_BYTES)))
        ear.wait_for(lambda ear: is_behind(ear) or ear.snapshots[-1].blocked_by is not None)
        behind_ns = clock.monotonic_ns()
        ear.wait_for(lambda ear: ear.snapshots[-1].blocked_by is not None)
        not_ready_s = (clock.monotonic_ns() - behind_ns) / 1e9
        first = ear.results[-1].part_number
        ear.wait_for(lambda ear: ear.results[-1].part_number > first + 20)
        balloon.unlink()
        wait_for_phase(ear, Phase.RUNNING)
        last = ear.results[-1].part_number
        ear.wait_for(lambda ear: is_pass_after(ear, last))
    check_all(store / "records.db", ear)
    errors = [one for one in ear.records if one.verdict.decision is Decision.ERROR]
    assert any(first < (one.part_number or 0) <= last for one in errors)
    shutil.rmtree(store)
    shutil.rmtree(tmp_path / "line")
    return not_ready_s


def start_on_read_only(small_disk: Path, tmp_path: Path) -> str:
    """What is said of a disk that can only be read; and the line runs when it can be written."""
    station = triggered_station(tmp_path / "line")
    store = small_disk / "records"
    change_station(station, 'store = "records"', f'store = "{store}"')
    with running(station) as ear:
        ear.wait_for(lambda ear: len(ear.records) > 5)
    n_before = len(stored(store / "records.db"))
    remount = ["mount", "-o"]
    subprocess.run([*remount, "remount,ro", str(small_disk)], check=True)
    with pytest.raises(InspectorError) as refused, running(station):
        pass
    assert len(stored(store / "records.db")) == n_before
    subprocess.run([*remount, "remount,rw", str(small_disk)], check=True)
    with running(station) as ear:
        ear.wait_for(lambda ear: len(ear.records) > 5)
    numbers = [one.part_number for one in stored(store / "records.db")]
    assert numbers == list(range(1, len(numbers) + 1))
    return str(refused.value)


def is_behind(ear: Ear) -> bool:
    """Whether results do not reach the disk."""
    return ear.results[-1].part_number > (ear.records[-1].part_number or 0) + 2


def is_pass_after(ear: Ear, number: int) -> bool:
    last = ear.records[-1]
    return (last.part_number or 0) > number + 5 and last.verdict.decision is Decision.PASS


def test_disk_that_is_full_at_the_nth_write_passes_nothing(
    small_disk: Path, tmp_path: Path
) -> None:
    slowest_s = 0.0
    for n_pages in range(1, N_WRITES + 1):
        slowest_s = max(slowest_s, fill_at_write(small_disk, tmp_path, n_pages))
    print(f"{N_WRITES} disks filled; not ready after {slowest_s:.2f} s at most, all recovered")
    assert slowest_s <= NOT_READY_WITHIN_S


def test_disk_that_can_only_be_read_is_refused_with_what_to_do(
    small_disk: Path, tmp_path: Path
) -> None:
    said = start_on_read_only(small_disk, tmp_path)
    print(said)
    assert "ead-only" in said


def hold_locked(station: Path, locked_s: float) -> int:
    """Another connection holds the database; how many parts came meanwhile."""
    clock = SystemClock()
    path = station.parent / "records" / "records.db"
    with running(station) as ear:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        locked_ns = clock.monotonic_ns()
        first = ear.results[-1].part_number + 1
        wait_for_phase(ear, Phase.BLOCKED)
        until_ns = locked_ns + round(locked_s * 1e9)
        ear.wait_for(lambda _: clock.monotonic_ns() >= until_ns, timeout_s=locked_s + 10)
        last = ear.results[-1].part_number
        holder.close()
        wait_for_phase(ear, Phase.RUNNING)
        ear.wait_for(lambda ear: is_pass_after(ear, last))
    check_all(path, ear)
    records = {one.part_number: one for one in stored(path)}
    # The last ones before it was unlocked may be stored in time.
    late = range(first, last - TRIGGERS_PER_S)
    assert {records[number].verdict.decision for number in late} == {Decision.ERROR}
    return last - first + 1


def test_database_that_is_locked_makes_each_part_an_error(tmp_path: Path) -> None:
    n_parts = hold_locked(triggered_station(tmp_path / "line"), LOCKED_S)
    print(f"locked for {LOCKED_S:g} s: {n_parts} parts, each an ERROR with its number; recovered")
    assert abs(n_parts - LOCKED_S * TRIGGERS_PER_S) <= 2 * TRIGGERS_PER_S


SYNCING_LINE = """
import sys
from pathlib import Path
from tests.faults.long.test_full_disk import fail_syncs

fail_syncs(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
"""


def fail_syncs(station: Path, flag: Path, n_times: int) -> None:
    """In a process whose syncs fail while the flag is there."""
    with running(station) as ear:
        for _ in range(n_times):
            flag.touch()
            wait_for_phase(ear, Phase.BLOCKED)
            assert "I/O error" in str(ear.snapshots[-1].blocked_by)
            blocked = ear.results[-1].part_number
            ear.wait_for(lambda ear: ear.results[-1].part_number > blocked + 10)  # noqa: B023
            flag.unlink()
            wait_for_phase(ear, Phase.RUNNING)
            after = ear.results[-1].part_number
            ear.wait_for(lambda ear: is_pass_after(ear, after))  # noqa: B023
    check_all(station.parent / "records" / "records.db", ear)


def run_with_failing_syncs(tmp_path: Path, n_times: int) -> None:
    if shutil.which("cc") is None or sys.platform != "linux":
        pytest.skip("a C compiler makes the failing disk")
    source, library = tmp_path / "sync.c", tmp_path / "sync.so"
    source.write_text(FAILING_SYNC)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    station, flag = triggered_station(tmp_path / "line"), tmp_path / "fails"
    done = subprocess.run(
        [sys.executable, "-c", SYNCING_LINE, station, flag, str(n_times)],
        env={**os.environ, "LD_PRELOAD": str(library), "FAILS_WHILE": str(flag)},
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert done.returncode == 0, done.stderr[-2_000:]


def test_sync_that_fails_passes_nothing(tmp_path: Path) -> None:
    run_with_failing_syncs(tmp_path, N_FAILED_SYNCS)
    print(f"{N_FAILED_SYNCS} times syncs failed; every part an ERROR meanwhile, all recovered")
