"""The layout of a store's file, and the road of a record into one of its rows and back."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from inspector.clock import utc_text
from inspector.flow import (
    Decision,
    Reason,
    Record,
    Region,
    Stage,
    StoredImage,
    Verdict,
    ViewRecord,
)
from inspector.geometry import Box

SCHEMA_VERSION = 4
APPLICATION_ID = 0x494E5350  # "INSP": tells our store from any other SQLite file

# Pictures of a batch that were judged and are not in its source any more.
_GONE = "CREATE TABLE gone (record_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;"
# How the line itself did, a row a minute; see `Health`.
_HEALTH = """CREATE TABLE health (
    at TEXT PRIMARY KEY, started_at TEXT NOT NULL, memory_mb REAL, n_handles INTEGER,
    n_threads INTEGER NOT NULL, n_waiting INTEGER NOT NULL, n_to_store INTEGER NOT NULL,
    p99_ms REAL, n_lost INTEGER NOT NULL, disk_free_mb REAL NOT NULL
) STRICT, WITHOUT ROWID;"""
SCHEMA = f"""
{_GONE}
{_HEALTH}
CREATE TABLE run (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE numbers (key INTEGER PRIMARY KEY CHECK (key = 1), begun_to INTEGER NOT NULL) STRICT;
CREATE TABLE shifts (first_part INTEGER PRIMARY KEY, started_at TEXT NOT NULL) STRICT;
CREATE TABLE records (
    record_id TEXT PRIMARY KEY,
    part_number INTEGER UNIQUE,
    source_id TEXT NOT NULL,
    frame_id INTEGER NOT NULL,
    part_id TEXT,
    image TEXT NOT NULL,
    image_sha256 TEXT NOT NULL,
    captured_at TEXT,
    judged_at TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('PASS', 'FAIL', 'ERROR')),
    score REAL,
    threshold REAL NOT NULL,
    label TEXT NOT NULL,
    reasons TEXT NOT NULL,
    regions TEXT NOT NULL,
    views TEXT NOT NULL,
    {" ".join(f"{stage}_ms REAL," for stage in Stage)}
    bundle_id TEXT NOT NULL,
    recipe_id TEXT NOT NULL,
    crc32 INTEGER NOT NULL
) STRICT;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
"""
COLUMNS = (
    "record_id", "part_number", "source_id", "frame_id", "part_id", "image", "image_sha256",
    "captured_at", "judged_at", "decision", "score", "threshold", "label", "reasons", "regions",
    "views",
    *(f"{stage}_ms" for stage in Stage), "bundle_id", "recipe_id",
)  # fmt: skip


# From each older version to the next one; all of them in one transaction.
UPGRADES = {2: _GONE, 3: _HEALTH}
# What takes the newest version back to an older one: how that one has to look.
DOWNGRADES = {2: "DROP TABLE gone;", 3: "DROP TABLE health;"}
# What a reader, who can write nothing, lays over an older version.
STAND_INS = {older: upgrade.replace("TABLE", "TEMP TABLE") for older, upgrade in UPGRADES.items()}
STORE_MS = f"{Stage.STORE}_ms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A span of parts that people count together.

    Attributes:
        first_part: The number of its first part, which may be yet to come.
        started_at: UTC.
    """

    first_part: int
    started_at: datetime


def to_row(record: Record) -> tuple[object, ...]:
    """The values of `COLUMNS` and after them their checksum."""
    verdict = record.verdict
    row = (
        record.record_id,
        record.part_number,
        record.source_id,
        record.frame_id,
        record.part_id,
        record.image.path,
        record.image.sha256,
        None if record.captured_at is None else utc_text(record.captured_at),
        utc_text(record.judged_at),
        verdict.decision.value,
        _real(record.score),
        _real(verdict.threshold),
        verdict.label,
        _to_json(verdict.reasons),
        _to_json(verdict.regions),
        _to_json(record.views),
        *(_real(record.stage_ms.get(stage)) for stage in Stage),
        record.bundle_id,
        verdict.recipe_id,
    )
    return (*row, _crc32(row))


def is_as_written(row: Sequence[object]) -> bool:
    """Whether a row with its checksum is one that `to_row` made."""
    *values, crc32 = row
    return _crc32(values) == crc32


def from_row(row: Sequence[object]) -> Record | None:
    """The record of a row that `to_row` made; None where the row is not what was written.

    SQLite has no checksums of its own: a flipped bit is another value to it.
    """
    if not is_as_written(row):
        return None
    return _record(dict(zip(COLUMNS, row[:-1], strict=True)))


def _record(row: Mapping[str, Any]) -> Record:
    captured_at = row["captured_at"]
    return Record(
        record_id=row["record_id"],
        source_id=row["source_id"],
        frame_id=row["frame_id"],
        part_id=row["part_id"],
        image=StoredImage(path=row["image"], sha256=row["image_sha256"]),
        captured_at=None if captured_at is None else datetime.fromisoformat(captured_at),
        judged_at=datetime.fromisoformat(row["judged_at"]),
        verdict=Verdict(
            decision=Decision(row["decision"]),
            label=row["label"],
            reasons=tuple(Reason(**reason) for reason in json.loads(row["reasons"])),
            regions=tuple(_region(region) for region in json.loads(row["regions"])),
            recipe_id=row["recipe_id"],
            threshold=row["threshold"],
        ),
        score=row["score"],
        bundle_id=row["bundle_id"],
        part_number=row["part_number"],
        views=tuple(_view(view) for view in json.loads(row["views"])),
        stage_ms={stage: row[f"{stage}_ms"] for stage in Stage if row[f"{stage}_ms"] is not None},
    )


def _view(stored: Mapping[str, Any]) -> ViewRecord:
    return ViewRecord(**{**stored, "decision": Decision(stored["decision"])})


def _region(stored: Mapping[str, Any]) -> Region:
    return Region(**{**stored, "box_sensor_px": Box(**stored["box_sensor_px"])})


def _real(value: float | None) -> float | None:
    """The number as SQLite gives it back: a float, and never a minus zero."""
    return None if value is None else float(value) + 0.0


def _crc32(row: Sequence[object]) -> int:
    return zlib.crc32(repr(tuple(row)).encode())


def _to_json(values: Sequence[Reason] | Sequence[Region] | Sequence[ViewRecord]) -> str:
    if not values:  # most parts pass
        return "[]"
    return json.dumps([asdict(value) for value in values], ensure_ascii=False)
