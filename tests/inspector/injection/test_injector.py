"""What a script asks for happens in a real run, and every part that it hit is known."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from inspector.clock import SystemClock
from inspector.injection.injector import Injector
from inspector.injection.outcome import Outcome, outcome_of
from inspector.injection.script import load_script
from inspector.settings import load_station
from inspector.station import prepared_run
from inspector.store.reader import RecordReader
from tests.support.lines import Ear
from tests.support.stations import change_station, write_station

DEADLINE_MS = 150.0


def run(
    folder: Path, faults: str, *, n_parts: int, is_free: bool
) -> tuple[Outcome, Sequence[int | None]]:
    """The outcome of a run, and the numbers of all its stored parts."""
    station = write_station(folder / "line", (100,), frames_per_s=60 if is_free else 0)
    change_station(station, "[images]", f"deadline_ms = {DEADLINE_MS:g}\n[images]")
    if not is_free:
        trigger = 'source = "replay:parts"\ntrigger = "timer"\ntrigger_every_ms = 20'
        change_station(station, 'source = "replay:parts"', trigger)
    path = folder / "faults.toml"
    path.write_text(f"schema_version = 1\n{faults}")
    settings = load_station(station)
    script = load_script(path, settings)
    with prepared_run(settings, Ear(), SystemClock(), n_parts=n_parts, script=script) as prepared:
        prepared.runner.run()
        injector = prepared.injector
        assert isinstance(injector, Injector)
        with RecordReader(prepared.store_path) as reader:
            records = list(reader.parts_from(prepared.first_part))
    outcome = outcome_of(script, injector.happened, injector.behind, records)
    rules = {"Overrun", "DeadlineMissed", *(() if is_free else ("FrameLost",))}
    of_a_busy_machine = {
        record.part_number
        for record in records
        if any(one.rule in rules for one in record.verdict.reasons)
    }
    strange = [number for number in outcome.unexplained if number not in of_a_busy_machine]
    assert strange == []
    return outcome, [record.part_number for record in records]


def fault(kind: str, part: int, more: str = "") -> str:
    return f'[[fault]]\nkind = "{kind}"\npart = {part}\n{more}\n'


def rows(outcome: Outcome) -> list[tuple[int | None, str, str]]:
    """Part, decision and the rule of each fault."""
    return [(one.part_number, one.observed, one.reason.split(":")[0]) for one in outcome.observed]


ONCE_EACH = fault("drop", 10, "every = 5\ntimes = 3") + fault("corrupt", 30) + fault("double", 40)


def test_pictures_of_a_free_camera_that_break_are_one_error_each(tmp_path: Path) -> None:
    outcome, numbers = run(tmp_path, ONCE_EACH, n_parts=60, is_free=True)
    assert rows(outcome) == [
        (10, "ERROR", "FrameLost"),
        (15, "ERROR", "FrameLost"),
        (20, "ERROR", "FrameLost"),
        (30, "ERROR", "CorruptFrame"),
        (41, "ERROR", "FrameLost"),  # the copy; the picture itself was part 40
    ]
    assert outcome.n_as_expected == 5
    assert numbers == list(range(1, 61))


def test_pictures_of_a_triggered_camera_that_break_are_one_error_each(tmp_path: Path) -> None:
    outcome, numbers = run(tmp_path, ONCE_EACH, n_parts=60, is_free=False)
    assert rows(outcome) == [
        (10, "ERROR", "FrameLost"),
        (15, "ERROR", "FrameLost"),
        (20, "ERROR", "FrameLost"),
        (30, "ERROR", "CorruptFrame"),
        (40, "PASS", ""),  # nobody takes the copy for the next part's
    ]
    assert outcome.n_as_expected == 5
    assert numbers == list(range(1, 61))


@pytest.mark.parametrize("is_free", [False, True])
def test_what_comes_too_late_is_an_error(tmp_path: Path, is_free: bool) -> None:
    late = fault("late", 10, "for_ms = 200") + fault("slow_inference", 40, "for_ms = 200")
    outcome, numbers = run(tmp_path, late, n_parts=80, is_free=is_free)
    assert [one.part_number for one in outcome.observed] == [10, 40]
    assert [one.observed for one in outcome.observed] == ["ERROR", "ERROR"]
    assert outcome.observed[1].reason.startswith("DeadlineMissed")
    assert set(outcome.behind) <= set(range(10, 80))
    assert numbers == list(range(1, 81))


def test_free_camera_that_is_unplugged_comes_back(tmp_path: Path) -> None:
    outcome, numbers = run(tmp_path, fault("unplug", 10, "for_ms = 300"), n_parts=30, is_free=True)
    (row,) = outcome.observed
    assert (row.part_number, row.observed, row.is_as_expected) == (None, "back", True)
    assert row.recovery_ms is not None
    assert numbers == list(range(1, 31))


def test_every_part_without_its_camera_is_an_error(tmp_path: Path) -> None:
    unplug = fault("unplug", 10, "for_ms = 200")
    outcome, numbers = run(tmp_path, unplug, n_parts=60, is_free=False)
    hit = [one.part_number for one in outcome.observed]
    assert hit == list(range(10, 10 + len(hit)))
    assert {one.observed for one in outcome.observed} == {"ERROR"}
    assert outcome.n_as_expected == len(hit) >= 5
    assert numbers == list(range(1, 61))


@pytest.mark.parametrize("is_free", [False, True])
def test_every_part_that_cannot_be_kept_is_an_error(tmp_path: Path, is_free: bool) -> None:
    full = fault("disk_full", 10, "for_ms = 400")
    outcome, numbers = run(tmp_path, full, n_parts=90, is_free=is_free)
    hit = [one.part_number for one in outcome.observed]
    assert hit == list(range(10, 10 + len(hit)))
    assert {one.observed for one in outcome.observed} == {"ERROR"}
    assert outcome.n_as_expected == len(hit) >= 10
    assert outcome.observed[0].recovery_ms is not None
    assert numbers == list(range(1, 91))


def test_fault_that_the_run_never_reached_is_told(tmp_path: Path) -> None:
    outcome, _ = run(
        tmp_path, fault("corrupt", 10, "every = 5\ntimes = 3"), n_parts=17, is_free=True
    )
    assert rows(outcome)[:2] == [(10, "ERROR", "CorruptFrame"), (15, "ERROR", "CorruptFrame")]
    last = outcome.observed[2]
    assert (last.part_number, last.is_as_expected) == (None, False)
    assert last.reason == "the run ended before"


def test_disk_that_is_full_again_while_it_still_is_hits_each_part_once(tmp_path: Path) -> None:
    full = fault("disk_full", 10, "every = 5\ntimes = 3\nfor_ms = 400")
    outcome, numbers = run(tmp_path, full, n_parts=90, is_free=True)
    hit = [one.part_number for one in outcome.observed]
    assert hit == list(range(10, 10 + len(hit)))
    assert outcome.n_as_expected == len(hit)
    assert numbers == list(range(1, 91))
