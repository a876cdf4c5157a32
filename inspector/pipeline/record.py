"""Makes the record of a part out of what its inspection came to: the one way for every driver."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from inspector.flow import Record, Stage, StoredImage
from inspector.pipeline.inspection import Inspected


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
