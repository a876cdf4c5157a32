"""Walks the markers of a JPEG from its start to its end marker, and finds where its scans end.

A JPEG carries no checksum, and libjpeg answers missing data with grey and a warning that OpenCV
does not hand on. So what can be counted is counted here, and the bytes for the decoder are so
arranged that it has to fail where data are missing (`JpegLayout.decodable`).
"""

import re
import struct
from dataclasses import dataclass
from itertools import islice

from inspector.capture.files.file_faults import broken, not_read, truncated
from inspector.errors import CorruptFrame

MAX_SEGMENTS = 10_000  # a colour profile takes 255 at most; each costs a turn of the loop
MAX_SCANS = 64  # encoders write 10 to 15; each costs a pass over the whole picture
MAX_TAIL_PICTURES = 16  # a phone hides two or three behind the main one

# libjpeg reads up to 8 bytes ahead of the last code. No Huffman table has a code of ones only, so
# next to nothing can be made up from these: libjpeg takes 17 of their bits for each missing code.
READ_AHEAD = b"\xff\x00" * 8

_END_OF_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # not: stuffing, fill bytes, restarts
_RESTART_OR_END = re.compile(rb"\xff[\x01-\xfe]")
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_FILL = re.compile(rb"\xff*")

_SOF = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_SOF_READ = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive; all Huffman
_SOF_PROGRESSIVE = 0xC2
_DHT, _SOI, _EOI, _SOS, _DQT, _DNL, _DRI = 0xC4, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD
_WITHOUT_LENGTH = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarts:
    """The restart intervals of a JPEG with one scan. An interval is decodable without the others.

    Attributes:
        interval_mcus: Coding units (MCU) per interval; the last may have fewer.
        mcu_px: (H, W) of one coding unit.
        mcus_per_row: Coding units in one row of the picture.
        bounds: Start and end of each interval's data in the file, in bytes.
        head: The file up to the frame header, without what is not a table; then the frame header
            and the scan header.
    """

    interval_mcus: int
    mcu_px: tuple[int, int]
    mcus_per_row: int
    bounds: tuple[tuple[int, int], ...]
    head: tuple[bytes, bytes, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class JpegLayout:
    """What the markers of a JPEG say.

    Attributes:
        decodable: The bytes for the decoder. Where there is one sequential scan they have no end
            marker: at a marker libjpeg makes up what is missing, at the end of its data it waits
            for more, which OpenCV reports as a failure.
        restarts: Where there is one scan with restart markers.
    """

    width_px: int
    height_px: int
    is_mono: bool
    decodable: bytes
    restarts: Restarts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _FrameHeader:
    segment: bytes
    is_progressive: bool
    width_px: int
    height_px: int
    sampling: dict[int, tuple[int, int]]  # component: (horizontal, vertical)

    def mcu_grid(self, components: list[int]) -> tuple[int, int, int, int]:
        """MCU height and width in px, rows and columns, in a scan of these components."""
        most_h = max(h for h, _ in self.sampling.values())
        most_v = max(v for _, v in self.sampling.values())
        if len(components) > 1:
            high_px, wide_px = 8 * most_v, 8 * most_h
            return high_px, wide_px, -(-self.height_px // high_px), -(-self.width_px // wide_px)
        h, v = self.sampling[components[0]]  # alone in its scan, a component is coded by blocks
        high_px, wide_px = -(-self.height_px * v // most_v), -(-self.width_px * h // most_h)
        return 8, 8, -(-high_px // 8), -(-wide_px // 8)


def walk_jpeg(data: bytes, name: str) -> JpegLayout:
    """Check a JPEG from end to end, its entropy-coded data excepted.

    Not detectable here: data lost or changed inside a scan, except by the count of restart markers.

    Args:
        data: The file, which begins with a start marker.
        name: For the error's text.

    Raises:
        CorruptFrame: It is truncated, broken, or of a kind that is not read.
        struct.error, IndexError: It ends inside a header.
    """
    frame: _FrameHeader | None = None
    tables: list[bytes] = []
    completeness = _Completeness()
    restarts: Restarts | None = None
    restart_interval = scan_count = scan_end = 0
    pos = 2
    for _ in range(MAX_SEGMENTS):
        marker, pos = _marker_at(data, pos, name)
        if marker == _EOI:
            break
        if marker in _WITHOUT_LENGTH or marker == _SOI:
            raise broken(name, f"the JPEG has marker {marker:02X} where none may be")
        (length,) = struct.unpack_from(">H", data, pos)
        end = pos + length
        if length < 2 or end > len(data):
            raise truncated(name, f"the JPEG ends inside its segment {marker:02X}")
        body = data[pos + 2 : end]
        if marker in _SOF:
            if frame is not None:
                raise broken(name, "the JPEG has two frame headers")
            frame = _read_frame_header(marker, data[pos - 2 : end], name)
        elif marker == _DNL:
            raise not_read(name, "a JPEG that tells its height at its end", "save it anew")
        elif marker == _DRI:
            (restart_interval,) = struct.unpack(">H", body)
        elif marker in (_DHT, _DQT):
            tables.append(data[pos - 2 : end])
        elif marker == _SOS:
            if frame is None:
                raise broken(name, "the JPEG has a scan before its frame header")
            scan_count += 1
            if scan_count > MAX_SCANS:
                raise not_read(name, f"a JPEG of more than {MAX_SCANS} scans", "save it anew")
            components = completeness.add_scan(body, frame, name)
            bounds, scan_end = _walk_scan(
                data, end, frame.mcu_grid(components), restart_interval, name
            )
            if len(bounds) > 1 and scan_count == 1:
                high_px, wide_px, _, columns = frame.mcu_grid(components)
                restarts = Restarts(
                    interval_mcus=restart_interval,
                    mcu_px=(high_px, wide_px),
                    mcus_per_row=columns,
                    bounds=bounds,
                    head=(
                        data[:2] + b"".join(tables),
                        frame.segment,
                        data[pos - 2 : end],
                    ),
                )
            end = scan_end
        pos = end
    else:
        raise not_read(name, f"a JPEG of more than {MAX_SEGMENTS:,} segments", "save it anew")

    if frame is None or scan_count == 0:
        raise broken(name, "the JPEG has no picture in it")
    completeness.check(frame, name)
    _refuse_second_picture(data, pos, frame, name)
    is_sequential = scan_count == 1 and not frame.is_progressive
    return JpegLayout(
        width_px=frame.width_px,
        height_px=frame.height_px,
        is_mono=len(frame.sampling) == 1,
        decodable=data[:scan_end] + READ_AHEAD if is_sequential else data,
        restarts=restarts if is_sequential else None,
    )


def _marker_at(data: bytes, pos: int, name: str) -> tuple[int, int]:
    """The marker at this place, and the place behind it."""
    fill = _FILL.match(data, pos)
    behind = fill.end() if fill else pos
    if behind == len(data):
        raise truncated(name, "the JPEG ends before its end marker")
    if behind == pos:
        raise broken(name, f"the JPEG has no marker at byte {pos:,}")
    return data[behind], behind + 1


def _read_frame_header(marker: int, segment: bytes, name: str) -> _FrameHeader:
    if marker not in _SOF_READ:
        raise not_read(
            name, f"a JPEG of type {marker:02X} (lossless or arithmetic)", "save it as PNG"
        )
    depth, height_px, width_px, count = struct.unpack_from(">BHHB", segment, 4)
    if depth != 8:
        raise not_read(name, f"a JPEG of {depth} bits", "save it as PNG of 16 bits")
    if height_px == 0 or width_px == 0:
        raise broken(name, f"the JPEG says it is {width_px} x {height_px} px")
    if count not in (1, 3):
        raise not_read(name, f"a JPEG of {count} colour components", "save it as mono or RGB")
    if len(segment) != 10 + 3 * count:
        raise broken(name, "the JPEG's frame header has the wrong length")
    sampling: dict[int, tuple[int, int]] = {}
    for component, factors, _ in struct.iter_unpack(">BBB", segment[10:]):
        sampling[component] = factors >> 4, factors & 15
    in_range = all(1 <= h <= 4 and 1 <= v <= 4 for h, v in sampling.values())
    if len(sampling) != count or not in_range:
        raise broken(name, "the JPEG's frame header names impossible components")
    return _FrameHeader(
        segment=segment,
        is_progressive=marker == _SOF_PROGRESSIVE,
        width_px=width_px,
        height_px=height_px,
        sampling=sampling,
    )


class _Completeness:
    """Keeps which bits of which coefficients the scans so far have brought."""

    def __init__(self) -> None:
        self._low_bit: dict[int, list[int | None]] = {}  # component: per coefficient

    def add_scan(self, body: bytes, frame: _FrameHeader, name: str) -> list[int]:
        """Take note of one scan; its components are returned."""
        count = body[0]
        if not 1 <= count <= 4 or len(body) != 4 + 2 * count:
            raise broken(name, "the JPEG's scan header has the wrong length")
        components = list(body[1 : 1 + 2 * count : 2])
        if len(set(components)) < count or not set(components) <= frame.sampling.keys():
            raise broken(name, "the JPEG's scan header names components that do not exist")
        first, last, bits = body[-3:]
        high_bit: int | None = bits >> 4
        low_bit = bits & 15
        if not frame.is_progressive:  # the three are fixed there, and some encoders leave them zero
            first, last, high_bit, low_bit = 0, 63, 0, 0
        if first > last or last > 63:
            raise broken(name, "the JPEG's scan header names impossible coefficients")
        before = None if high_bit == 0 else high_bit
        for component in components:
            known = self._low_bit.setdefault(component, [None] * 64)
            if known[first : last + 1] != [before] * (last + 1 - first):
                raise broken(name, "the JPEG's scans do not follow from each other")
            known[first : last + 1] = [low_bit] * (last + 1 - first)
        return components

    def check(self, frame: _FrameHeader, name: str) -> None:
        """Raise unless every bit of every coefficient has come."""
        for component in frame.sampling:
            if self._low_bit.get(component) != [0] * 64:
                raise truncated(name, "the JPEG ends before its last scan")


def _walk_scan(
    data: bytes, start: int, grid: tuple[int, int, int, int], restart_interval: int, name: str
) -> tuple[tuple[tuple[int, int], ...], int]:
    """The bounds of each restart interval, and the end of the scan."""
    if restart_interval == 0:
        found = _RESTART_OR_END.search(data, start)
    else:
        found = _END_OF_SCAN.search(data, start)
    if found is None:
        raise truncated(name, "the JPEG ends before its end marker")
    end = found.start()
    if end == start:
        raise truncated(name, "the JPEG has a scan without data")
    if restart_interval == 0:
        return ((start, end),), end
    expected = -(-grid[2] * grid[3] // restart_interval) - 1
    marks = [mark.start() for mark in islice(_RESTART.finditer(data, start, end), expected + 1)]
    in_order = all(data[mark + 1] == 0xD0 + (index & 7) for index, mark in enumerate(marks))
    if len(marks) != expected or not in_order:
        raise truncated(
            name, f"the JPEG has not the {expected:,} restart markers that it must have"
        )
    starts = [start, *(mark + 2 for mark in marks)]
    return tuple(zip(starts, [*marks, end], strict=True)), end


def _refuse_second_picture(data: bytes, pos: int, frame: _FrameHeader, name: str) -> None:
    """Cameras pad, and phones append previews; but a picture as large as the first is a part."""
    for _ in range(MAX_TAIL_PICTURES):
        pos = data.find(b"\xff\xd8\xff", pos)
        if pos < 0:
            return
        other_px = _pixels_of_jpeg_at(data, pos)
        if other_px >= frame.width_px * frame.height_px:
            raise not_read(name, "a JPEG with a second picture behind it", "save one per file")
        pos += 3
    raise not_read(name, "a JPEG with many pictures behind it", "save one per file")


def _pixels_of_jpeg_at(data: bytes, pos: int) -> int:
    """Pixels of the JPEG that begins here, 0 if none does after all."""
    pos += 2
    try:
        for _ in range(MAX_SEGMENTS):
            marker, pos = _marker_at(data, pos, "")
            if marker in _SOF:
                height_px, width_px = struct.unpack_from(">HH", data, pos + 3)
                return int(height_px * width_px)
            (length,) = struct.unpack_from(">H", data, pos)
            pos += max(2, length)
    except (CorruptFrame, struct.error, IndexError):
        return 0
    return 0
