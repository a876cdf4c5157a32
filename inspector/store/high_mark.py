"""Remembers, outside the database, how much was stored in it: a loss is then noticed.

SQLite's recovery takes a write-ahead log that was truncated, damaged or removed for a shorter one,
and says nothing. The mark is written after each commit, so it is never ahead of a whole store.
"""

import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

SUFFIX = "-high"  # after the name of the store's file


class Reach(NamedTuple):
    """How far a store reaches.

    Attributes:
        part_number: The highest that a part was given.
        n_records: How many records it holds.
    """

    part_number: int
    n_records: int


NOTHING = Reach(part_number=0, n_records=0)


class HighMark:
    """The mark beside one store. For one thread.

    Where it cannot be written it stays behind, which is never wrong.
    """

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(store.name + SUFFIX)
        self._file: int | None = None

    def read(self) -> Reach:
        """The mark; noughts where none is known."""
        try:
            data = self._path.read_bytes()
        except OSError:
            return NOTHING
        numbers = data.split()[:2]
        if len(numbers) < 2 or not all(number.isdigit() for number in numbers):
            return NOTHING
        reach = Reach(*map(int, numbers))
        return reach if data == _line(reach) else NOTHING

    def note(self, reach: Reach) -> None:
        """A commit that reaches so far is on the disk."""
        with suppress(OSError):
            if self._file is None:
                flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
                self._file = os.open(self._path, flags, 0o666)
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, _line(reach))

    def close(self) -> None:
        """Let go of the file. Closing twice is allowed."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                os.close(file)


def _line(reach: Reach) -> bytes:
    """Always of one length, 51 bytes: one write, within one sector."""
    digits = b"%020d %020d" % reach
    return b"%s %08x\n" % (digits, zlib.crc32(digits))
