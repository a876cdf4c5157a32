"""A whole run with its threads: every trigger has one stored result, whatever breaks."""

import itertools
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.clock import SystemClock
from inspector.errors import (
    CorruptFrame,
    FrameLost,
    GrabTimeout,
    InferenceError,
    InspectorError,
    SourceUnavailable,
    StoreFull,
    WorkerFailed,
)
from inspector.flow import Decision, Preprocessed, Record, Stage
from inspector.geometry import PixelRegion
from inspector.keeping import Keep, KeepRule
from inspector.pipeline import record_keeper
from inspector.pipeline import runner as runner_module
from inspector.pipeline.events import Phase, RunSnapshot
from inspector.pipeline.inspection import Inspection
from inspector.pipeline.kept_images import KeptImages
from inspector.pipeline.parts import PartResult
from inspector.pipeline.plan import CameraPlan, RunPlan, StorePlan
from inspector.pipeline.runner import TO_INSPECT, Runner
from inspector.store.reader import RecordReader
from inspector.store.schema import Shift
from inspector.store.writer import RecordWriter
from tests.support.fakes import START
from tests.support.lines import Brightness, Ear, ScriptedSource, Step, brightness_inspection
from tests.support.stores import stored, write_store

PASS, FAIL, ERROR = Decision.PASS, Decision.FAIL, Decision.ERROR
DARK, BRIGHT = 20, 200


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "records.db"
    write_store(path, [])
    return path


def plan(
    path: Path,
    *sources: ScriptedSource,
    inspection: Inspection | None = None,
    is_free: bool = True,
    deadline_s: float = 10.0,
    n_parts: int | None = None,
    next_part: int = 1,
) -> RunPlan:
    names = ["top", "side", "back"]
    return RunPlan(
        cameras=tuple(
            CameraPlan(name=name, source=source)
            for name, source in zip(names, sources, strict=False)
        ),
        is_free=is_free,
        deadline_s=deadline_s,
        inspection=inspection or brightness_inspection(),
        store=StorePlan(
            path=path,
            next_part=next_part,
            shift=Shift(first_part=next_part, started_at=START),
            decisions=dict.fromkeys(Decision, 0),
        ),
        n_parts=n_parts,
    )


def run(run_plan: RunPlan) -> Ear:
    ear = Ear()
    Runner(run_plan, ear, SystemClock()).run()
    return ear


@contextmanager
def running(run_plan: RunPlan) -> Iterator[tuple[Runner, Ear]]:
    """A run in a thread of its own; what it raises is raised at the end."""
    ear = Ear()
    runner = Runner(run_plan, ear, SystemClock())
    failures: list[BaseException] = []

    def body() -> None:
        try:
            runner.run()
        except InspectorError as error:
            failures.append(error)

    thread = threading.Thread(target=body)  # noqa: TID251  (a test's own)
    thread.start()
    try:
        yield runner, ear
    finally:
        runner.stop()
        thread.join()
    if failures:
        raise failures[0]


def decided(records: Sequence[Record]) -> list[tuple[int | None, Decision]]:
    return [(record.part_number, record.verdict.decision) for record in records]


def test_every_picture_of_a_free_camera_is_a_part_with_one_stored_result(path: Path) -> None:
    levels = [DARK, BRIGHT, DARK, BRIGHT] * 25
    ear = run(plan(path, ScriptedSource(levels), next_part=7))
    expected = [(7 + n, FAIL if level == BRIGHT else PASS) for n, level in enumerate(levels)]
    assert decided(stored(path)) == expected
    assert decided(ear.records) == expected
    assert ear.phases() == [
        Phase.STARTING, Phase.READY, Phase.RUNNING, Phase.STOPPING, Phase.IDLE,
    ]  # fmt: skip
    last = ear.snapshots[-1]
    assert last.shift is not None
    assert last.shift.decisions == {PASS: 50, FAIL: 50, ERROR: 0}
    assert (last.finish_reason, last.n_waiting) == ("the pictures came to their end", 0)


def test_every_stage_of_a_part_is_timed_and_stored(path: Path) -> None:
    ear = run(plan(path, ScriptedSource([DARK])))
    stages = {
        Stage.QUEUE, Stage.PREPROCESS, Stage.INFER, Stage.JUDGE, Stage.TOTAL, Stage.STORE,
    }  # fmt: skip
    assert set(stored(path)[0].stage_ms) == stages
    assert [record.stage_ms for record in ear.records] == [stored(path)[0].stage_ms]


def test_verdict_is_told_before_its_record_and_the_record_only_when_it_is_stored(
    path: Path,
) -> None:
    class Reading(Ear):
        def on_records(self, records: Sequence[Record]) -> None:
            kept = {record.part_number for record in stored(path)}
            assert {record.part_number for record in records} <= kept
            super().on_records(records)

    ear = Reading()
    Runner(plan(path, ScriptedSource([DARK] * 5)), ear, SystemClock()).run()
    for number in range(1, 6):
        assert ear.heard.index(f"verdict {number}") < ear.heard.index(f"record {number}")


def test_run_ends_after_the_parts_that_were_asked_for(path: Path) -> None:
    ear = run(plan(path, ScriptedSource([DARK] * 50), n_parts=3))
    assert len(stored(path)) == 3
    assert ear.snapshots[-1].finish_reason == "3 parts were asked for"


def test_damaged_picture_is_an_error_part_with_a_number_of_its_own(path: Path) -> None:
    run(plan(path, ScriptedSource([DARK, CorruptFrame("cut"), DARK])))
    records = stored(path)
    assert decided(records) == [(1, PASS), (2, ERROR), (3, PASS)]
    assert records[1].verdict.reasons[0].text() == "CorruptFrame: cut"


def test_full_queue_makes_error_parts_one_for_each_picture(path: Path) -> None:
    backend, gate, is_held = Brightness(), threading.Event(), threading.Event()

    def hold(_prepared: Preprocessed) -> None:
        is_held.set()
        assert gate.wait(20)

    def until_held() -> None:
        assert is_held.wait(20)

    backend.before = hold
    n_too_many = 5
    script: list[Step] = [DARK, until_held, *[DARK] * (TO_INSPECT + n_too_many), gate.set]
    source = ScriptedSource(script, can_wait=False)
    ear = run(plan(path, source, inspection=brightness_inspection(backend)))
    records = stored(path)
    assert [record.part_number for record in records] == list(range(1, len(records) + 1))
    overruns = [r for r in records if r.verdict.reasons and r.verdict.reasons[0].rule == "Overrun"]
    assert len(records) == 1 + TO_INSPECT + n_too_many
    assert len(overruns) == n_too_many
    assert len(ear.results) == len(records)


def test_part_that_is_not_judged_in_time_is_an_error_and_its_late_view_is_only_counted(
    path: Path,
) -> None:
    backend, gate = Brightness(), threading.Event()

    def hold(_prepared: Preprocessed) -> None:
        assert gate.wait(20)

    backend.before = hold
    source = ScriptedSource([DARK])
    run_plan = plan(path, source, inspection=brightness_inspection(backend), deadline_s=0.05)
    with running(run_plan) as (runner, ear):
        ear.wait_for(lambda heard: bool(heard.records))
        gate.set()
    (record,) = stored(path)
    (reason,) = record.verdict.reasons
    assert reason.text() == "DeadlineMissed: not judged within 50 ms: nothing from top"
    assert runner.snapshot().n_late == 1


def test_triggered_part_is_seen_by_every_camera_and_the_worst_view_decides(path: Path) -> None:
    top, side = ScriptedSource([DARK, DARK, DARK]), ScriptedSource([DARK, BRIGHT, DARK])
    with running(plan(path, top, side, is_free=False)) as (runner, ear):
        ear.wait_for(lambda heard: Phase.READY in heard.phases())
        for number in (1, 2, 3):
            assert runner.trigger() == number
            ear.wait_for(lambda heard, n=number: len(heard.records) == n)  # type: ignore[misc]
    records = stored(path)
    assert decided(records) == [(1, PASS), (2, FAIL), (3, PASS)]
    assert [view.camera for view in records[1].views] == ["top", "side"]
    assert records[1].source_id == "side"
    assert runner.trigger() is None


def test_picture_older_than_its_trigger_is_never_judged(path: Path) -> None:
    taken = threading.Event()
    source = ScriptedSource([BRIGHT, taken.set, DARK])
    early = source.grab(1.0)
    script = iter([early])
    grab = source.grab
    source.grab = lambda timeout_s: next(script, None) or replace(grab(timeout_s), frame_id=1)  # type: ignore[method-assign]
    with running(plan(path, source, is_free=False)) as (runner, ear):
        ear.wait_for(lambda heard: Phase.READY in heard.phases())
        runner.trigger()
        ear.wait_for(lambda heard: bool(heard.records))
    assert decided(stored(path)) == [(1, PASS)]


def test_camera_is_told_to_take_one_picture_for_each_part(path: Path) -> None:
    top, side = ScriptedSource([DARK] * 3), ScriptedSource([DARK] * 3)
    top.is_triggered = side.is_triggered = True
    with running(plan(path, top, side, is_free=False)) as (runner, ear):
        ear.wait_for(lambda heard: Phase.READY in heard.phases())
        for number in (1, 2, 3):
            runner.trigger()
            ear.wait_for(lambda heard, n=number: len(heard.records) == n)  # type: ignore[misc]
    assert [source.calls.count("trigger") for source in (top, side)] == [3, 3]


def test_camera_that_is_not_ready_for_a_trigger_makes_an_error_part(path: Path) -> None:
    source = ScriptedSource([DARK, DARK])
    refusals = iter([FrameLost("not ready"), None])

    def trigger() -> None:
        if error := next(refusals):
            raise error

    source.is_triggered = True
    source.trigger = trigger  # type: ignore[method-assign]
    with running(plan(path, source, is_free=False)) as (runner, ear):
        ear.wait_for(lambda heard: Phase.READY in heard.phases())
        for number in (1, 2):
            runner.trigger()
            ear.wait_for(lambda heard, n=number: len(heard.records) == n)  # type: ignore[misc]
    records = stored(path)
    assert decided(records) == [(1, ERROR), (2, PASS)]
    assert records[0].verdict.reasons[0].text() == "FrameLost: not ready"


def test_picture_that_comes_a_second_time_is_never_the_next_parts(path: Path) -> None:
    source = ScriptedSource([DARK, DARK, BRIGHT])
    grab, numbers = source.grab, iter([0, 0, 1])
    source.grab = lambda timeout_s: replace(grab(timeout_s), frame_id=next(numbers))  # type: ignore[method-assign]
    with running(plan(path, source, is_free=False)) as (runner, ear):
        ear.wait_for(lambda heard: Phase.READY in heard.phases())
        for number in (1, 2):
            runner.trigger()
            ear.wait_for(lambda heard, n=number: len(heard.records) == n)  # type: ignore[misc]
    assert decided(stored(path)) == [(1, PASS), (2, FAIL)]


def silent_until(event: threading.Event, *then: Step) -> Iterator[Step]:
    """No picture until then."""
    while not event.is_set():
        yield GrabTimeout("no picture")
    yield from then


def test_triggered_camera_that_gives_nothing_makes_an_error_part(path: Path) -> None:
    goes_on = threading.Event()
    source = ScriptedSource(silent_until(goes_on, DARK), pause_s=0.005)
    with running(plan(path, source, is_free=False, deadline_s=0.4)) as (runner, ear):
        ear.wait_for(lambda heard: Phase.READY in heard.phases())
        runner.trigger()
        ear.wait_for(lambda heard: len(heard.records) == 1)
        goes_on.set()
        runner.trigger()
        ear.wait_for(lambda heard: len(heard.records) == 2)
    assert decided(stored(path)) == [(1, ERROR), (2, PASS)]


@pytest.mark.parametrize("is_triggered", [False, True])
def test_part_whose_picture_never_comes_does_not_cost_the_next_one(
    path: Path, is_triggered: bool
) -> None:
    goes_on = threading.Event()
    source = ScriptedSource(silent_until(goes_on, BRIGHT), pause_s=0.005)
    source.is_triggered = is_triggered
    with running(plan(path, source, is_free=False, deadline_s=20.0)) as (runner, ear):
        ear.wait_for(lambda heard: Phase.READY in heard.phases())
        runner.trigger()
        ear.wait_for(lambda _: "trigger" in source.calls or not is_triggered)
        runner.trigger()
        ear.wait_for(lambda heard: len(heard.records) == 1)
        goes_on.set()
        ear.wait_for(lambda heard: len(heard.records) == 2)
    records = stored(path)
    assert decided(records) == [(1, ERROR), (2, FAIL)]
    assert records[0].verdict.reasons[0].text() == (
        "FrameLost: camera 'top' gave no picture before the next trigger"
    )


def test_timer_triggers_until_the_parts_are_done(path: Path) -> None:
    run_plan = plan(path, ScriptedSource([DARK] * 10), is_free=False, n_parts=4)
    run(replace(run_plan, trigger_every_ms=50.0))  # a busy machine keeps up with that
    assert decided(stored(path)) == [(n, PASS) for n in range(1, 5)]


def test_lost_camera_is_opened_again_and_the_run_goes_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspector.pipeline.capturing.FIRST_BACK_OFF_S", 0.001)
    gone = SourceUnavailable("unplugged")
    source = ScriptedSource([DARK, gone, BRIGHT], open_errors=[None, gone, gone])
    ear = run(plan(path, source))
    assert decided(stored(path)) == [(1, PASS), (2, FAIL)]
    assert source.calls == ["open", "close", "open", "open", "open", "close"]
    assert Phase.FAULTED not in ear.phases()


def test_camera_that_cannot_be_opened_at_the_start_refuses_the_run(path: Path) -> None:
    source = ScriptedSource([DARK], open_errors=[SourceUnavailable("no camera 7")])
    with pytest.raises(SourceUnavailable, match="no camera 7"):
        run(plan(path, source))
    assert stored(path) == []


def test_bug_in_the_inspection_ends_the_run_and_the_part_is_an_error(path: Path) -> None:
    backend = Brightness()

    def bug(_prepared: Preprocessed) -> None:
        raise ZeroDivisionError

    backend.before = bug
    ear = Ear()
    source = ScriptedSource([DARK])
    runner = Runner(
        plan(path, source, inspection=brightness_inspection(backend)), ear, SystemClock()
    )
    with pytest.raises(WorkerFailed, match="worker 'inspect' died: ZeroDivisionError"):
        runner.run()
    (record,) = stored(path)
    assert record.verdict.decision is ERROR
    assert record.verdict.reasons[0].rule == "WorkerFailed"
    assert ear.phases()[-1] is Phase.FAULTED
    assert isinstance(ear.snapshots[-1].failure, WorkerFailed)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """While it is set no record can be written."""
    is_full = threading.Event()
    append = RecordWriter.append

    def maybe(writer: RecordWriter, *arguments: object) -> None:
        if is_full.is_set():
            raise StoreFull("no room")
        append(writer, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(RecordWriter, "append", maybe)
    yield is_full
    is_full.clear()


def test_line_is_blocked_while_nothing_can_be_kept_and_goes_on_by_itself(
    path: Path, full_disk: threading.Event
) -> None:
    source = ScriptedSource(itertools.repeat(DARK), can_wait=False, pause_s=0.005)
    with running(plan(path, source, deadline_s=0.2)) as (_, ear):
        ear.wait_for(lambda ear: len(ear.records) > 5)
        full_disk.set()
        ear.wait_for(lambda ear: ear.snapshots[-1].phase is Phase.BLOCKED)
        assert str(ear.snapshots[-1].blocked_by) == "no room"
        n_kept = len(ear.records)
        blocked_from = ear.results[-1].part_number
        ear.wait_for(lambda ear: ear.results[-1].part_number > blocked_from + 100)
        assert len(ear.records) == n_kept
        blocked_to = ear.results[-1].part_number
        full_disk.clear()
        ear.wait_for(lambda ear: ear.snapshots[-1].phase is Phase.RUNNING)
        seen = len(ear.results)
        ear.wait_for(lambda ear: len(ear.results) > seen + 10)
        ear.wait_for(lambda ear: ear.records[-1].verdict.decision is PASS)
        assert ear.snapshots[-1].blocked_by is None
    records = {record.part_number or 0: record for record in stored(path)}
    assert list(records) == list(range(1, len(records) + 1))
    while_blocked = [records[number] for number in range(blocked_from + 1, blocked_to + 1)]
    assert {record.verdict.decision for record in while_blocked} == {ERROR}
    assert {record.verdict.reasons[0].text() for record in while_blocked} == {"StoreFull: no room"}
    passed = [record.part_number for record in ear.records if record.verdict.decision is PASS]
    assert passed == [number for number, one in records.items() if one.verdict.decision is PASS]


def test_store_that_takes_nothing_at_the_end_is_the_end_of_the_run(
    path: Path, full_disk: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_keeper, "LAST_TRIES_S", 0.3)
    full_disk.set()
    ear = Ear()
    runner = Runner(plan(path, ScriptedSource([DARK] * 20)), ear, SystemClock())
    with pytest.raises(StoreFull):
        runner.run()
    assert (ear.records, stored(path)) == ([], [])
    assert ear.phases()[-1] is Phase.FAULTED


def test_no_part_begins_while_too_many_results_wait_for_the_disk(
    path: Path, full_disk: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_keeper, "CROWDED", 40)
    source = ScriptedSource(itertools.repeat(DARK), can_wait=False, pause_s=0.001)
    full_disk.set()
    with running(plan(path, source)) as (runner, ear):
        ear.wait_for(lambda ear: ear.snapshots[-1].n_not_taken > 20)
        n_begun = runner.snapshot().n_begun
        assert n_begun <= 40
        full_disk.clear()
        ear.wait_for(lambda ear: len(ear.records) > n_begun + 10)
    records = stored(path)
    assert [record.part_number for record in records] == list(range(1, len(records) + 1))


def test_pictures_that_can_wait_are_all_judged_though_too_much_waits_for_the_disk(
    path: Path, full_disk: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_keeper, "CROWDED", 60)
    full_disk.set()
    with running(plan(path, ScriptedSource([DARK] * 100))) as (runner, ear):
        ear.wait_for(lambda ear: ear.snapshots[-1].phase is Phase.BLOCKED)
        full_disk.clear()
        ear.wait_for(lambda ear: len(ear.records) == 100)
        assert runner.snapshot().n_not_taken == 0
    assert [record.part_number for record in stored(path)] == list(range(1, 101))


def test_line_is_blocked_while_the_disk_is_below_its_floor(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "SNAPSHOT_EVERY_S", 0.01)
    floor_bytes = 10**15
    free = shutil.disk_usage(path.parent)
    source = ScriptedSource(itertools.repeat(DARK), can_wait=False, pause_s=0.005)
    run_plan = plan(path, source)
    run_plan = replace(run_plan, store=replace(run_plan.store, free_space_floor_bytes=floor_bytes))
    with running(run_plan) as (_, ear):
        ear.wait_for(lambda ear: ear.snapshots[-1].phase is Phase.BLOCKED)
        blocked_from = ear.results[-1].part_number if ear.results else 0
        ear.wait_for(lambda ear: len(ear.records) > blocked_from + 10)  # which can be kept
        assert "MB left, and the station needs 1,000,000,000 MB" in str(
            ear.snapshots[-1].blocked_by
        )
        assert {one.verdict.decision for one in ear.records[blocked_from + 1 :]} == {ERROR}
        roomy = free._replace(free=2 * floor_bytes)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: roomy)
        ear.wait_for(lambda ear: ear.snapshots[-1].phase is Phase.RUNNING)
        ear.wait_for(lambda ear: ear.records[-1].verdict.decision is PASS)


def test_shift_counts_anew_and_keeps_what_is_stored(path: Path) -> None:
    gate = threading.Event()

    def wait() -> None:
        assert gate.wait(20)

    source = ScriptedSource([DARK, BRIGHT, wait, DARK])
    with running(plan(path, source)) as (runner, ear):
        ear.wait_for(lambda heard: len(heard.records) == 2)
        runner.begin_shift()
        assert runner.snapshot().shift is not None
        gate.set()
        ear.wait_for(lambda heard: len(heard.records) == 3)
    shift = runner.snapshot().shift
    assert shift is not None
    assert (shift.first_part, shift.decisions) == (3, {PASS: 1, FAIL: 0, ERROR: 0})
    assert len(stored(path)) == 3


def test_region_of_a_camera_is_all_that_is_inspected(path: Path) -> None:
    source = ScriptedSource([DARK])
    run_plan = plan(path, source)
    outside = PixelRegion(x_px=10, y_px=0, width_px=16, height_px=8)
    camera = replace(run_plan.cameras[0], region=outside)
    run(replace(run_plan, cameras=(camera,)))
    (record,) = stored(path)
    assert record.verdict.reasons[0].rule == "PreprocessError"


def test_pictures_of_fails_are_kept_beside_the_store(path: Path) -> None:
    folder = path.parent / "images"
    run_plan = plan(path, ScriptedSource([DARK, BRIGHT, DARK]))
    store = replace(
        run_plan.store,
        images=KeptImages(folder, quota_bytes=10**9, floor_bytes=0),
        keeps=KeepRule(keep=Keep.FAILS),
    )
    run(replace(run_plan, store=store))
    assert [image.name for image in folder.iterdir()] == ["000000000002-top.png"]


def test_newest_view_of_each_camera_is_there_for_a_screen(path: Path) -> None:
    runner = Runner(plan(path, ScriptedSource([DARK, BRIGHT])), Ear(), SystemClock())
    runner.run()
    view = runner.live["top"].take()
    assert view is not None
    assert view.inspected.verdict.decision is FAIL
    assert runner.live["top"].n_forgotten == 1


def test_line_notes_how_it_does_itself(path: Path) -> None:
    source = ScriptedSource([DARK, CorruptFrame("cut"), DARK])
    with running(plan(path, source, is_free=False, deadline_s=0.2)) as (runner, ear):
        ear.wait_for(lambda heard: Phase.READY in heard.phases())
        for number in (1, 2):
            runner.trigger()
            ear.wait_for(lambda heard, n=number: len(heard.records) == n)  # type: ignore[misc]
        n_snapshots = len(ear.snapshots)
        ear.wait_for(lambda heard: len(heard.snapshots) > n_snapshots + 1)
    with RecordReader(path) as reader:
        (minute,) = reader.health(10)
    assert minute.n_threads > 5
    assert runner.snapshot().n_frames_lost == 1
    assert runner.snapshot().growth == ()


def test_free_running_station_takes_no_trigger(path: Path) -> None:
    runner = Runner(plan(path, ScriptedSource([])), Ear(), SystemClock())
    with pytest.raises(ValueError, match="this station runs free"):
        runner.trigger()


def test_picture_after_the_next_trigger_is_held_for_its_own_part(path: Path) -> None:
    """A camera that stalls gives part 1 no picture, rather than that of part 2."""
    stalled, go = threading.Event(), threading.Event()

    def stall() -> None:
        stalled.set()
        assert go.wait(20)

    source = ScriptedSource([stall, BRIGHT, DARK])
    with running(plan(path, source, is_free=False)) as (runner, ear):
        ear.wait_for(lambda heard: Phase.READY in heard.phases())
        runner.trigger()
        assert stalled.wait(20)
        runner.trigger()
        go.set()
        ear.wait_for(lambda heard: len(heard.records) == 2)
    records = stored(path)
    assert decided(records) == [(1, ERROR), (2, FAIL)]
    assert records[0].verdict.reasons[0].rule == "FrameLost"


def test_picture_of_a_triggered_camera_is_its_parts_however_long_it_is_on_its_way(
    path: Path,
) -> None:
    """Taken for the next part's, it would be a good part's picture of a bad one."""
    stalled, go = threading.Event(), threading.Event()

    def stall() -> None:
        stalled.set()
        assert go.wait(20)

    source = ScriptedSource([stall, DARK, BRIGHT])
    source.is_triggered = True
    with running(plan(path, source, is_free=False)) as (runner, ear):
        ear.wait_for(lambda heard: Phase.READY in heard.phases())
        runner.trigger()
        assert stalled.wait(20)
        runner.trigger()
        go.set()
        ear.wait_for(lambda heard: len(heard.records) == 2)
    assert decided(stored(path)) == [(1, PASS), (2, FAIL)]
    assert source.calls.count("trigger") == 2


def test_triggered_camera_is_not_told_after_the_next_trigger(path: Path) -> None:
    stalled, go = threading.Event(), threading.Event()

    def stall() -> None:
        stalled.set()
        assert go.wait(20)

    source = ScriptedSource([stall, DARK, BRIGHT])
    source.is_triggered = True
    with running(plan(path, source, is_free=False)) as (runner, ear):
        ear.wait_for(lambda heard: Phase.READY in heard.phases())
        runner.trigger()
        assert stalled.wait(20)
        runner.trigger()
        runner.trigger()
        go.set()
        ear.wait_for(lambda heard: len(heard.records) == 3)
    assert decided(stored(path)) == [(1, PASS), (2, ERROR), (3, FAIL)]


def test_picture_that_never_arrived_was_a_part_and_one_that_comes_twice_is_none(
    path: Path,
) -> None:
    source = ScriptedSource([DARK, DARK, DARK, DARK])
    grab, numbers = source.grab, iter([0, 3, 3, 4])
    source.grab = lambda timeout_s: replace(grab(timeout_s), frame_id=next(numbers))  # type: ignore[method-assign]
    run(plan(path, source))
    records = stored(path)
    assert [record.verdict.decision for record in records] == [
        PASS, ERROR, ERROR, PASS, ERROR, PASS,
    ]  # fmt: skip
    assert [r.verdict.reasons[0].detail for r in records if r.verdict.reasons] == [
        "picture 1 of 'top' never arrived",
        "picture 2 of 'top' never arrived",
        "picture 3 came a second time",
    ]


@pytest.mark.parametrize("is_free", [True, False])
def test_camera_that_is_frozen_makes_an_error_part_for_each_picture(
    path: Path, is_free: bool
) -> None:
    source = ScriptedSource([DARK, DARK, BRIGHT, BRIGHT])
    source.can_repeat = False
    run_plan = plan(path, source, is_free=is_free, n_parts=4)
    run(run_plan if is_free else replace(run_plan, trigger_every_ms=50.0))
    records = stored(path)
    assert decided(records) == [(1, PASS), (2, ERROR), (3, FAIL), (4, ERROR)]
    assert "is to the last bit the one before" in records[1].verdict.reasons[0].detail


@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.READY, Phase.STOPPING])
def test_listener_that_raises_ends_the_run_and_every_part_is_stored(
    path: Path, phase: Phase
) -> None:
    is_told = threading.Event()

    class Broken(Ear):
        def on_state(self, snapshot: RunSnapshot) -> None:
            super().on_state(snapshot)
            if snapshot.phase in (phase, Phase.STOPPING):
                is_told.set()
            if snapshot.phase is phase:
                raise OSError("the terminal went away")

    def wait_until_told() -> None:  # else a part might come before anybody heard of the phase
        if phase is Phase.READY:
            assert is_told.wait(20)

    ear = Broken()
    source = ScriptedSource([wait_until_told, *[DARK] * 20])
    runner = Runner(plan(path, source), ear, SystemClock())
    with pytest.raises(WorkerFailed, match="the terminal went away"):
        runner.run()
    assert len(stored(path)) == len(ear.results)


def test_listener_that_raises_at_a_verdict_loses_no_result(path: Path) -> None:
    class Broken(Ear):
        def on_verdict(self, result: PartResult) -> None:
            super().on_verdict(result)
            raise KeyError("a bug of the listener's")

    ear = Broken()
    silent = ScriptedSource([GrabTimeout("silent")] * 100)
    run_plan = plan(path, silent, is_free=False, deadline_s=0.05, n_parts=5)
    runner = Runner(replace(run_plan, trigger_every_ms=1.0), ear, SystemClock())
    with pytest.raises(WorkerFailed, match="listener"):
        runner.run()
    n_begun = runner.snapshot().n_begun
    assert [record.part_number for record in stored(path)] == list(range(1, n_begun + 1))
    assert n_begun >= 1


def test_overdue_parts_at_the_end_of_a_run_are_all_stored(path: Path) -> None:
    class Slow(Ear):
        def on_verdict(self, result: PartResult) -> None:
            threading.Event().wait(0.02)
            super().on_verdict(result)

    ear = Slow()
    source = ScriptedSource([GrabTimeout("silent")] * 100)
    run_plan = plan(path, source, is_free=False, deadline_s=0.05, n_parts=8)
    runner = Runner(replace(run_plan, trigger_every_ms=1.0), ear, SystemClock())
    runner.run()
    assert [record.part_number for record in stored(path)] == list(range(1, 9))
    assert len(ear.results) == 8


def test_worker_that_never_returns_does_not_keep_the_run_from_ending(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "LONGEST_END_S", 0.2)
    backend, gate = Brightness(), threading.Event()

    def hang(_prepared: Preprocessed) -> None:
        assert gate.wait(20)

    backend.before = hang
    source = ScriptedSource([DARK, DARK])
    runner = Runner(
        plan(path, source, inspection=brightness_inspection(backend)), Ear(), SystemClock()
    )
    with pytest.raises(WorkerFailed, match="worker 'inspect' died: TimeoutError"):
        runner.run()
    gate.set()
    assert decided(stored(path)) == [(1, ERROR), (2, ERROR)]


def test_every_part_of_a_change_is_judged_by_what_was_in_force_at_its_trigger(path: Path) -> None:
    ids = [f"{number:064d}" for number in range(20)]
    inspections = [brightness_inspection(bundle_id=one) for one in ids]
    source = ScriptedSource([DARK] * 10_000)
    with running(plan(path, source, inspection=inspections[0])) as (runner, ear):
        for inspection in inspections[1:]:
            seen = len(ear.records)
            ear.wait_for(lambda ear: len(ear.records) > seen + 3)  # noqa: B023
            change = runner.judging.change(inspection)
            ear.wait_for(lambda _: change.is_over)  # noqa: B023
            assert change.refusal is None
        seen = len(ear.records)
        ear.wait_for(lambda ear: len(ear.records) > seen + 3)
    records = stored(path)
    assert [record.part_number for record in records] == list(range(1, len(records) + 1))
    assert {record.verdict.decision for record in records} == {PASS}
    in_order = [record.bundle_id for record in records]
    assert in_order == sorted(in_order)
    assert set(in_order) == set(ids)
    assert not any(runner.judging.is_in_use(inspection) for inspection in inspections[:-1])


def test_both_views_of_a_part_are_judged_by_one_inspection(path: Path) -> None:
    """The change comes between the two."""
    old = brightness_inspection(threshold=0.5, bundle_id="0.5")
    new = brightness_inspection(threshold=0.9, bundle_id="0.9")
    at_second, changed = threading.Event(), threading.Event()

    def wait_for_change() -> None:
        at_second.set()
        changed.wait(10)

    second = ScriptedSource([wait_for_change, BRIGHT, BRIGHT])
    first = ScriptedSource([BRIGHT, BRIGHT])
    run_plan = plan(path, first, second, inspection=old, is_free=False)
    with running(run_plan) as (runner, ear):
        ear.wait_for(lambda ear: ear.snapshots[-1].phase is Phase.READY)
        runner.trigger()
        assert at_second.wait(10)
        runner.judging.change(new)
        changed.set()
        ear.wait_for(lambda ear: len(ear.records) == 1)
        runner.trigger()
        ear.wait_for(lambda ear: len(ear.records) == 2)
    assert [(one.bundle_id, one.verdict.decision) for one in stored(path)] == [
        ("0.5", FAIL), ("0.9", PASS),
    ]  # fmt: skip


def test_bundle_that_cannot_judge_is_taken_back_and_costs_the_parts_it_had(path: Path) -> None:
    backend = Brightness()

    def refuse(_: Preprocessed) -> None:
        raise InferenceError("score holds a value that is not finite")

    backend.before = refuse
    bad = brightness_inspection(backend, bundle_id="f" * 64)
    with running(plan(path, ScriptedSource([DARK] * 10_000))) as (runner, ear):
        ear.wait_for(lambda ear: len(ear.records) > 5)
        change = runner.judging.change(bad)
        ear.wait_for(lambda _: change.is_over)
        seen = ear.records[-1].part_number or 0
        ear.wait_for(lambda ear: (ear.records[-1].part_number or 0) > seen + 3 * TO_INSPECT)
        assert not runner.judging.is_in_use(bad)
    records = stored(path)
    assert [record.part_number for record in records] == list(range(1, len(records) + 1))
    errors = [record for record in records if record.verdict.decision is ERROR]
    assert {record.bundle_id for record in errors} == {"f" * 64}
    assert 1 <= len(errors) <= TO_INSPECT + 2
    assert records[-1].verdict.decision is PASS
    assert change.refusal == "InferenceError: score holds a value that is not finite"
