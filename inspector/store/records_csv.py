"""Spells records as `records.csv`, the file that spreadsheets and scripts read."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
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


LINE_COLUMNS = (
    "part", "judged_at", "captured_at", "decision", "score", "threshold", "label", "reasons",
    "camera", "part_id", *(f"{stage}_ms" for stage in Stage if stage is not Stage.DECODE),
    "bundle_id", "recipe_id",
)  # fmt: skip


def write_records_csv(records: Iterable[Record], path: Path) -> None:
    """Write one row per picture of a batch, in the order given: UTF-8, ended by a line feed.

    Scores have nine digits, which is every bit of a float32; an absent value is an empty field.

    Raises:
        StoreFull, StoreError: The old file, if any, is untouched.
    """
    _write(COLUMNS, (_row(record) for record in records), path)


def write_line_csv(records: Iterable[Record], path: Path) -> None:
    """Write one row per part of a line; otherwise as `write_records_csv`.

    Raises:
        StoreFull, StoreError: The old file, if any, is untouched.
    """
    _write(LINE_COLUMNS, (_line_row(record) for record in records), path)


def _write(columns: Sequence[str], rows: Iterable[list[str]], path: Path) -> None:
    with replacing(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _row(record: Record) -> list[str]:
    return [
        record.record_id,
        record.image.path,
        _instant(record.captured_at),
        *_verdict(record),
        *(_milliseconds(record.stage_ms.get(stage)) for stage in STAGES),
        record.bundle_id,
        record.verdict.recipe_id,
    ]


def _line_row(record: Record) -> list[str]:
    return [
        "" if record.part_number is None else str(record.part_number),
        _instant(record.judged_at),
        _instant(record.captured_at),
        *_verdict(record),
        record.source_id,
        record.part_id or "",
        *(_milliseconds(record.stage_ms.get(s)) for s in Stage if s is not Stage.DECODE),
        record.bundle_id,
        record.verdict.recipe_id,
    ]


def _verdict(record: Record) -> list[str]:
    verdict = record.verdict
    return [
        verdict.decision.value,
        "" if record.score is None else f"{record.score:.9g}",
        f"{verdict.threshold:.9g}",
        verdict.label,
        "; ".join(reason.text() for reason in verdict.reasons),
    ]


def _instant(instant: datetime | None) -> str:
    return "" if instant is None else utc_text(instant)


def _milliseconds(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
