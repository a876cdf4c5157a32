"""Writes the files that show a batch: CSV, summary and report, each a projection of the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inspector.batch import BatchOutcome, BatchRequest
from inspector.capture.files.pictures import WaitingPicture
from inspector.clock import Clock, utc_text
from inspector.errors import CaptureError
from inspector.exit_codes import ExitCode
from inspector.files.atomic import replacing
from inspector.files.tables import canonical_json
from inspector.flow import Decision, Frame, Record, Verdict
from inspector.pipeline.inspected import Inspected
from inspector.preprocess import heatmap_on_sensor
from inspector.report.overlay import heat_overlay, thumbnail
from inspector.report.run_report import GalleryEntry, write_report
from inspector.store.reader import RecordReader
from inspector.store.records_csv import write_records_csv
from inspector.store.summary import Summary

CSV_FILE, SUMMARY_FILE, REPORT_FILE = "records.csv", "summary.json", "report.html"
GALLERY_SIZE = 12
ERRORS_SHOWN = GONE_SHOWN = 100
GALLERY_SIDE_PX = 480


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A batch as it is shown.

    Attributes:
        table: The values of `summary.json`.
    """

    summary: Summary
    table: Mapping[str, object]
    store_path: Path
    report_path: Path
    exit_code: ExitCode


def write_results(request: BatchRequest, outcome: BatchOutcome, clock: Clock) -> Results:
    """Write `records.csv`, `summary.json` and `report.html` beside the store.

    Raises:
        StoreError: A file cannot be written; the store is whole all the same.
    """
    report_path = request.out / REPORT_FILE
    table = {
        **outcome.summary.as_table(),
        "left_out": dict(outcome.summary.left_out),
        "n_gone": outcome.summary.n_gone,
        "threshold": outcome.ready.threshold,
        "source": request.source,
        "jobs": request.jobs,
        "is_complete": outcome.is_complete,
        "finished_at": utc_text(clock.now()),
    }
    with RecordReader(outcome.store_path) as store:
        write_records_csv(store.records(), request.out / CSV_FILE)
        write_report(
            report_path,
            summary=outcome.summary,
            scores=store.decided_scores(),
            threshold=outcome.ready.threshold,
            gallery=_gallery(outcome, store),
            errors=store.worst(Decision.ERROR, ERRORS_SHOWN),
            gone=[record.image.path for record in store.gone(GONE_SHOWN)],
            n_errors_in_all=outcome.summary.decisions[Decision.ERROR],
            source=request.source,
            made_at=clock.now(),
        )
    with replacing(request.out / SUMMARY_FILE) as file:
        file.write(canonical_json(table).decode("ascii"))
    return Results(
        summary=outcome.summary,
        table=table,
        store_path=outcome.store_path,
        report_path=report_path,
        exit_code=outcome.exit_code,
    )


def _gallery(outcome: BatchOutcome, store: RecordReader) -> list[GalleryEntry]:
    """The worst parts, failed ones first; their pictures are judged once more for the heat map."""
    worst = store.worst(Decision.FAIL, GALLERY_SIZE)
    if len(worst) < GALLERY_SIZE:
        worst += store.worst(Decision.PASS, GALLERY_SIZE - len(worst))
    drawn: dict[str, GalleryEntry] = {}
    wanted = {record.image.path: record for record in worst}
    for waiting in outcome.source:
        record = wanted.get(waiting.image)
        if record is not None:
            drawn[waiting.image] = _drawn(outcome, record, waiting)
        if len(drawn) == len(wanted):
            break
    missing = (GalleryEntry(record=record, picture=None, overlay=None) for record in worst)
    return [drawn.get(entry.record.image.path, entry) for entry in missing]


def _drawn(outcome: BatchOutcome, record: Record, waiting: WaitingPicture) -> GalleryEntry:
    try:
        frame = waiting.load()
    except CaptureError:  # it was there when it was judged; the record stands
        return GalleryEntry(record=record, picture=None, overlay=None)
    inspected = outcome.ready.inspection.inspect(frame)
    is_same = (frame.content_sha256 or "") == record.image.sha256
    if not is_same:
        return GalleryEntry(record=record, picture=None, overlay=None)
    return GalleryEntry(
        record=record,
        picture=thumbnail(frame.pixels, max_side_px=GALLERY_SIDE_PX),
        overlay=heat_picture(frame, inspected, record.verdict),
    )


def heat_picture(frame: Frame, inspected: Inspected, verdict: Verdict) -> bytes | None:
    """The frame with its heat map laid over it, a JPEG; None where it has none.

    Args:
        verdict: Gives the threshold and the regions that are outlined.
    """
    prediction, to_sensor = inspected.prediction, inspected.to_sensor
    if prediction is None or prediction.heatmap is None or to_sensor is None:
        return None
    size_px = (frame.pixels.shape[0], frame.pixels.shape[1])
    return heat_overlay(
        frame.pixels,
        heatmap_on_sensor(prediction.heatmap, to_sensor, size_px),
        verdict.threshold,
        verdict.regions,
        max_side_px=GALLERY_SIDE_PX,
    )
