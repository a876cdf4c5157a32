"""A record says what was inspected and what came of it, also where there was nothing to see."""

from dataclasses import replace

from inspector.flow import Decision, Stage, StoredImage, ViewRecord
from inspector.pipeline.parts import PartResult, View
from inspector.pipeline.record import Subject, make_part_record, make_record
from tests.support.fakes import BUNDLE_ID, START, frame, inspected

SUBJECT = Subject(
    record_id="r1", source_id="cam0", frame_id=7, image_path="a.png", captured_at=START
)


def test_record_of_a_judged_frame_has_its_score_times_and_place() -> None:
    seen = replace(frame(), part_id="M6-1", content_sha256="f" * 64)
    result = inspected(Decision.FAIL, frame=seen, stage_ms={Stage.INFER: 2.0})
    record = make_record(
        SUBJECT, result, judged_at=START, bundle_id=BUNDLE_ID, stage_ms={Stage.TOTAL: 3.0}
    )
    assert record.image == StoredImage(path="a.png", sha256="f" * 64)
    assert (record.record_id, record.source_id, record.frame_id) == ("r1", "cam0", 7)
    assert (record.part_id, record.captured_at) == ("M6-1", seen.captured_at)
    assert result.prediction is not None
    assert (record.score, record.verdict) == (result.prediction.score, result.verdict)
    assert record.stage_ms == {Stage.TOTAL: 3.0, Stage.INFER: 2.0}


def test_record_without_a_frame_is_an_error_with_what_is_known_beforehand() -> None:
    record = make_record(
        SUBJECT, inspected(Decision.ERROR), judged_at=START, bundle_id=BUNDLE_ID, stage_ms={}
    )
    assert record.verdict.decision is Decision.ERROR
    assert (record.captured_at, record.part_id, record.score) == (START, None, None)
    assert (record.image, record.stage_ms) == (StoredImage(path="a.png", sha256=""), {})


def test_record_of_a_part_names_its_deciding_view_and_the_reasons_of_all() -> None:
    error = inspected(Decision.ERROR)
    views = (
        View(camera="top", inspected=inspected(Decision.FAIL, frame=frame(frame_id=3))),
        View(camera="side", inspected=error),
    )
    result = PartResult(
        part_number=12, views=views, deciding=views[1], triggered_ns=0, total_ms=100.0
    )
    record = make_part_record(result, judged_at=START, bundle_id=BUNDLE_ID)
    assert (record.record_id, record.part_number) == ("000000000012", 12)
    assert (record.source_id, record.frame_id, record.score) == ("side", -1, None)
    assert [reason.rule for reason in record.verdict.reasons] == ["CorruptFrame", "score"]
    assert record.verdict.decision is Decision.ERROR
    assert record.stage_ms == {Stage.TOTAL: 100.0}
    assert record.views == (
        ViewRecord(camera="top", frame_id=3, decision=Decision.FAIL, score=0.75),
        ViewRecord(camera="side", frame_id=-1, decision=Decision.ERROR, score=None),
    )
