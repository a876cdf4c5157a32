"""From a file to a line: what fits together runs, and what does not is refused before it starts."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from inspector.clock import SystemClock
from inspector.concurrency.worker import Worker
from inspector.errors import RecipeError, SettingsError, StoreFull, UsageError
from inspector.flow import Decision
from inspector.pipeline.events import Phase
from inspector.settings import load_station
from inspector.station import prepared_run
from inspector.store.aside import set_aside
from inspector.store.writer import RecordWriter
from tests.support.fakes import START
from tests.support.lines import Ear
from tests.support.stations import change_station, write_station
from tests.support.stores import in_sqlite, stored, write_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A station with three parts to see, the second of them bright."""
    write_station(tmp_path, (20, 200, 30), frames_per_s=0, is_looped=False)
    return tmp_path


def add_line(folder: Path, line: str) -> None:
    change_station(folder / "station.toml", "[images]", f"{line}\n[images]")


def run(folder: Path) -> Ear:
    ear = Ear()
    with prepared_run(load_station(folder / "station.toml"), ear, SystemClock()) as prepared:
        prepared.runner.run()
    return ear


def test_station_judges_what_its_camera_sees_and_goes_on_counting(folder: Path) -> None:
    run(folder)
    ear = run(folder)
    records = stored(folder / "records" / "records.db")
    assert [(record.part_number, record.verdict.decision.value) for record in records] == [
        (1, "PASS"), (2, "FAIL"), (3, "PASS"), (4, "PASS"), (5, "FAIL"), (6, "PASS"),
    ]  # fmt: skip
    assert [record.part_id for record in records[:3]] == ["0.png", "1.png", "2.png"]
    shift = ear.snapshots[-1].shift
    assert shift is not None
    assert (shift.first_part, shift.n_parts, shift.decisions[Decision.FAIL]) == (1, 6, 2)
    kept = sorted(path.name for path in (folder / "records" / "images").iterdir())
    assert kept == ["000000000002-top.png", "000000000005-top.png"]


def test_recipe_of_the_station_is_in_force(folder: Path) -> None:
    (folder / "strict.toml").write_text('schema_version = 1\nname = "strict"\nthreshold = 0.05\n')
    add_line(folder, 'recipe = "strict.toml"')
    ear = run(folder)
    assert {record.verdict.decision for record in ear.records} == {Decision.FAIL}


def test_recipe_of_another_bundle_is_refused(folder: Path) -> None:
    (folder / "other.toml").write_text(
        f'schema_version = 1\nname = "b"\nbundle_id = "{"a" * 12}"\n'
    )
    add_line(folder, 'recipe = "other.toml"')
    with pytest.raises(RecipeError, match="recipe 'b' is made for the bundle aaaaaaaaaaaa"):
        run(folder)


def test_damaged_picture_is_one_error_part_and_no_more(folder: Path) -> None:
    whole = (folder / "parts" / "0.png").read_bytes()
    (folder / "parts" / "0a.png").write_bytes(whole[:-20])
    run(folder)
    records = stored(folder / "records" / "records.db")  # by number: an ERROR may be told first
    assert [record.verdict.decision.value for record in records] == [
        "PASS", "ERROR", "FAIL", "PASS",
    ]  # fmt: skip
    assert records[1].verdict.reasons[0].rule == "CorruptFrame"


def test_second_station_on_one_store_is_refused(folder: Path) -> None:
    settings = load_station(folder / "station.toml")
    with prepared_run(settings, Ear(), SystemClock()):
        second = prepared_run(settings, Ear(), SystemClock())
        refused = pytest.raises(UsageError, match="stop it, or give this station a store folder")
        with refused, second:
            pass


def test_store_of_a_batch_is_refused(folder: Path) -> None:
    (folder / "records").mkdir()
    with RecordWriter(folder / "records" / "records.db") as writer:
        writer.set_run({"source": "somewhere"})
    with pytest.raises(SettingsError, match="holds the results of a batch"):
        run(folder)


def test_damaged_store_is_set_aside_and_the_line_goes_on_counting(folder: Path) -> None:
    run(folder)
    path = folder / "records" / "records.db"
    path.write_bytes(path.read_bytes()[:-1])
    ear = run(folder)
    fault = ear.snapshots[-1].store_fault
    (aside,) = path.parent.glob("records.damaged-*-1.db")
    assert str(fault) == (
        f"{str(path)!r} is damaged: its last page is truncated; it was set aside as "
        f"{aside.name!r}, and a new store begins with part 4"
    )
    assert [record.part_number for record in stored(path)] == [4, 5, 6]
    shift = ear.snapshots[-1].shift
    assert shift is not None
    assert (shift.first_part, shift.n_parts) == (4, 3)
    assert run(folder).snapshots[-1].store_fault is None
    assert [record.part_number for record in stored(path)] == list(range(4, 10))


def test_log_that_was_removed_after_a_kill_is_noticed(folder: Path) -> None:
    """SQLite would go on with what the file alone holds, and say nothing."""
    run(folder)
    path = folder / "records" / "records.db"
    whole = path.read_bytes()
    run(folder)
    path.write_bytes(whole)
    fault = run(folder).snapshots[-1].store_fault
    assert "holds 3 records and reaches to part 3, and 6 to part 6 were stored" in str(fault)
    assert [record.part_number for record in stored(path)] == [7, 8, 9]


def test_store_that_is_gone_is_told_and_its_numbers_are_not_given_again(folder: Path) -> None:
    run(folder)
    path = folder / "records" / "records.db"
    set_aside(path, START)  # and killed before a new one was begun
    fault = run(folder).snapshots[-1].store_fault
    assert str(fault) == (
        f"store {str(path)!r} is gone, though results were stored there; a new store begins with "
        "part 4"
    )
    assert [record.part_number for record in stored(path)] == [4, 5, 6]


def test_start_that_was_cut_off_before_the_first_number_gives_none_again(folder: Path) -> None:
    run(folder)
    path = folder / "records" / "records.db"
    set_aside(path, START)
    RecordWriter(path).close()  # and killed before it was told where to go on
    fault = run(folder).snapshots[-1].store_fault
    assert "is empty, though parts had numbers up to 3; it goes on with part 4" in str(fault)
    assert [record.part_number for record in stored(path)] == [4, 5, 6]
    assert run(folder).snapshots[-1].store_fault is None


def test_part_of_which_only_a_picture_is_there_has_a_result_and_its_number_for_itself(
    folder: Path,
) -> None:
    run(folder)
    images = folder / "records" / "images"
    (images / "000000000005-top.png").write_bytes((images / "000000000002-top.png").read_bytes())
    for name in ("20261128-copy.png", "202611280107-top.png", "20261128010755-top.png"):
        (images / name).write_bytes(b"")  # somebody's own
    run(folder)  # as after a kill while the disk took nothing
    records = stored(folder / "records" / "records.db")
    assert [record.part_number for record in records] == list(range(1, 9))
    assert [record.verdict.decision.value for record in records[3:5]] == ["ERROR", "ERROR"]


def test_record_that_is_not_what_was_written_is_noticed(folder: Path) -> None:
    run(folder)
    path = folder / "records" / "records.db"
    in_sqlite(path, "UPDATE records SET score = 0.1 WHERE decision = 'FAIL'")
    assert "a record in it is not what was written" in str(run(folder).snapshots[-1].store_fault)


def test_disk_below_the_floor_is_refused(folder: Path) -> None:
    change_station(folder / "station.toml", "floor_mb = 0", "floor_mb = 100_000_000")
    with pytest.raises(StoreFull, match="free some space"):
        run(folder)


def test_store_in_the_place_of_a_file_is_refused(folder: Path) -> None:
    (folder / "records").write_text("in the way")
    with pytest.raises(SettingsError, match="cannot be made"):
        run(folder)


def test_unknown_source_is_refused(folder: Path) -> None:
    change_station(folder / "station.toml", "replay:parts", "reply:parts")
    with pytest.raises(SettingsError, match="there is no kind 'reply'"):
        run(folder)


def test_kill_in_mid_run_loses_no_result_that_was_told(folder: Path) -> None:
    program = """
import os, signal, sys
from pathlib import Path
from inspector.clock import SystemClock
from inspector.settings import load_station
from inspector.station import prepared_run
from tests.support.lines import Ear

class Printing(Ear):
    def on_records(self, records):
        for record in records:
            print(record.part_number, record.verdict.decision.value, flush=True)
        if records[-1].part_number >= 40:
            os.kill(os.getpid(), signal.SIGKILL)

with prepared_run(load_station(Path(sys.argv[1])), Printing(), SystemClock()) as prepared:
    prepared.runner.run()
"""
    path = folder / "station.toml"
    change_station(path, "loop = false", "loop = true")
    here = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, cwd=here
    )
    told = [line.split() for line in done.stdout.splitlines()]
    assert len(told) >= 40, done.stderr
    kept = {record.part_number: record for record in stored(folder / "records" / "records.db")}
    assert [[str(n), kept[int(n)].verdict.decision.value] for n, _ in told] == told


def test_crash_of_an_isolated_model_costs_one_part_and_no_more(folder: Path) -> None:
    add_line(folder, "isolated = true\ndeadline_ms = 20_000")
    change_station(folder / "station.toml", "loop = false", "loop = true")
    ear = Ear()
    with prepared_run(load_station(folder / "station.toml"), ear, SystemClock()) as prepared:
        line = Worker("line", prepared.runner.run, lambda _: None)
        line.start()
        for n_crashes in range(1, 4):
            ear.wait_for(lambda ear: len(ear.records) > 20 * n_crashes)  # noqa: B023
            (model,) = psutil.Process().children()
            model.kill()
            ear.wait_for(lambda ear: errors_in(ear) == n_crashes)  # noqa: B023
        prepared.runner.stop()
        line.join()
    assert line.failure is None
    assert psutil.Process().children() == []
    numbers = [record.part_number for record in ear.records]
    assert numbers == list(range(1, len(numbers) + 1))
    reasons = [record.verdict.reasons[0] for record in ear.records if not record.score]
    assert [reason.text() for reason in reasons] == [
        "InferenceError: the model: its process died: signal 9"
    ] * 3


def errors_in(ear: Ear) -> int:
    return sum(record.verdict.decision is Decision.ERROR for record in ear.records)


def test_parts_that_were_on_their_way_at_a_kill_are_errors_afterwards(folder: Path) -> None:
    run(folder)
    in_sqlite(folder / "records" / "records.db", "REPLACE INTO numbers VALUES (1, 5)")
    run(folder)
    records = stored(folder / "records" / "records.db")
    assert [record.part_number for record in records] == list(range(1, 9))
    for record in records[3:5]:
        assert record.verdict.decision is Decision.ERROR
        assert record.verdict.reasons[0].rule == "Unfinished"


def test_empty_store_of_another_time_goes_on(folder: Path) -> None:
    (folder / "records").mkdir()
    write_store(folder / "records" / "records.db", [])
    assert len(run(folder).records) == 3


def test_two_basler_cameras_take_one_picture_each_for_every_part(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYLON_CAMEMU", "2")
    camera = """[[camera]]
name = "{name}"
source = "basler:0815-{serial}"
trigger = "software"
options = {{ width_px = 64, height_px = 48, exposure_us = 500 }}
"""
    station = folder / "station.toml"
    head = station.read_text().split("[[camera]]")[0]
    cameras = (camera.format(name="top", serial="0000"), camera.format(name="side", serial="0001"))
    station.write_text(head + "".join(cameras))
    settings = load_station(station)
    settings = replace(settings, deadline_ms=20_000.0)  # of a busy machine
    ear = Ear()
    with prepared_run(settings, ear, SystemClock()) as prepared:
        line = Worker("line", prepared.runner.run, lambda _: None)
        line.start()
        ear.wait_for(lambda heard: Phase.READY in heard.phases())
        for number in range(1, 13):
            prepared.runner.trigger()
            ear.wait_for(lambda heard, n=number: len(heard.records) == n)  # type: ignore[misc]
        prepared.runner.stop()
        line.join()
    records = stored(folder / "records" / "records.db")
    assert [record.part_number for record in records] == list(range(1, 13))
    assert {record.verdict.decision for record in records} <= {Decision.PASS, Decision.FAIL}
    seen = [{view.camera: view.frame_id for view in record.views} for record in records]
    assert seen == [{"top": number, "side": number} for number in range(12)]


def basler_station(folder: Path, *names: str) -> Path:
    """The station with emulated cameras, all of them the first one."""
    station = folder / "station.toml"
    head = station.read_text().split("[[camera]]")[0]
    camera = '[[camera]]\nname = "{}"\nsource = "basler:0815-0000"\ntrigger = "software"\n'
    station.write_text(head + "".join(camera.format(name) for name in names))
    return station


def test_camera_of_another_line_is_refused_with_who_has_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYLON_CAMEMU", "1")
    settings = load_station(basler_station(folder, "top"))
    other = replace(settings, store=tmp_path / "other")
    with (
        prepared_run(settings, Ear(), SystemClock()),
        pytest.raises(SettingsError, match=r"'top': basler:0815-0000 is used already by process"),
        prepared_run(other, Ear(), SystemClock()),
    ):
        pass
    with prepared_run(other, Ear(), SystemClock()):
        pass


def test_one_camera_under_two_names_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYLON_CAMEMU", "1")
    settings = load_station(basler_station(folder, "top", "side"))
    with (
        pytest.raises(SettingsError, match="'top' and 'side' are both basler:0815-0000"),
        prepared_run(settings, Ear(), SystemClock()),
    ):
        pass


def test_second_line_on_one_store_is_told_which_process_has_it(folder: Path) -> None:
    settings = load_station(folder / "station.toml")
    with (
        prepared_run(settings, Ear(), SystemClock()),
        pytest.raises(UsageError, match=rf"into '.*records' \(process {os.getpid()}.*\); stop it"),
        prepared_run(settings, Ear(), SystemClock()),
    ):
        pass


def test_sample_of_the_parts_that_pass_is_kept_by_their_numbers(folder: Path) -> None:
    add_line(folder, "")
    change_station(folder / "station.toml", "[images]", '[images]\nkeep = "none"\none_pass_in = 3')
    for _ in range(2):
        run(folder)  # of each three the second fails
    kept = sorted(path.name for path in (folder / "records" / "images").iterdir())
    assert kept == ["000000000003-top.png", "000000000006-top.png"]
