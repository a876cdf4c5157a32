"""Every value of the engine has a word for people."""

from dataclasses import replace

import pytest

from inspector import errors
from inspector.flow import Decision, Reason, Record, Region, Stage
from inspector.geometry import Box
from inspector.pipeline.events import Phase
from inspector.tolerance import OTHER_KIND, UNKNOWN
from tests.support.fakes import record
from ui.texts.words import (
    decision_word,
    error_word,
    phase_word,
    reason_text,
    record_text,
    region_text,
    stage_word,
)


def test_every_decision_stage_and_phase_has_a_word_of_its_own() -> None:
    for words in (
        [decision_word(value) for value in Decision],
        [stage_word(value) for value in Stage],
        [phase_word(value) for value in Phase],
    ):
        assert len(set(words)) == len(words)
        assert "" not in words


@pytest.mark.parametrize(
    "error",
    [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and issubclass(kind, errors.CaptureError | errors.InspectionError | errors.StoreError)
        and kind not in (errors.CaptureError, errors.InspectionError)
    ],
)
def test_every_error_of_a_part_has_a_sentence(error: type[errors.InspectorError]) -> None:
    assert error_word(error.__name__) is not None
    assert reason_text(Reason(rule=error.__name__, detail="x")) == error_word(error.__name__)


def test_limits_are_told_with_their_numbers() -> None:
    assert reason_text(Reason(rule="score", measured=1.273, limit=1.0)) == "Score 1.27, limit 1.00"
    area = Reason(rule="area of stain", measured=71.4, limit=50.0, unit="px²")
    assert reason_text(area) == "stain covers 71 px², limit 50 px²"
    assert reason_text(Reason(rule="by hand")) == "by hand"


def test_marks_beside_what_is_tolerated_have_words_of_their_own() -> None:
    other, unknown = (
        reason_text(Reason(rule=rule, measured=1.5, limit=1.0)) for rule in (OTHER_KIND, UNKNOWN)
    )
    assert other == "A mark of a kind that is not tolerated"
    assert unknown == "Something unusual beside what is tolerated"


def test_place_is_told_with_its_kind_and_size() -> None:
    box = Box(x_px=0, y_px=0, width_px=38.2, height_px=30.9)
    assert region_text(Region(box_sensor_px=box, peak=1.0)) == "38 \u00d7 31\u202fpx"
    labelled = Region(box_sensor_px=box, peak=1.0, label="missing_hole")
    assert region_text(labelled) == "missing hole, 38 \u00d7 31\u202fpx"


def test_record_is_told_in_one_line() -> None:
    failed: Record = record(decision=Decision.FAIL)
    assert record_text(record()) == ""
    assert record_text(failed) == "12 \u00d7 8\u202fpx"
    nowhere = replace(failed, verdict=replace(failed.verdict, regions=()))
    assert record_text(nowhere) == "Score 0.75, limit 0.50"
    assert record_text(record(decision=Decision.ERROR)) == "The picture is damaged"
