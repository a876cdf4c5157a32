"""Remembers, outside the database, up to which part results were stored: a loss is then noticed.

SQLite's recovery takes a write-ahead log that was truncated, damaged or removed for a shorter one,
and says nothing. The mark is written after each commit, so it is never ahead of a whole store.
"""

import os
import zlib
from contextlib import suppress
from pathlib import Path

SUFFIX = "-high"  # after the name of the store's file
_LENGTH = 30  # 20 digits, a blank, a checksum of 8, a line's end: one write, within one sector


class HighMark:
    """The mark beside one store. For one thread.

    Where it cannot be written it stays behind, which is never wrong.
    """

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(store.name + SUFFIX)
        self._file: int | None = None

    def read(self) -> int:
        """The highest part number of a stored commit; 0 where none is known."""
        try:
            data = self._path.read_bytes()
        except OSError:
            return 0
        digits = data[:20]
        return int(digits) if data == _line(digits) and digits.isdigit() else 0

    def note(self, part_number: int) -> None:
        """A commit that reaches up to this part is on the disk."""
        with suppress(OSError):
            if self._file is None:
                flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
                self._file = os.open(self._path, flags, 0o666)
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, _line(b"%020d" % part_number))

    def close(self) -> None:
        """Let go of the file. Closing twice is allowed."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _line(digits: bytes) -> bytes:
    return b"%s %08x\n" % (digits, zlib.crc32(digits))
