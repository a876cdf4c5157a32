"""A JPEG from its start to its end marker: what can be counted is counted."""

import re
import struct
from itertools import pairwise

import pytest

from inspector.capture.formats.whole_file import walk_file
from inspector.capture.formats.whole_jpeg import (
    MAX_SCANS,
    MAX_SEGMENTS,
    MAX_TAIL_PICTURES,
    READ_AHEAD,
    JpegLayout,
    walk_jpeg,
)
from inspector.errors import CorruptFrame
from tests.support.picture_files import SOUND, jpeg, start_of_scan, textured

PLAIN, MONO, PROGRESSIVE = SOUND["jpeg"], SOUND["jpeg mono"], SOUND["jpeg progressive"]
RESTARTS = SOUND["jpeg restarts"]
EOI = b"\xff\xd9"


def walked(data: bytes) -> JpegLayout:
    return walk_jpeg(data, "part")


def refusal(data: bytes) -> str:
    """The words of the refusal, by the road that every file takes."""
    with pytest.raises(CorruptFrame) as caught:
        walk_file(data, "part")
    return str(caught.value)


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def frame_header(data: bytes) -> tuple[int, int]:
    """Where the frame header begins and ends."""
    at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    return at, at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def with_frame_byte(offset: int, value: int, data: bytes = PLAIN) -> bytes:
    at, _ = frame_header(data)
    return data[: at + offset] + bytes([value]) + data[at + offset + 1 :]


def scan_header(data: bytes) -> int:
    return data.rfind(b"\xff\xda")


@pytest.mark.parametrize("kind", [kind for kind in SOUND if kind.startswith("jpeg")])
def test_sound_jpeg_tells_its_size_and_colour(kind: str) -> None:
    layout = walked(SOUND[kind])
    assert (layout.width_px, layout.height_px, layout.is_mono) == (40, 24, "mono" in kind)


@pytest.mark.parametrize("data", [PLAIN, MONO, RESTARTS])
def test_decoder_gets_one_scan_without_an_end_to_make_up_data_from(data: bytes) -> None:
    assert walked(data).decodable == data.removesuffix(EOI) + READ_AHEAD
    assert walked(data + bytes(7) + b"tail").decodable == data.removesuffix(EOI) + READ_AHEAD


def test_decoder_gets_several_scans_as_they_are() -> None:
    assert walked(PROGRESSIVE).decodable == PROGRESSIVE
    assert walked(SOUND["jpeg progressive restarts"]).restarts is None


@pytest.mark.parametrize(("channels", "restart_mcus"), [(1, 1), (1, 4), (1, 7), (3, 1), (3, 5)])
def test_restart_intervals_are_bounded_as_they_stand(channels: int, restart_mcus: int) -> None:
    data = jpeg(textured(48, 80, channels), restart_mcus=restart_mcus)
    restarts = walked(data).restarts
    assert restarts is not None
    n_mcus = 60 if channels == 1 else 15
    assert len(restarts.bounds) == -(-n_mcus // restart_mcus)
    assert restarts.mcu_px == ((8, 8) if channels == 1 else (16, 16))
    assert (restarts.mcus_per_row, restarts.interval_mcus) == (
        n_mcus * 8 // (48 if channels == 1 else 24),
        restart_mcus,
    )
    joined = b""
    for number, (start, end) in enumerate(restarts.bounds):
        joined += data[start:end] + bytes([0xFF, 0xD0 + number % 8])
    assert joined[:-2] + EOI == data[start_of_scan(data) :]


def test_jpeg_without_restarts_has_none() -> None:
    assert walked(PLAIN).restarts is None


@pytest.mark.parametrize("kind", ["jpeg restarts", "jpeg mono restarts"])
def test_restart_marker_that_is_missing_or_wrong_is_refused(kind: str) -> None:
    data = SOUND[kind]
    scan = start_of_scan(data)
    marks = [scan + found.start() for found in re.finditer(rb"\xff[\xd0-\xd7]", data[scan:])]
    assert len(marks) > 1
    for at in marks:
        missing = data[:at] + data[at + 2 :]
        twice = data[:at] + data[at : at + 2] + data[at:]
        wrong = data[: at + 1] + bytes([0xD0 + (data[at + 1] + 1) % 8]) + data[at + 2 :]
        for changed in (missing, twice, wrong):
            assert "has not the" in refusal(changed)
            assert "restart markers that it must have" in refusal(changed)
    between = data[: marks[0]] + data[marks[1] :]  # an interval lost with its marker
    assert "restart markers" in refusal(between)


def test_restart_marker_where_none_is_announced_ends_the_scan() -> None:
    at = start_of_scan(PLAIN) + 40
    changed = PLAIN[:at] + b"\xff\xd0" + PLAIN[at:]
    assert "marker D0 where none may be" in refusal(changed)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (PLAIN[:-2], "the JPEG ends before its end marker"),
        (PLAIN[:-1], "the JPEG ends before its end marker"),
        (PLAIN[:2] + EOI, "the JPEG has no picture in it"),
        (PLAIN[: scan_header(PLAIN)] + EOI, "the JPEG has no picture in it"),
        (PLAIN[: start_of_scan(PLAIN)] + EOI, "the JPEG has a scan without data"),
        (PLAIN[: frame_header(PLAIN)[0]] + PLAIN[scan_header(PLAIN) :], "before its frame header"),
        (PLAIN[: frame_header(PLAIN)[1]] + PLAIN[frame_header(PLAIN)[0] :], "two frame headers"),
        (PLAIN[:20] + b"x" + PLAIN[20:], "the JPEG has no marker at byte 20"),
        (b"\xff\xd8" + PLAIN, "marker D8 where none may be"),
        (PLAIN[:2] + b"\xff\x01" + PLAIN[2:], "marker 01 where none may be"),
        (PLAIN[:2] + b"\xff\xe5\0\x01" + PLAIN[2:], "the JPEG ends inside its segment E5"),
        (PLAIN[:2] + b"\xff\xe5\xff\xff" + PLAIN[2:], "the JPEG ends inside its segment E5"),
        (PLAIN[:2] + segment(0xDC, b"\0\x18") + PLAIN[2:], "tells its height at its end"),
        (with_frame_byte(1, 0xC9), "a JPEG of type C9 (lossless or arithmetic)"),
        (with_frame_byte(1, 0xC3), "a JPEG of type C3"),
        (with_frame_byte(4, 12), "a JPEG of 12 bits is not read; save it as PNG of 16 bits"),
        (with_frame_byte(6, 0), "the JPEG says it is 40 x 0 px"),
        (with_frame_byte(8, 0), "the JPEG says it is 0 x 24 px"),
        (with_frame_byte(9, 4), "a JPEG of 4 colour components"),
        (with_frame_byte(9, 1), "the JPEG's frame header has the wrong length"),
        (with_frame_byte(11, 0x51), "names impossible components"),
        (with_frame_byte(11, 0x20), "names impossible components"),
        (with_frame_byte(13, 1), "names impossible components"),  # the same one twice
    ],
)
def test_jpeg_that_contradicts_itself_is_refused(data: bytes, words: str) -> None:
    assert words in refusal(data)


@pytest.mark.parametrize(
    ("offset", "value", "words"),
    [
        (4, 2, "the JPEG's scan header has the wrong length"),
        (4, 0, "the JPEG's scan header has the wrong length"),
        (5, 9, "names components that do not exist"),
        (7, 1, "names components that do not exist"),  # the same one twice
    ],
)
def test_scan_of_other_components_is_refused(offset: int, value: int, words: str) -> None:
    at = scan_header(PLAIN) + offset
    assert words in refusal(PLAIN[:at] + bytes([value]) + PLAIN[at + 1 :])


def scans(data: bytes) -> list[bytes]:
    """The JPEG in pieces: what stands before its first scan, then each scan with its tables."""
    starts = [found.start() for found in re.finditer(rb"\xff\xda", data)]
    begins = []
    for at in starts:
        tables = data.rfind(b"\xff\xc4", 0, at)
        is_own = tables > 0 and tables + 2 + int.from_bytes(data[tables + 2 : tables + 4]) == at
        begins.append(tables if is_own else at)
    edges = [0, *begins, len(data) - 2]
    return [data[start:end] for start, end in pairwise(edges)]


def test_progressive_jpeg_needs_each_of_its_scans_in_order() -> None:
    pieces = scans(PROGRESSIVE)
    assert b"".join(pieces) + EOI == PROGRESSIVE
    for number in range(1, len(pieces)):
        lost = b"".join(pieces[:number] + pieces[number + 1 :]) + EOI
        words = refusal(lost)
        assert "ends before its last scan" in words or "do not follow from each other" in words
        twice = b"".join(pieces[: number + 1] + pieces[number:]) + EOI
        assert "the JPEG's scans do not follow from each other" in refusal(twice)


def test_scans_without_end_are_refused() -> None:
    scan = PLAIN[scan_header(PLAIN) : -2]
    assert "do not follow" in refusal(PLAIN[:-2] + scan + EOI)
    # Scans of single bits, each of which does follow from the one before.
    head = PROGRESSIVE[: PROGRESSIVE.find(b"\xff\xda")]
    one = [segment(0xDA, bytes([1, 1, 0, k, k, 0])) + b"\x55" for k in range(64)]
    other = [segment(0xDA, bytes([1, 2, 0, k, k, 0])) + b"\x55" for k in range(64)]
    assert f"more than {MAX_SCANS} scans" in refusal(head + b"".join(one + other) + EOI)


def test_segments_without_end_are_refused() -> None:
    notes = segment(0xFE, b"") * (MAX_SEGMENTS - 100)
    assert walked(PLAIN[:2] + notes + PLAIN[2:]).width_px == 40
    notes = segment(0xFE, b"") * MAX_SEGMENTS
    assert f"more than {MAX_SEGMENTS:,} segments" in refusal(PLAIN[:2] + notes + PLAIN[2:])


def test_fill_bytes_before_a_marker_do_not_matter() -> None:
    at = frame_header(PLAIN)[0]
    assert walked(PLAIN[:at] + b"\xff" * 5 + PLAIN[at:]).width_px == 40


def test_second_picture_of_the_same_size_is_refused() -> None:
    assert "a JPEG with a second picture behind it" in refusal(PLAIN + PLAIN)
    assert "a JPEG with a second picture behind it" in refusal(PLAIN + bytes(33) + PROGRESSIVE)


def test_smaller_picture_behind_is_a_preview() -> None:
    small = jpeg(textured(8, 16))
    assert walked(PLAIN + small).width_px == 40
    assert walked(PLAIN + b"\xff\xd8\xff no picture after all").width_px == 40
    many = PLAIN + small * (MAX_TAIL_PICTURES + 1)
    assert "a JPEG with many pictures behind it" in refusal(many)


def test_preview_inside_the_head_does_not_matter() -> None:
    preview = segment(0xE1, b"Exif\0\0" + jpeg(textured(8, 8)))
    assert walked(PLAIN[:2] + preview + PLAIN[2:]).decodable.startswith(PLAIN[:2] + preview)
