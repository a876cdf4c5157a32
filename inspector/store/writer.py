"""Keeps records: one writer for each store, on the disk before anything is told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from inspector.clock import utc_text
from inspector.errors import StoreCorrupt, StoreError
from inspector.flow import Record, Stage
from inspector.store.connection import (
    BUSY_TIMEOUT_S,
    check_owner,
    check_structure,
    connect,
    converted_errors,
)
from inspector.store.health import HEALTH_COLUMNS, Health, health_to_row
from inspector.store.high_mark import HighMark, Reach
from inspector.store.schema import (
    COLUMNS,
    SCHEMA,
    SCHEMA_VERSION,
    STORE_MS,
    UPGRADES,
    Shift,
    is_as_written,
    to_row,
)

# A picture that changed since it was judged is another part: its new record takes the old one's
# place, in the same transaction. Two records of one picture in one run can't be.
_INSERT = (
    f"INSERT OR REPLACE INTO records ({', '.join(COLUMNS)}, crc32) "  # noqa: S608  (constants)
    f"VALUES ({', '.join('?' * len(COLUMNS))}, ?)"
)
_INSERT_HEALTH = (
    f"INSERT OR REPLACE INTO health ({', '.join(HEALTH_COLUMNS)}) "  # noqa: S608  (constants)
    f"VALUES ({', '.join('?' * len(HEALTH_COLUMNS))})"
)
MAX_ROWS_CHECKED = 100_000  # the newest; under a second. Older ones are checked when they are read
_PRUNE_HEALTH = (
    "DELETE FROM health WHERE at <= (SELECT at FROM health ORDER BY at DESC LIMIT 1 OFFSET ?)"
)
MAX_HEALTH_ROWS = 130_000  # 90 days, 10 MB
PRUNE_EVERY = 1_000  # rows, for which all of them are counted
# How long a commit took is known only after it, and is written by the next one.
_SET_STORE_MS = f"UPDATE records SET {STORE_MS} = ?, crc32 = ? WHERE record_id = ?"  # noqa: S608  (constants)


class RecordWriter:
    """The one who writes into a store; makes it where there is none. For one thread.

    Use as a context manager. Rows are committed with `synchronous=FULL` in a write-ahead log: when
    `append` returns they survive a loss of power. Where the file is moved or removed meanwhile,
    nothing more is taken: SQLite itself would go on writing into a file that nobody finds.

    Args:
        is_checked: The file was opened here a moment ago and nobody else can have written since, so
            that reading it whole once more is spared.
        is_made: Whether a store is made where there is none.
        busy_timeout_s: How long another process may keep it from writing.

    Raises:
        StoreError: The file cannot be made or opened, or is a store of another version.
        StoreCorrupt: It is damaged, or is not a store of ours.
        StoreFull: There is no room.
    """

    def __init__(
        self,
        path: Path,
        *,
        is_checked: bool = False,
        is_made: bool = True,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
    ) -> None:
        self._path = path
        self._mark = HighMark(path)
        self._reach: Reach
        self._n_noted = 0
        self._connection = connect(path, is_made=is_made, busy_timeout_s=busy_timeout_s)
        try:
            with converted_errors(path):
                self._prepare(is_checked)
            self._file = _file_at(path)
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> "RecordWriter":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it."""
        self._mark.close()
        with converted_errors(self._path):
            self._connection.close()

    def append(
        self,
        records: Sequence[Record],
        timed: Sequence[Record] = (),
        begun_to: int | None = None,
    ) -> None:
        """Commit records, all of them or none.

        Args:
            timed: Records of the commit before, which know now how long it took.
            begun_to: The highest number that a part was given.

        Raises:
            StoreFull, StoreCorrupt, StoreError: None of them is stored.
        """
        with self._transaction():
            n_known = self._n_known(records)
            self._insert(records)
            times = [
                (record.stage_ms[Stage.STORE], to_row(record)[-1], record.record_id)
                for record in timed
            ]
            self._connection.executemany(_SET_STORE_MS, times)
            if begun_to is not None:
                self._connection.execute("REPLACE INTO numbers VALUES (1, ?)", (begun_to,))
        self._reach = Reach(
            part_number=self._reach.part_number if begun_to is None else begun_to,
            n_records=self._reach.n_records + len(records) - n_known,
        )
        if self._reach.part_number:  # of a line; a batch does not number its parts
            self._mark.note(self._reach)

    @property
    def begun_to(self) -> int:
        """The highest number that a part of a line was given; 0 before the first."""
        return self._reach.part_number

    def correct(self, records: Sequence[Record]) -> None:
        """Put these in the place of those with the same `record_id`. Raises as `append`."""
        with self._transaction():
            self._insert(records)

    def _n_known(self, records: Sequence[Record]) -> int:
        """How many are there already: of a commit that was reported as failed, and was not."""
        ask = "SELECT EXISTS (SELECT 1 FROM records WHERE record_id = ?)"
        ids = [record.record_id for record in records if record.part_number is not None]
        return sum(self._connection.execute(ask, (one,)).fetchone()[0] for one in ids)

    def _insert(self, records: Sequence[Record]) -> None:
        self._connection.executemany(_INSERT, [to_row(record) for record in records])

    def begin_at(self, shift: Shift) -> None:
        """Let a new store go on counting where another one ended: the first part is the shift's."""
        with self._transaction():
            self._connection.execute("REPLACE INTO numbers VALUES (1, ?)", (shift.first_part - 1,))
            self._insert_shift(shift)
        self._reach = Reach(part_number=shift.first_part - 1, n_records=self._reach.n_records)
        self._mark.note(self._reach)

    def begin_shift(self, shift: Shift) -> None:
        """Note where a shift begins; a second one at the same part takes the first one's place."""
        with self._transaction():
            self._insert_shift(shift)

    def _insert_shift(self, shift: Shift) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO shifts VALUES (?, ?)",
            (shift.first_part, utc_text(shift.started_at)),
        )

    def note_health(self, health: Health) -> None:
        """Note how the line does; now and then all but the newest `MAX_HEALTH_ROWS` go.

        By their number: a clock that is wrong for a moment would make all of them old.
        """
        with self._transaction():
            self._connection.execute(_INSERT_HEALTH, health_to_row(health))
            if self._n_noted % PRUNE_EVERY == 0:
                self._connection.execute(_PRUNE_HEALTH, (MAX_HEALTH_ROWS,))
        self._n_noted += 1

    def set_run(self, values: Mapping[str, str]) -> None:
        """Note what this run is, once."""
        with self._transaction():
            self._connection.executemany("INSERT INTO run VALUES (?, ?)", list(values.items()))

    def set_gone(self, record_ids: Iterable[str]) -> None:
        """Mark these records, and no others, as of pictures that are not in the source any more."""
        with self._transaction():
            self._connection.execute("DELETE FROM gone")
            self._connection.executemany(
                "INSERT INTO gone VALUES (?)", [(record_id,) for record_id in record_ids]
            )

    def _prepare(self, is_checked: bool) -> None:
        run = self._connection.execute
        is_new = run("SELECT COUNT(*) FROM sqlite_master").fetchone()[0] == 0
        version = SCHEMA_VERSION if is_new else check_owner(self._connection, self._path)
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        if is_new:
            self._connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
        elif not is_checked:
            check_structure(self._connection, self._path)
            self._check_rows()
        self._reach = self._checked_reach()
        if version < SCHEMA_VERSION:
            steps = " ".join(UPGRADES[older] for older in range(version, SCHEMA_VERSION))
            # One transaction: a killed upgrade leaves the old store.
            run("BEGIN IMMEDIATE")
            for statement in (
                *steps.split(";"),
                f"PRAGMA user_version = {SCHEMA_VERSION}",
                "COMMIT",
            ):
                run(statement)

    def _check_rows(self) -> None:
        """SQLite has no checksums: a flipped bit is another value to it."""
        newest = self._connection.execute(
            f"SELECT {', '.join(COLUMNS)}, crc32 FROM records "  # noqa: S608  (constants)
            "ORDER BY part_number DESC LIMIT ?",
            (MAX_ROWS_CHECKED,),
        )
        for row in newest:
            if not is_as_written(row):
                raise StoreCorrupt(
                    f"store {str(self._path)!r} is damaged: a record in it is not what was "
                    "written; set the file aside"
                )

    def _checked_reach(self) -> Reach:
        run = self._connection.execute
        begun = run("SELECT begun_to FROM numbers").fetchone()
        n_records = int(run("SELECT COUNT(*) FROM records").fetchone()[0])
        reach = Reach(part_number=int(begun[0]) if begun else 0, n_records=n_records)
        mark = self._mark.read()
        if mark.part_number > reach.part_number or mark.n_records > reach.n_records:
            raise StoreCorrupt(
                f"store {str(self._path)!r} holds {reach.n_records} records and reaches to part "
                f"{reach.part_number}, and {mark.n_records} to part {mark.part_number} were "
                "stored: its log or its last pages are gone, or an older copy was put in its "
                "place; set the file aside"
            )
        return reach

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with converted_errors(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                if _file_at(self._path) != self._file:
                    raise StoreError(
                        f"store {str(self._path)!r} was moved or removed while it was written; put "
                        "it back"
                    )
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _file_at(path: Path) -> tuple[int, int] | None:
    """Which file has this name; None where none has."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
