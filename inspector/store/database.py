"""The store of records: one SQLite file, one writer, on the disk before anything is told."""

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from inspector.clock import utc_text
from inspector.errors import StoreCorrupt, StoreError, StoreFull
from inspector.flow import Decision, Reason, Record, Region, StoredImage, Verdict
from inspector.geometry import Box

SCHEMA_VERSION = 1
APPLICATION_ID = 0x494E5350  # "INSP": tells our store from any other SQLite file
BUSY_TIMEOUT_S = 5.0  # a reader's checkpoint is over in milliseconds; longer means a stuck process
STAGES = ("decode", "preprocess", "infer", "judge", "total")

_SCHEMA = f"""
CREATE TABLE run (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE records (
    record_id TEXT PRIMARY KEY,
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
    {" ".join(f"{stage}_ms REAL," for stage in STAGES)}
    bundle_id TEXT NOT NULL,
    recipe_id TEXT NOT NULL,
    crc32 INTEGER NOT NULL
) STRICT;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
"""
_COLUMNS = (
    "record_id", "source_id", "frame_id", "part_id", "image", "image_sha256", "captured_at",
    "judged_at", "decision", "score", "threshold", "label", "reasons", "regions",
    *(f"{stage}_ms" for stage in STAGES), "bundle_id", "recipe_id",
)  # fmt: skip
# A picture that changed since it was judged is another part: its new record takes the old one's
# place, in the same transaction. Two records of one picture in one run can't be.
_INSERT = (
    f"INSERT OR REPLACE INTO records ({', '.join(_COLUMNS)}, crc32) "  # noqa: S608  (constants)
    f"VALUES ({', '.join('?' * len(_COLUMNS))}, ?)"
)
_SELECT = f"SELECT {', '.join(_COLUMNS)}, crc32 FROM records"  # noqa: S608  (constants only)


class JudgedPicture(NamedTuple):
    """A picture as it was when it was judged.

    Attributes:
        captured_at: As text.
        sha256: Of its file's bytes; empty where it had no file of its own.
    """

    captured_at: str | None
    sha256: str


class RecordStore:
    """One file of records. Opened, used and closed by one thread.

    Use as a context manager. Rows are committed with `synchronous=FULL` in a write-ahead log: when
    `append` returns they survive a loss of power.

    Raises:
        StoreError: The file cannot be made or opened, or is a store of another version.
        StoreCorrupt: It is damaged, or is no store of ours.
        StoreFull: There is no room.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._converted_errors():
            self._connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            with self._converted_errors():
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> "RecordStore":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it."""
        with self._converted_errors():
            self._connection.close()

    def append(self, records: Sequence[Record]) -> None:
        """Commit records, all of them or none.

        Raises:
            StoreFull, StoreCorrupt, StoreError: None of them is stored.
        """
        with self._transaction():
            rows = [_to_row(record) for record in records]
            self._connection.executemany(_INSERT, [(*row, _crc32(row)) for row in rows])

    def set_run(self, values: Mapping[str, str]) -> None:
        """Note what this run is, once."""
        with self._transaction():
            self._connection.executemany("INSERT INTO run VALUES (?, ?)", list(values.items()))

    def run(self) -> dict[str, str]:
        """What `set_run` noted; empty for a new store."""
        with self._converted_errors():
            return dict(self._connection.execute("SELECT key, value FROM run").fetchall())

    def judged(self) -> dict[str, JudgedPicture]:
        """What is known of the picture of each judged record, by `record_id`; no ERROR is there."""
        with self._converted_errors():
            rows = self._connection.execute(
                "SELECT record_id, captured_at, image_sha256 FROM records WHERE decision != 'ERROR'"
            )
            return {record_id: JudgedPicture(*known) for record_id, *known in rows}

    def records(self) -> Iterator[Record]:
        """All records in the order of their pictures' names, one at a time."""
        yield from self._select("ORDER BY image, record_id", ())

    def worst(self, decision: Decision, limit: int) -> list[Record]:
        """The records of one decision with the highest scores, highest first."""
        order = "WHERE decision = ? ORDER BY score DESC, image LIMIT ?"
        return list(self._select(order, (decision.value, limit)))

    def decisions(self) -> dict[Decision, int]:
        """How many records there are of each decision; every decision is present."""
        with self._converted_errors():
            rows = self._connection.execute("SELECT decision, COUNT(*) FROM records GROUP BY 1")
            counted = dict(rows.fetchall())
        return {decision: counted.get(decision.value, 0) for decision in Decision}

    def scores(self) -> list[float]:
        """Every score, ascending."""
        with self._converted_errors():
            rows = self._connection.execute(
                "SELECT score FROM records WHERE score IS NOT NULL ORDER BY score"
            )
            return [row[0] for row in rows]

    def decided_scores(self) -> list[tuple[float, Decision]]:
        """Every score with the decision it led to, ascending by score."""
        with self._converted_errors():
            rows = self._connection.execute(
                "SELECT score, decision FROM records WHERE score IS NOT NULL ORDER BY 1, 2"
            )
            return [(score, Decision(decision)) for score, decision in rows]

    def stage_times_ms(self, stage: str) -> list[float]:
        """Every time of one of `STAGES`, ms, ascending."""
        if stage not in STAGES:
            raise ValueError(f"stage {stage!r}; known: {STAGES}")
        with self._converted_errors():
            rows = self._connection.execute(
                f"SELECT {stage}_ms FROM records "  # noqa: S608  (checked just above)
                f"WHERE {stage}_ms IS NOT NULL ORDER BY 1"
            )
            return [row[0] for row in rows]

    def _prepare(self) -> None:
        run = self._connection.execute
        tables = run("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
        if tables == 0:
            run("PRAGMA journal_mode = WAL")
            run("PRAGMA synchronous = FULL")
            self._connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
            return
        if run("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise StoreCorrupt(f"{str(self._path)!r} is no store of this program")
        version = run("PRAGMA user_version").fetchone()[0]
        if version != SCHEMA_VERSION:
            raise StoreError(
                f"{str(self._path)!r} has schema version {version}; this program reads "
                f"{SCHEMA_VERSION}"
            )
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        state = run("PRAGMA integrity_check(1)").fetchone()[0]  # 0.4 s for 100,000 records
        if state != "ok":
            raise StoreCorrupt(f"{str(self._path)!r} is damaged: {state}; set the file aside")

    def _select(self, clause: str, values: tuple[object, ...]) -> Iterator[Record]:
        with self._converted_errors():
            for *row, crc32 in self._connection.execute(f"{_SELECT} {clause}", values):
                if _crc32(row) != crc32:  # SQLite has no checksums: a flipped bit is a new value
                    raise StoreCorrupt(
                        f"store {str(self._path)!r} is damaged: the record of {row[4]!r} is not "
                        "what was written; set the file aside"
                    )
                yield _from_row(dict(zip(_COLUMNS, row, strict=True)))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._converted_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _converted_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:
            code = getattr(error, "sqlite_errorcode", None) or 0
            where = f"store {str(self._path)!r}"
            if isinstance(error, UnicodeDecodeError) or "decode to UTF-8" in str(error):
                raise StoreCorrupt(f"{where} is damaged: {error}; set the file aside") from error
            if code & 0xFF == sqlite3.SQLITE_FULL:
                raise StoreFull(f"{where}: the disk is full; free some space and resume") from error
            if code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise StoreCorrupt(f"{where} is damaged: {error}; set the file aside") from error
            raise StoreError(f"{where}: {error}; check the folder and its disk") from error


def _to_row(record: Record) -> tuple[object, ...]:
    verdict = record.verdict
    return (
        record.record_id,
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
        *(_real(record.stage_ms.get(stage)) for stage in STAGES),
        record.bundle_id,
        verdict.recipe_id,
    )


def _real(value: float | None) -> float | None:
    """The number as SQLite gives it back: a float, and never a minus zero."""
    return None if value is None else float(value) + 0.0


def _crc32(row: Sequence[object]) -> int:
    return zlib.crc32(repr(tuple(row)).encode())


def _to_json(values: Sequence[Reason] | Sequence[Region]) -> str:
    if not values:  # most parts pass
        return "[]"
    return json.dumps([asdict(value) for value in values], ensure_ascii=False)


def _from_row(row: Mapping[str, Any]) -> Record:
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
        stage_ms={stage: row[f"{stage}_ms"] for stage in STAGES if row[f"{stage}_ms"] is not None},
    )


def _region(stored: Mapping[str, Any]) -> Region:
    return Region(**{**stored, "box_sensor_px": Box(**stored["box_sensor_px"])})
