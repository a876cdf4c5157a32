"""Makes the record of a part out of what its inspection came to: the one way for every driver."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.flow import Record, Stage, StoredImage, Verdict, ViewRecord
from inspector.pipeline.inspected import Inspected
from inspector.pipeline.parts import PartResult, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What was inspected, as its record names it; known before the first pixel is.

    Attributes:
        captured_at: Used where there is no frame that knows better.
    """

    record_id: str
    source_id: str
    frame_id: int
    image_path: str
    captured_at: datetime | None = None


def make_record(
    subject: Subject,
    inspected: Inspected,
    *,
    judged_at: datetime,
    bundle_id: str,
    stage_ms: Mapping[Stage, float],
) -> Record:
    """The record of one inspection.

    Args:
        stage_ms: Stages outside the inspection; its own are added.
    """
    frame, prediction = inspected.frame, inspected.prediction
    sha256 = "" if frame is None else frame.content_sha256 or ""
    return Record(
        record_id=subject.record_id,
        source_id=subject.source_id,
        frame_id=subject.frame_id,
        part_id=None if frame is None else frame.part_id,
        image=StoredImage(path=subject.image_path, sha256=sha256),
        captured_at=subject.captured_at if frame is None else frame.captured_at,
        judged_at=judged_at,
        verdict=inspected.verdict,
        score=None if prediction is None else prediction.score,
        bundle_id=bundle_id,
        stage_ms={**stage_ms, **inspected.stage_ms},
    )


def make_part_record(result: PartResult, *, judged_at: datetime, bundle_id: str) -> Record:
    """The record of a part that came by on a line, seen by one or several cameras."""
    deciding = result.deciding.inspected
    frame, prediction = deciding.frame, deciding.prediction
    return Record(
        record_id=f"{result.part_number:012d}",
        part_number=result.part_number,
        source_id=result.deciding.camera,
        frame_id=_frame_id(result.deciding),
        part_id=None if frame is None else frame.part_id,
        image=StoredImage(path="", sha256=""),
        captured_at=None if frame is None else frame.captured_at,
        judged_at=judged_at,
        verdict=_verdict(result),
        score=None if prediction is None else prediction.score,
        bundle_id=bundle_id,
        stage_ms=result.stage_ms,
        views=tuple(_view(view) for view in result.views),
    )


def make_unfinished_record(
    part_number: int, verdict: Verdict, *, judged_at: datetime, bundle_id: str
) -> Record:
    """The record of a part that was begun when the program was killed: an ERROR, as `verdict`."""
    return Record(
        record_id=f"{part_number:012d}",
        part_number=part_number,
        source_id="",
        frame_id=-1,
        part_id=None,
        image=StoredImage(path="", sha256=""),
        captured_at=None,
        judged_at=judged_at,
        verdict=verdict,
        score=None,
        bundle_id=bundle_id,
    )


def _verdict(result: PartResult) -> Verdict:
    """The deciding view's, with the reasons of all: a person wants to know everything at once."""
    deciding = result.deciding
    others = [view for view in result.views if view is not deciding]
    reasons = list(deciding.inspected.verdict.reasons)
    for view in others:
        reasons += [reason for reason in view.inspected.verdict.reasons if reason not in reasons]
    return replace(deciding.inspected.verdict, reasons=tuple(reasons))


def _view(view: View) -> ViewRecord:
    prediction = view.inspected.prediction
    return ViewRecord(
        camera=view.camera,
        frame_id=_frame_id(view),
        decision=view.inspected.verdict.decision,
        score=None if prediction is None else prediction.score,
    )


def _frame_id(view: View) -> int:
    return -1 if view.inspected.frame is None else view.inspected.frame.frame_id
