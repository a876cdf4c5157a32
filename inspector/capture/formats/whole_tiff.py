"""Walks the directories of a TIFF or BigTIFF and checks that all they point at is there, whole."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.capture.files.file_faults import broken, cut, not_read
from inspector.capture.formats.tiff_pieces import READ, UNCOMPRESSED, unpacked_size
from inspector.opencv import MAX_IMAGE_PX

MAX_DIRECTORIES = 64  # previews; a second full page is refused before
MAX_TAGS = 4_096  # in one directory; cameras write about 20
MAX_PIECES = 1_000_000  # strips or tiles; one strip per row of the tallest picture is 65,500

_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
               16: 8, 17: 8, 18: 8}  # fmt: skip
_TYPE_DTYPE = {1: "u1", 3: "u2", 4: "u4", 13: "u4", 16: "u8", 18: "u8"}

_NEW_SUBFILE, _SUBFILE, _WIDTH, _LENGTH, _BITS, _COMPRESSION, _PHOTOMETRIC = (
    254, 255, 256, 257, 258, 259, 262,
)  # fmt: skip
_STRIP_OFFSETS, _ORIENTATION, _SAMPLES, _ROWS_PER_STRIP, _STRIP_COUNTS, _PLANAR = (
    273, 274, 277, 278, 279, 284,
)  # fmt: skip
_TILE_WIDTH, _TILE_LENGTH, _TILE_OFFSETS, _TILE_COUNTS, _EXTRA, _SAMPLE_FORMAT = (
    322, 323, 324, 325, 338, 339,
)  # fmt: skip

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE = 0, 1, 2, 3
_KINDS_READ = frozenset(  # photometric interpretation, samples per pixel, bits per sample
    {
        (_WHITE_IS_ZERO, 1, 1), (_WHITE_IS_ZERO, 1, 8),
        (_BLACK_IS_ZERO, 1, 1), (_BLACK_IS_ZERO, 1, 8), (_BLACK_IS_ZERO, 1, 16),
        (_BLACK_IS_ZERO, 2, 8), (_BLACK_IS_ZERO, 2, 16),
        (_RGB, 3, 8), (_RGB, 3, 16), (_RGB, 4, 8), (_RGB, 4, 16),
        (_PALETTE, 1, 8),
    }
)  # fmt: skip
_UNASSOCIATED_ALPHA, _ASSOCIATED_ALPHA = 2, 1
_UPRIGHT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TiffLayout:
    """What the directories of a TIFF say.

    Attributes:
        decodable: The bytes for the decoder. OpenCV turns a TIFF by its orientation and multiplies
            it by its alpha, whatever it is asked; so those two tags are made harmless.
    """

    width_px: int
    height_px: int
    is_mono: bool
    decodable: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tag:
    kind: int
    count: int
    at: int  # of its values, in bytes from the start of the file


class _Directory:
    """One directory: its tags, each known to lie in the file."""

    def __init__(self, data: bytes, order: str, tags: dict[int, _Tag]) -> None:
        self._data, self._order, self.tags = data, order, tags

    def values(self, tag: int) -> NDArray[np.uint64]:
        """The whole numbers of a tag, none if it is absent or holds something else."""
        entry = self.tags.get(tag)
        dtype = _TYPE_DTYPE.get(entry.kind) if entry else None
        if entry is None or dtype is None:
            return np.empty(0, np.uint64)
        raw = np.frombuffer(self._data, self._order + dtype, entry.count, entry.at)
        return raw.astype(np.uint64)

    def value(self, tag: int, default: int) -> int:
        """The first number of a tag."""
        entry = self.tags.get(tag)
        dtype = _TYPE_DTYPE.get(entry.kind) if entry else None
        if entry is None or dtype is None or entry.count == 0:
            return default
        return int(np.frombuffer(self._data, self._order + dtype, 1, entry.at)[0])


def walk_tiff(data: bytes, name: str) -> TiffLayout:
    """Check a TIFF's directories, the places of its pixels, and that none of them is missing.

    Args:
        data: The file, which begins with one of the four signatures.
        name: For the error's text.

    Raises:
        CorruptFrame: It is cut, broken, of a kind that is not read, or has a second full page.
        struct.error: It ends inside a header.
    """
    order = "<" if data[:2] == b"II" else ">"
    first: _Directory | None = None
    width_px = height_px = 0
    for directory in _directories(data, order, name):
        wide, high = directory.value(_WIDTH, 0), directory.value(_LENGTH, 0)
        is_preview = directory.value(_NEW_SUBFILE, 0) & 1 or directory.value(_SUBFILE, 1) == 2
        if first is None:
            if is_preview or wide == 0 or high == 0:
                raise not_read(name, "a TIFF that does not begin with its picture", "save it anew")
            first, width_px, height_px = directory, wide, high
        elif not is_preview or wide * high >= width_px * height_px:
            raise not_read(name, "a TIFF of more than one page", "save one picture per file")
    if first is None:
        raise broken(name, "the TIFF has no picture in it")
    is_mono = _check_kind(first, name)
    if width_px * height_px <= MAX_IMAGE_PX:  # else it is refused for its size, unread
        _check_pieces(first, data, width_px, height_px, name)
    return TiffLayout(
        width_px=width_px,
        height_px=height_px,
        is_mono=is_mono,
        decodable=_as_stored(data, order, first),
    )


def _directories(data: bytes, order: str, name: str) -> Iterator[_Directory]:
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
            raise cut(name, "the TIFF ends before its directory")
        tags, at = _read_tags(data, order, is_big=is_big, at=at, name=name)
        yield _Directory(data, order, tags)


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
            raise cut(name, f"the TIFF ends before the values of its tag {tag}")
        tags.setdefault(tag, _Tag(kind=kind, count=n_values, at=values_at))
    (following,) = struct.unpack_from(order + link, data, at)
    return tags, following


def _check_kind(directory: _Directory, name: str) -> bool:
    """Raise unless the pixels are of a kind that is read; whether they are mono."""
    if (compression := directory.value(_COMPRESSION, UNCOMPRESSED)) not in READ:
        raise not_read(
            name,
            f"a TIFF of compression {compression}",
            "save it uncompressed, or with LZW, deflate or PackBits",
        )
    formats = set(directory.values(_SAMPLE_FORMAT).tolist()) or {1}
    bits = set(directory.values(_BITS).tolist()) or {1}
    samples, photometric = directory.value(_SAMPLES, 1), directory.value(_PHOTOMETRIC, -1)
    is_read = len(bits) == 1 and (photometric, samples, *bits) in _KINDS_READ
    if formats != {1} or not is_read:
        raise not_read(
            name,
            f"a TIFF of {samples} samples of {sorted(bits)} bits, sample format {sorted(formats)}, "
            f"photometric {photometric}",
            "save it as whole numbers of 8 or 16 bits, mono or RGB",
        )
    return photometric in (_WHITE_IS_ZERO, _BLACK_IS_ZERO)


def _check_pieces(
    directory: _Directory, data: bytes, width_px: int, height_px: int, name: str
) -> None:
    """Raise unless there are as many strips or tiles as the size asks for, each of them whole."""
    planes = directory.value(_SAMPLES, 1) if directory.value(_PLANAR, 1) == 2 else 1
    is_tiled = _TILE_OFFSETS in directory.tags
    if is_tiled:
        wide, high = directory.value(_TILE_WIDTH, 0), directory.value(_TILE_LENGTH, 0)
        offsets, counts = directory.values(_TILE_OFFSETS), directory.values(_TILE_COUNTS)
    else:
        wide, high = width_px, min(directory.value(_ROWS_PER_STRIP, height_px), height_px)
        offsets, counts = directory.values(_STRIP_OFFSETS), directory.values(_STRIP_COUNTS)
    if wide == 0 or high == 0:
        raise broken(name, "the TIFF has strips or tiles of no size")
    expected = -(-width_px // wide) * -(-height_px // high) * planes
    if expected > MAX_PIECES:
        raise not_read(name, f"a TIFF of {expected:,} strips or tiles", "save it with fewer")
    if len(offsets) != expected or len(counts) != expected:
        raise broken(
            name,
            f"the TIFF has {len(offsets):,} strips or tiles and {len(counts):,} lengths of them "
            f"where its size asks for {expected:,}",
        )
    ends = offsets + counts  # a sum that wraps is smaller than its parts
    if (ends > len(data)).any() or (ends < offsets).any():
        raise cut(name, "the TIFF ends before its pixels do")
    if (counts == 0).any() or (offsets == 0).any():
        raise broken(name, "the TIFF has strips or tiles that were never written")
    bits_per_px = directory.value(_BITS, 1) * directory.value(_SAMPLES, 1) // planes
    row_bytes = -(-wide * bits_per_px // 8)
    strips = -(-height_px // high)
    compression = directory.value(_COMPRESSION, UNCOMPRESSED)
    for number, (offset, count) in enumerate(zip(offsets.tolist(), counts.tolist(), strict=True)):
        above = (number % strips) * high
        needed = row_bytes * (high if is_tiled else min(high, height_px - above))
        if compression == UNCOMPRESSED:
            given = count
        else:
            try:
                given = unpacked_size(compression, data[offset : offset + count], row_bytes * high)
            except ValueError as error:
                raise broken(name, f"the TIFF's strip or tile {number}: {error}") from error
            if given > row_bytes * high:
                raise broken(name, f"the TIFF's strip or tile {number} gives more than its pixels")
        if given < needed:
            raise cut(
                name,
                f"the TIFF's strip or tile {number} holds {given:,} of its {needed:,} bytes",
            )


def _as_stored(data: bytes, order: str, directory: _Directory) -> bytes:
    places = []
    if directory.value(_ORIENTATION, _UPRIGHT) != _UPRIGHT:
        places.append((directory.tags[_ORIENTATION], _UPRIGHT))
    if directory.value(_EXTRA, 0) == _UNASSOCIATED_ALPHA:
        places.append((directory.tags[_EXTRA], _ASSOCIATED_ALPHA))
    if not places:
        return data
    patched = bytearray(data)
    for tag, value in places:
        n_bytes = _TYPE_BYTES[tag.kind]
        patched[tag.at : tag.at + n_bytes] = value.to_bytes(
            n_bytes, "little" if order == "<" else "big"
        )
    return bytes(patched)
