"""Reads the directories of a TIFF or BigTIFF: tags, each of whose values lie in the file."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.capture.files.file_faults import broken, truncated

MAX_DIRECTORIES = 64  # previews; a second full page is refused before
MAX_TAGS = 4_096  # in one directory; cameras write about 20

_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
               16: 8, 17: 8, 18: 8}  # fmt: skip
_ASCII = 2
_TYPE_DTYPE = {1: "u1", 3: "u2", 4: "u4", 13: "u4", 16: "u8", 18: "u8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tag:
    kind: int
    count: int
    at: int  # of its values, in bytes from the start of the file


class Directory:
    """One directory of a file.

    Attributes:
        order: "<" or ">", the byte order of the whole file, also of its pixels.
    """

    def __init__(self, data: bytes, order: str, tags: dict[int, _Tag]) -> None:
        self._data, self.order, self._tags = data, order, tags

    def __contains__(self, tag: int) -> bool:
        return tag in self._tags

    def values(self, tag: int) -> NDArray[np.uint64]:
        """The whole numbers of a tag, none if it is absent or holds something else."""
        entry = self._tags.get(tag)
        dtype = _TYPE_DTYPE.get(entry.kind) if entry else None
        if entry is None or dtype is None:
            return np.empty(0, np.uint64)
        raw = np.frombuffer(self._data, self.order + dtype, entry.count, entry.at)
        return raw.astype(np.uint64)

    def text(self, tag: int) -> str:
        """A tag of ASCII text; empty if it is absent or of another kind."""
        entry = self._tags.get(tag)
        if entry is None or entry.kind != _ASCII:
            return ""
        return self._data[entry.at : entry.at + entry.count].decode("ascii", "replace")

    def value(self, tag: int, default: int) -> int:
        """The first number of a tag; the default where it is absent.

        Raises:
            IndexError: It holds no number that such a tag may hold.
        """
        entry = self._tags.get(tag)
        if entry is None:
            return default
        dtype = _TYPE_DTYPE.get(entry.kind)
        if dtype is None or entry.count == 0:
            raise IndexError(f"tag {tag} holds no number")
        return int(np.frombuffer(self._data, self.order + dtype, 1, entry.at)[0])


def read_directories(data: bytes, name: str) -> Iterator[Directory]:
    """Every directory of the file, in order.

    Args:
        data: The file, which begins with one of the four signatures.
        name: For the error's text.

    Raises:
        CorruptFrame: A directory lies outside the file, or they form a loop.
        struct.error: The file ends inside a header.
    """
    order = "<" if data[:2] == b"II" else ">"
    is_big = data[2:4] in (b"+\0", b"\0+")
    if is_big:
        offset_bytes, zero, at = struct.unpack_from(order + "HHQ", data, 4)
        if (offset_bytes, zero) != (8, 0):
            raise broken(name, "the BigTIFF has an unknown header")
    else:
        (at,) = struct.unpack_from(order + "I", data, 4)
    seen: set[int] = set()
    while at:
        if at in seen or len(seen) >= MAX_DIRECTORIES:
            raise broken(name, "the TIFF's directories form a loop")
        seen.add(at)
        if at >= len(data):
            raise truncated(name, "the TIFF ends before its directory")
        tags, at = _read_tags(data, order, is_big=is_big, at=at, name=name)
        yield Directory(data, order, tags)


def _read_tags(
    data: bytes, order: str, *, is_big: bool, at: int, name: str
) -> tuple[dict[int, _Tag], int]:
    """The tags of the directory at this place, and the place of the next one."""
    head, entry, link, inline = ("Q", "HHQ", "Q", 8) if is_big else ("H", "HHI", "I", 4)
    (count,) = struct.unpack_from(order + head, data, at)
    if count > MAX_TAGS:
        raise broken(name, f"the TIFF says it has {count:,} tags")
    at += struct.calcsize(order + head)
    tags: dict[int, _Tag] = {}
    for _ in range(count):
        tag, kind, n_values = struct.unpack_from(order + entry, data, at)
        values_at = at + struct.calcsize(order + entry)
        at = values_at + inline
        if kind not in _TYPE_BYTES:
            raise broken(name, f"the TIFF's tag {tag} is of an unknown type")
        n_bytes = n_values * _TYPE_BYTES[kind]
        if n_bytes > inline:
            (values_at,) = struct.unpack_from(order + link, data, values_at)
        if values_at + n_bytes > len(data):
            raise truncated(name, f"the TIFF ends before the values of its tag {tag}")
        tags.setdefault(tag, _Tag(kind=kind, count=n_values, at=values_at))
    (following,) = struct.unpack_from(order + link, data, at)
    return tags, following
