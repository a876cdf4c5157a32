"""Spells records as `records.csv`, the file that spreadsheets and scripts read."""

import csv
from collections.abc import Iterable
from pathlib import Path

from inspector.clock import utc_text
from inspector.files.atomic import replacing
from inspector.flow import Record, Stage

# Those of a picture on a disk; scripts rely on the columns.
STAGES = (Stage.DECODE, Stage.PREPROCESS, Stage.INFER, Stage.JUDGE, Stage.TOTAL)
COLUMNS = (
    "record_id", "image", "captured_at", "decision", "score", "threshold", "label", "reasons",
    *(f"{stage}_ms" for stage in STAGES), "bundle_id", "recipe_id",
)  # fmt: skip


def write_records_csv(records: Iterable[Record], path: Path) -> None:
    """Write one row per record, in the order given: UTF-8, lines ended by a line feed.

    Scores have nine digits, which is every bit of a float32; an absent value is an empty field.

    Raises:
        StoreFull, StoreError: The old file, if any, is untouched.
    """
    with replacing(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for record in records:
            writer.writerow(_row(record))


def _row(record: Record) -> list[str]:
    verdict = record.verdict
    return [
        record.record_id,
        record.image.path,
        "" if record.captured_at is None else utc_text(record.captured_at),
        verdict.decision.value,
        "" if record.score is None else f"{record.score:.9g}",
        f"{verdict.threshold:.9g}",
        record.verdict.label,
        "; ".join(reason.text() for reason in verdict.reasons),
        *(_milliseconds(record.stage_ms.get(stage)) for stage in STAGES),
        record.bundle_id,
        verdict.recipe_id,
    ]


def _milliseconds(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
