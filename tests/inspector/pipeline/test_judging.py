"""Each part is judged by what was in force at its trigger, and a bad newcomer is taken back."""

import threading
from pathlib import Path

from inspector.errors import (
    InferenceError,
)
from inspector.flow import Preprocessed
from inspector.pipeline.events import Phase
from inspector.pipeline.inspected import Inspected
from inspector.pipeline.inspecting import TO_INSPECT
from inspector.pipeline.inspection import Inspection
from inspector.pipeline.judging import Judging
from tests.support.fakes import frame
from tests.support.lines import Brightness, ScriptedSource, brightness_inspection
from tests.support.runs import BRIGHT, DARK, ERROR, FAIL, PASS, plan, running
from tests.support.stores import stored

OLD, NEW, NEWER = (brightness_inspection(bundle_id=letter * 64) for letter in "abc")
GOOD = OLD.inspect(frame())


def errored(inspection: Inspection, detail: str = "not finite") -> Inspected:
    return inspection.errored(InferenceError(detail), None, {})


def test_part_keeps_the_inspection_of_its_trigger() -> None:
    judging = Judging(OLD)
    judging.begin(1)
    judging.change(NEW)
    judging.begin(2)
    assert (judging.of(1), judging.of(2), judging.current) == (OLD, NEW, NEW)
    assert judging.settle(1) is OLD
    assert judging.of(1) is NEW


def test_inspection_is_in_use_until_its_last_part_has_its_result() -> None:
    judging = Judging(OLD)
    judging.begin(1)
    judging.change(NEW)
    judging.has_judged(NEW, GOOD)
    assert judging.is_in_use(OLD)
    with judging.work(OLD):
        judging.settle(1)
        assert judging.is_in_use(OLD)
    assert not judging.is_in_use(OLD)
    assert judging.is_in_use(NEW)


def test_change_is_over_when_the_new_one_has_judged_a_view() -> None:
    judging = Judging(OLD)
    change = judging.change(NEW)
    judging.has_judged(OLD, errored(OLD))  # of a part from before
    assert not change.is_over
    assert judging.is_in_use(OLD)
    judging.has_judged(NEW, GOOD)
    assert (change.is_over, change.refusal) == (True, None)
    assert not judging.is_in_use(OLD)


def test_newcomer_that_cannot_judge_its_first_view_is_taken_back() -> None:
    judging = Judging(OLD)
    change = judging.change(NEW)
    judging.begin(1)
    judging.has_judged(NEW, errored(NEW))
    assert (change.is_over, change.refusal) == (True, "InferenceError: not finite")
    assert judging.current is OLD
    assert judging.of(1) is NEW  # it was triggered meanwhile
    judging.settle(1)
    assert not judging.is_in_use(NEW)


def test_error_after_the_trial_takes_nothing_back() -> None:
    judging = Judging(OLD)
    judging.change(NEW)
    judging.has_judged(NEW, GOOD)
    judging.has_judged(NEW, errored(NEW))
    assert judging.current is NEW


def test_change_during_a_trial_falls_back_to_what_is_proven() -> None:
    judging = Judging(OLD)
    first = judging.change(NEW)
    second = judging.change(NEWER)
    assert (first.is_over, first.refusal) == (True, None)
    assert not judging.is_in_use(NEW)
    judging.has_judged(NEWER, errored(NEWER))
    assert second.refusal is not None
    assert judging.current is OLD


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
