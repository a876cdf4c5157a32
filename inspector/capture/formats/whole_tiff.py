"""Checks that a TIFF's directories make one picture, and that all of its pixels are there."""

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.capture.files.file_faults import broken, not_read, truncated
from inspector.capture.formats.tiff_directory import Directory, read_directories
from inspector.capture.formats.tiff_pieces import PREDICTED, READ, UNCOMPRESSED, unpacked_size
from inspector.opencv import MAX_IMAGE_PX

MAX_PIECES = 1_000_000  # strips or tiles; one strip per row of the tallest picture is 65,500

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE = 0, 1, 2, 3
HORIZONTAL_DIFFERENCES = 2

_NEW_SUBFILE, _SUBFILE, _WIDTH, _LENGTH, _BITS, _COMPRESSION, _PHOTOMETRIC = (
    254, 255, 256, 257, 258, 259, 262,
)  # fmt: skip
_DESCRIPTION, _IMAGE_DEPTH = 270, 32997
_FILL_ORDER, _STRIP_OFFSETS, _SAMPLES, _ROWS_PER_STRIP, _STRIP_COUNTS, _MAX_SAMPLE, _PLANAR = (
    266, 273, 277, 278, 279, 281, 284,
)  # fmt: skip
_PREDICTOR, _COLOR_MAP, _TILE_WIDTH, _TILE_LENGTH, _TILE_OFFSETS, _TILE_COUNTS, _SAMPLE_FORMAT = (
    317, 320, 322, 323, 324, 325, 339,
)  # fmt: skip

_KINDS_READ = frozenset(  # photometric interpretation, samples per pixel, bits per sample
    {
        (WHITE_IS_ZERO, 1, 1), (WHITE_IS_ZERO, 1, 8),
        (BLACK_IS_ZERO, 1, 1), (BLACK_IS_ZERO, 1, 8), (BLACK_IS_ZERO, 1, 16),
        (BLACK_IS_ZERO, 2, 8), (BLACK_IS_ZERO, 2, 16),
        (RGB, 3, 8), (RGB, 3, 16), (RGB, 4, 8), (RGB, 4, 16),
        (PALETTE, 1, 8),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # arrays have no single truth value
class TiffLayout:
    """How a TIFF that was found whole stores its one picture.

    Attributes:
        order: "<" or ">", the byte order of 16-bit samples.
        photometric: One of the four constants above.
        n_samples: Per pixel: one or three of light, and perhaps one of alpha.
        n_planes: 1 where the samples of a pixel lie side by side, else `n_samples`.
        bits: Of each sample: 1, 8 or 16.
        compression, predictor: As in the file.
        is_tiled: Whether the pieces are tiles, else strips.
        piece_width_px, piece_height_px: Of a tile, or of every strip but the last.
        offsets, counts: Of each piece, in bytes; plane by plane, then row by row.
        color_map: uint16, (3, 256) red, green, blue; of a palette, else empty.
        max_sample: Full light, where the file says so.
    """

    width_px: int
    height_px: int
    order: str
    photometric: int
    n_samples: int
    n_planes: int
    bits: int
    compression: int
    predictor: int
    is_tiled: bool
    piece_width_px: int
    piece_height_px: int
    offsets: tuple[int, ...]
    counts: tuple[int, ...]
    color_map: NDArray[np.uint16]
    max_sample: int | None

    @property
    def is_mono(self) -> bool:
        """Whether the file holds one channel of brightness, alpha not counted."""
        return self.photometric in (WHITE_IS_ZERO, BLACK_IS_ZERO)

    @property
    def piece_row_bytes(self) -> int:
        """Of one row of a strip or tile, unpacked."""
        bits_per_px = self.bits * self.n_samples // self.n_planes
        return -(-self.piece_width_px * bits_per_px // 8)


def walk_tiff(data: bytes, name: str) -> TiffLayout:
    """Check a TIFF's directories, the places of its pixels, and that none of them is missing.

    Args:
        data: The file, which begins with one of the four signatures.
        name: For the error's text.

    Raises:
        CorruptFrame: It is truncated, broken, of a kind that is not read, or has a second full
            page.
        struct.error: It ends inside a header.
    """
    first: Directory | None = None
    width_px = height_px = 0
    for directory in read_directories(data, name):
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
    _refuse_hidden_pages(first, name)
    _check_kind(first, name)
    layout = _layout(first, width_px, height_px, name)
    if width_px * height_px <= MAX_IMAGE_PX:  # else it is refused for its size, unread
        _check_pieces(layout, data, name)
    return layout


def _refuse_hidden_pages(directory: Directory, name: str) -> None:
    """Some writers put several pictures behind one directory, which speaks of the first alone."""
    text = directory.text(_DESCRIPTION)
    stacked = re.match(r"ImageJ=.*^images=(\d+)", text, re.DOTALL | re.MULTILINE)
    n_samples = (
        directory.value(_WIDTH, 0) * directory.value(_LENGTH, 0) * directory.value(_SAMPLES, 1)
    )
    shaped = re.match(r'\{"shape": \[([\d, ]+)\]', text)  # tifffile's
    n_shaped = math.prod(map(int, re.findall(r"\d+", shaped[1]))) if shaped else n_samples
    if (
        (stacked is not None and int(stacked[1]) > 1)
        or n_shaped > n_samples
        or directory.value(_IMAGE_DEPTH, 1) > 1
    ):
        raise not_read(name, "a TIFF of more than one page", "save one picture per file")


def _check_kind(directory: Directory, name: str) -> None:
    """Raise unless the pixels are of a kind that is read."""
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
    predictor = directory.value(_PREDICTOR, 1)
    # The standard has it with LZW and deflate alone; of elsewhere, readers make different pixels.
    is_known = predictor == HORIZONTAL_DIFFERENCES and compression in PREDICTED and bits != {1}
    if predictor != 1 and not is_known:
        raise not_read(
            name,
            f"a TIFF of compression {compression}, {sorted(bits)} bits, predictor {predictor}",
            "save it without a predictor",
        )
    if directory.value(_FILL_ORDER, 1) != 1:
        raise not_read(name, "a TIFF whose bytes begin with their lowest bit", "save it anew")
    if photometric == PALETTE and len(directory.values(_COLOR_MAP)) != 3 * 256:
        raise broken(name, "the TIFF has no whole table of its colours")


def _layout(directory: Directory, width_px: int, height_px: int, name: str) -> TiffLayout:
    """What the directory says, once its places fit the picture's size."""
    samples = directory.value(_SAMPLES, 1)
    planes = samples if directory.value(_PLANAR, 1) == 2 else 1
    is_tiled = _TILE_OFFSETS in directory
    if is_tiled:
        wide, high = directory.value(_TILE_WIDTH, 0), directory.value(_TILE_LENGTH, 0)
        offsets, counts = directory.values(_TILE_OFFSETS), directory.values(_TILE_COUNTS)
    else:
        wide, high = width_px, min(directory.value(_ROWS_PER_STRIP, height_px), height_px)
        offsets, counts = directory.values(_STRIP_OFFSETS), directory.values(_STRIP_COUNTS)
    if wide == 0 or high == 0:
        raise broken(name, "the TIFF has strips or tiles of no size")
    if len(counts) == 0:
        raise not_read(name, "a TIFF without the lengths of its strips", "save it anew")
    if is_tiled and wide % 8:
        raise not_read(name, f"a TIFF of tiles {wide} px wide", "save it in tiles of 16, 32 …")
    expected = -(-width_px // wide) * -(-height_px // high) * planes
    if expected > MAX_PIECES:
        raise not_read(name, f"a TIFF of {expected:,} strips or tiles", "save it with fewer")
    if len(offsets) != expected or len(counts) != expected:
        raise broken(
            name,
            f"the TIFF has {len(offsets):,} strips or tiles and {len(counts):,} lengths of them "
            f"where its size asks for {expected:,}",
        )
    return TiffLayout(
        width_px=width_px,
        height_px=height_px,
        order=directory.order,
        photometric=directory.value(_PHOTOMETRIC, -1),
        n_samples=samples,
        n_planes=planes,
        bits=directory.value(_BITS, 1),
        compression=directory.value(_COMPRESSION, UNCOMPRESSED),
        predictor=directory.value(_PREDICTOR, 1),
        is_tiled=is_tiled,
        piece_width_px=wide,
        piece_height_px=high,
        offsets=tuple(offsets.tolist()),
        counts=tuple(counts.tolist()),
        color_map=directory.values(_COLOR_MAP)[: 3 * 256].astype(np.uint16).reshape(-1, 256)
        if directory.value(_PHOTOMETRIC, -1) == PALETTE
        else np.empty((0, 256), np.uint16),
        max_sample=_full_light(directory.value(_MAX_SAMPLE, 0), directory.value(_BITS, 1)),
    )


def _full_light(max_sample: int, bits: int) -> int | None:
    """The tag MaxSampleValue, where it can mean full light.

    Some writers put the brightest sample of this one picture there, which means nothing for others;
    and in 8 bits it is what a picture was before it was brought to 8.
    """
    is_depth = 255 <= max_sample <= 65_535 and max_sample & (max_sample + 1) == 0
    return max_sample if is_depth and bits == 16 else None


def _check_pieces(layout: TiffLayout, data: bytes, name: str) -> None:
    """Raise unless each strip or tile is in the file and gives all of its pixels."""
    offsets, counts = np.array(layout.offsets, np.uint64), np.array(layout.counts, np.uint64)
    ends = offsets + counts  # a sum that wraps is smaller than its parts
    if (ends > len(data)).any() or (ends < offsets).any():
        raise truncated(name, "the TIFF ends before its pixels do")
    if (counts == 0).any() or (offsets == 0).any():
        raise broken(name, "the TIFF has strips or tiles that were never written")
    row_bytes, high = layout.piece_row_bytes, layout.piece_height_px
    strips = -(-layout.height_px // high)
    for number, (offset, count) in enumerate(zip(layout.offsets, layout.counts, strict=True)):
        above = (number % strips) * high
        needed = row_bytes * (high if layout.is_tiled else min(high, layout.height_px - above))
        if layout.compression == UNCOMPRESSED:
            given = count
        else:
            try:
                given = unpacked_size(
                    layout.compression, data[offset : offset + count], row_bytes * high
                )
            except ValueError as error:
                raise broken(name, f"the TIFF's strip or tile {number}: {error}") from error
            if given > row_bytes * high:
                raise broken(name, f"the TIFF's strip or tile {number} gives more than its pixels")
        if given < needed:
            raise truncated(
                name,
                f"the TIFF's strip or tile {number} holds {given:,} of its {needed:,} bytes",
            )
