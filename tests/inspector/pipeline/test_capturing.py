"""Whatever a camera does, each part has its own picture or is an ERROR with its number."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.errors import (
    CorruptFrame,
    FrameLost,
    GrabTimeout,
    SourceUnavailable,
)
from inspector.pipeline.events import Phase
from tests.support.lines import ScriptedSource, Step
from tests.support.runs import BRIGHT, DARK, ERROR, FAIL, PASS, decided, plan, run, running
from tests.support.stores import stored


def test_damaged_picture_is_an_error_part_with_a_number_of_its_own(path: Path) -> None:
    run(plan(path, ScriptedSource([DARK, CorruptFrame("cut"), DARK])))
    records = stored(path)
    assert decided(records) == [(1, PASS), (2, ERROR), (3, PASS)]
    assert records[1].verdict.reasons[0].text() == "CorruptFrame: cut"


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


class Busy:
    """What a camera does the first time for as long as it is not let go."""

    def __init__(self) -> None:
        self.has_begun, self.go = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.has_begun.set()
        assert self.go.wait(20)


def trigger_while_busy(path: Path, source: ScriptedSource, busy: Busy, n_meanwhile: int) -> None:
    """A part is triggered, and some more while the camera is busy with it."""
    source.is_triggered = True
    with running(plan(path, source, is_free=False)) as (runner, ear):
        ear.wait_for(lambda heard: Phase.READY in heard.phases())
        runner.trigger()
        assert busy.has_begun.wait(20)
        for _ in range(n_meanwhile):
            runner.trigger()
        busy.go.set()
        ear.wait_for(lambda heard: len(heard.records) == 1 + n_meanwhile)


def test_picture_of_a_triggered_camera_is_its_parts_however_long_it_is_on_its_way(
    path: Path,
) -> None:
    """Taken for the next part's, it would be a good part's picture of a bad one."""
    busy = Busy()
    source = ScriptedSource([busy, DARK, BRIGHT])
    trigger_while_busy(path, source, busy, n_meanwhile=1)
    assert decided(stored(path)) == [(1, PASS), (2, FAIL)]
    assert source.calls.count("trigger") == 2


def test_triggered_camera_is_not_told_after_the_next_trigger(path: Path) -> None:
    busy = Busy()
    trigger_while_busy(path, ScriptedSource([busy, DARK, BRIGHT]), busy, n_meanwhile=2)
    assert decided(stored(path)) == [(1, PASS), (2, ERROR), (3, FAIL)]


def test_camera_that_was_busy_inside_until_the_next_trigger_shows_that_ones_part(
    path: Path,
) -> None:
    busy, source = Busy(), ScriptedSource([BRIGHT])
    source.trigger = busy  # type: ignore[method-assign]
    trigger_while_busy(path, source, busy, n_meanwhile=1)
    assert decided(stored(path)) == [(1, ERROR), (2, FAIL)]


def test_last_part_is_waited_for_though_the_line_stops(path: Path) -> None:
    source = ScriptedSource([GrabTimeout("not yet"), GrabTimeout("not yet"), DARK])
    source.is_triggered = True
    run(replace(plan(path, source, is_free=False), n_parts=1, trigger_every_ms=50.0))
    assert decided(stored(path)) == [(1, PASS)]


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
