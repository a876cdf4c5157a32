"""A whole run with its threads: every trigger has one stored result, whatever breaks."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.clock import SystemClock
from inspector.errors import (
    CorruptFrame,
    GrabTimeout,
    WorkerFailed,
)
from inspector.flow import Preprocessed, Record, Stage
from inspector.geometry import PixelRegion
from inspector.keeping import Keep, KeepRule
from inspector.pipeline import runner as runner_module
from inspector.pipeline.events import Phase, RunSnapshot
from inspector.pipeline.inspecting import TO_INSPECT
from inspector.pipeline.kept_images import KeptImages
from inspector.pipeline.parts import PartResult
from inspector.pipeline.runner import Runner, next_due_ns
from inspector.store.reader import RecordReader
from tests.support.lines import Brightness, Ear, ScriptedSource, Step, brightness_inspection
from tests.support.runs import BRIGHT, DARK, ERROR, FAIL, PASS, decided, plan, run, running
from tests.support.stores import stored


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


def test_pulse_that_comes_late_shifts_the_ones_after_it() -> None:
    assert next_due_ns(1_000, 1_000, 100) == 1_100
    assert next_due_ns(1_000, 1_040, 100) == 1_100  # in step again
    assert next_due_ns(1_000, 1_060, 100) == 1_160
    assert next_due_ns(1_000, 1_250, 100) == 1_350  # none is made up for


def test_timer_triggers_until_the_parts_are_done(path: Path) -> None:
    run_plan = plan(path, ScriptedSource([DARK] * 10), is_free=False, n_parts=4)
    run(replace(run_plan, trigger_every_ms=50.0))  # a busy machine keeps up with that
    assert decided(stored(path)) == [(n, PASS) for n in range(1, 5)]


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
