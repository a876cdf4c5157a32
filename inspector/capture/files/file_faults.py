"""The words for a picture file that is refused: what is wrong, in which file, and what to do."""

import os

from inspector.errors import CorruptFrame

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}


def readable(name: str) -> str:
    """A file's name for people and records: one line of text that can always be encoded.

    Bytes that are not UTF-8 and control characters are written as hexadecimal escapes, and a
    backslash of the name itself as two: so no two names are spelled alike.
    """
    raw = os.fsencode(name)
    if os.sep != "\\":  # where it separates folders, it is in no name
        raw = raw.replace(b"\\", b"\\\\")
    return raw.decode("utf-8", "backslashreplace").translate(_CONTROLS)


def truncated(name: str, what: str) -> CorruptFrame:
    """The file is shorter than it says it is."""
    return CorruptFrame(f"{name}: {what}: the file is truncated; copy it again")


def broken(name: str, what: str) -> CorruptFrame:
    """The file contradicts itself."""
    return CorruptFrame(f"{name}: {what}: the file is damaged; copy it again, or save it anew")


def not_read(name: str, what: str, instead: str) -> CorruptFrame:
    """The file may be whole, but is of a kind whose pixels cannot be vouched for."""
    return CorruptFrame(f"{name}: {what} is not read; {instead}")
