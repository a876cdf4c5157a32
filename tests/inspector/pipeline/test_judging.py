"""Each part is judged by what was in force at its trigger, and a bad newcomer is taken back."""

from inspector.errors import InferenceError
from inspector.pipeline.inspected import Inspected
from inspector.pipeline.inspection import Inspection
from inspector.pipeline.judging import Judging
from tests.support.fakes import frame
from tests.support.lines import brightness_inspection

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
