"""Reads what a store keeps: any number of readers, each for one thread, none of which can write."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from inspector.errors import StoreCorrupt
from inspector.flow import Decision, Record, Stage
from inspector.store.connection import (
    check_owner,
    check_structure,
    connect_read_only,
    converted_errors,
)
from inspector.store.health import HEALTH_COLUMNS, Health, health_from_row
from inspector.store.schema import COLUMNS, SCHEMA_VERSION, STAND_INS, Shift, from_row

_SELECT = f"SELECT {', '.join(COLUMNS)}, crc32 FROM records"  # noqa: S608  (constants only)
_IMAGE = COLUMNS.index("image")
_IS_THERE = "record_id NOT IN (SELECT record_id FROM gone)"


class JudgedPicture(NamedTuple):
    """A picture as it was when it was judged.

    Attributes:
        captured_at: As text.
        sha256: Of its file's bytes; empty where it had no file of its own.
    """

    captured_at: str | None
    sha256: str


class RecordReader:
    """Looks at a store, also while its writer is at work. Cheap to open. For one thread.

    Use as a context manager. Every record is checked against its checksum when it is read.

    Raises:
        StoreError: The file cannot be read, or is a store of another version.
        StoreCorrupt: It is damaged, or is not a store of ours. Every reading may raise it too.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = connect_read_only(path)
        try:
            with converted_errors(path):
                version = check_owner(self._connection, path)
                for older in range(version, SCHEMA_VERSION):
                    self._connection.executescript(STAND_INS[older])
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> "RecordReader":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        with converted_errors(self._path):
            self._connection.close()

    def run(self) -> dict[str, str]:
        """What the writer's `set_run` noted; empty for a new store."""
        with converted_errors(self._path):
            return dict(self._connection.execute("SELECT key, value FROM run").fetchall())

    def is_of_a_line(self) -> bool:
        """Whether these are parts of a line, and not pictures of a batch."""
        with converted_errors(self._path):
            row = self._connection.execute("SELECT EXISTS (SELECT 1 FROM shifts)").fetchone()
        return bool(row[0])

    def check_whole(self) -> None:
        """Read the whole file and check its structure; 0.4 s for 100,000 records.

        Raises:
            StoreCorrupt: It is damaged.
        """
        with converted_errors(self._path):
            check_structure(self._connection, self._path)

    def judged(self) -> dict[str, JudgedPicture]:
        """What is known of the picture of each judged record, by `record_id`; no ERROR is there."""
        with converted_errors(self._path):
            rows = self._connection.execute(
                "SELECT record_id, captured_at, image_sha256 FROM records WHERE decision != 'ERROR'"
            )
            return {record_id: JudgedPicture(*known) for record_id, *known in rows}

    def records(self, *, has_gone: bool = False) -> Iterator[Record]:
        """All records by part number or by their pictures' names, one at a time.

        Args:
            has_gone: Also those of pictures that are not in the source any more.
        """
        # The plus keeps SQLite off its index: a damaged one would give fewer rows without a word,
        # and rows have a checksum.
        condition = "1" if has_gone else _IS_THERE
        yield from self._select(f"WHERE {condition} ORDER BY +part_number, image, record_id", ())

    def record_ids(self) -> set[str]:
        """Of every record, those of pictures that are gone too."""
        with converted_errors(self._path):
            return {row[0] for row in self._connection.execute("SELECT record_id FROM records")}

    def gone(self, limit: int) -> list[Record]:
        """The first records, by name, of pictures that are not in the source any more."""
        return list(self._select(f"WHERE NOT {_IS_THERE} ORDER BY image LIMIT ?", (limit,)))

    def n_gone(self) -> int:
        """How many records are of pictures that are not in the source any more."""
        with converted_errors(self._path):
            row = self._connection.execute(
                f"SELECT COUNT(*) FROM records WHERE NOT {_IS_THERE}"  # noqa: S608  (constant)
            ).fetchone()
        return int(row[0])

    def newest(self, limit: int) -> list[Record]:
        """The last parts of a line, oldest first."""
        clause = "WHERE part_number IS NOT NULL ORDER BY part_number DESC LIMIT ?"
        return list(self._select(clause, (limit,)))[::-1]

    def parts_from(self, first_part: int) -> Iterator[Record]:
        """The parts of a line from this number on, one at a time, in the order of their numbers."""
        yield from self._select("WHERE part_number >= ? ORDER BY part_number", (first_part,))

    def next_part(self) -> int:
        """The number for the next part of a line, from 1; one that was given is not given again."""
        with converted_errors(self._path):
            row = self._connection.execute(
                "SELECT MAX(COALESCE((SELECT MAX(part_number) + 1 FROM records), 1), "
                "COALESCE((SELECT begun_to + 1 FROM numbers), 1), "
                "COALESCE((SELECT MAX(first_part) FROM shifts), 1))"
            ).fetchone()
        return int(row[0])

    def unfinished(self) -> list[int]:
        """Numbers of parts that were begun and have no result, ascending: the program was killed.

        Only the last thousand numbers are looked at; more can't be on their way at once.
        """
        with converted_errors(self._path):
            row = self._connection.execute("SELECT begun_to FROM numbers").fetchone()
            if row is None:
                return []
            known = self._connection.execute(
                "SELECT part_number FROM records WHERE part_number > ?", (row[0] - 1_000,)
            )
            numbers = {number for (number,) in known}
            first = self._connection.execute("SELECT MIN(first_part) FROM shifts").fetchone()[0]
        low = max(first or 1, row[0] - 999)
        return [number for number in range(low, row[0] + 1) if number not in numbers]

    def health(self, limit: int) -> list[Health]:
        """The last minutes of the line itself, oldest first."""
        columns = ", ".join(HEALTH_COLUMNS)
        with converted_errors(self._path):
            rows = self._connection.execute(
                f"SELECT {columns} FROM health ORDER BY at DESC LIMIT ?",  # noqa: S608  (constants)
                (limit,),
            ).fetchall()
        return [health_from_row(row) for row in rows[::-1]]

    def last_shift(self) -> Shift | None:
        """The shift that began last; None before the first."""
        with converted_errors(self._path):
            row = self._connection.execute(
                "SELECT first_part, started_at FROM shifts ORDER BY first_part DESC LIMIT 1"
            ).fetchone()
        return (
            None
            if row is None
            else Shift(first_part=row[0], started_at=datetime.fromisoformat(row[1]))
        )

    def worst(self, decision: Decision, limit: int) -> list[Record]:
        """The records of one decision with the highest scores, highest first."""
        order = f"WHERE decision = ? AND {_IS_THERE} ORDER BY score DESC, image LIMIT ?"
        return list(self._select(order, (decision.value, limit)))

    def decisions(self, first_part: int | None = None) -> dict[Decision, int]:
        """How many records there are of each decision; every decision is present.

        Args:
            first_part: Count from this part of a line on; None: count every record.
        """
        since, values = _since(first_part)
        with converted_errors(self._path):
            rows = self._connection.execute(
                f"SELECT decision, COUNT(*) FROM records WHERE {since} GROUP BY 1",  # noqa: S608
                values,
            )
            counted = dict(rows.fetchall())
        return {decision: counted.get(decision.value, 0) for decision in Decision}

    def scores(self) -> list[float]:
        """Every score, ascending."""
        with converted_errors(self._path):
            rows = self._connection.execute(
                "SELECT score FROM records "  # noqa: S608  (constants)
                f"WHERE score IS NOT NULL AND {_IS_THERE} ORDER BY score"
            )
            return [row[0] for row in rows]

    def decided_scores(self) -> list[tuple[float, Decision]]:
        """Every score with the decision it led to, ascending by score."""
        with converted_errors(self._path):
            rows = self._connection.execute(
                "SELECT score, decision FROM records "  # noqa: S608  (constants)
                f"WHERE score IS NOT NULL AND {_IS_THERE} ORDER BY 1, 2"
            )
            return [(score, Decision(decision)) for score, decision in rows]

    def stage_times_ms(self, stage: Stage, first_part: int | None = None) -> list[float]:
        """Every time of one stage, ms, ascending.

        Args:
            first_part: As for `decisions`.
        """
        since, values = _since(first_part)
        with converted_errors(self._path):
            rows = self._connection.execute(
                f"SELECT {stage}_ms FROM records "  # noqa: S608  (constants of ours)
                f"WHERE {stage}_ms IS NOT NULL AND {since} ORDER BY 1",
                values,
            )
            return [row[0] for row in rows]

    def _select(self, clause: str, values: tuple[object, ...]) -> Iterator[Record]:
        with converted_errors(self._path):
            for row in self._connection.execute(f"{_SELECT} {clause}", values):
                record = from_row(row)
                if record is None:
                    raise StoreCorrupt(
                        f"store {str(self._path)!r} is damaged: the record of {row[_IMAGE]!r} is "
                        "not what was written; set the file aside"
                    )
                yield record


def _since(first_part: int | None) -> tuple[str, tuple[int, ...]]:
    return (_IS_THERE, ()) if first_part is None else ("part_number >= ?", (first_part,))
