"""One picture from one file: all its pixels, exactly, or an error; never a guess."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.capture.files import image_file
from inspector.capture.files.image_file import decode_picture, read_picture
from inspector.capture.formats.whole_jpeg import walk_jpeg
from inspector.errors import CorruptFrame, SourceUnavailable
from inspector.opencv import cv2
from tests.support.picture_files import (
    SOUND,
    chunk,
    encoded,
    jpeg,
    png,
    png_head,
    start_of_scan,
    textured,
    tiff,
    with_jpeg_size,
)

COLOUR, MONO, ALPHA = textured(24, 40), textured(24, 40, 1), textured(24, 40, 4)
SIXTEEN = MONO.astype(np.uint16) * 257
EVERY_16_BIT_VALUE = np.arange(65_536, dtype=np.uint16).reshape(256, 256)
EXACT: dict[str, NDArray[np.uint8]] = {
    "png": COLOUR,
    "png mono": MONO,
    "png 16": MONO,
    "png alpha": ALPHA[:, :, :3],
    "bmp": COLOUR,
    "bmp mono": MONO,
    "bmp 32": ALPHA[:, :, :3],
    "tiff": COLOUR,
    "tiff lzw": MONO,
    "tiff deflate": MONO,
    "tiff packbits": MONO,
    "tiff 16": MONO,
    "tiff tiles": COLOUR[:, :, ::-1],  # ours hold RGB
    "tiff tiles deflate": MONO,
    "tiff big": COLOUR[:, :, ::-1],
    "tiff big-endian": MONO,
    "webp lossless": COLOUR,
}


def is_refused(data: bytes) -> bool:
    """Whether the bytes give no picture. Anything but CorruptFrame goes through."""
    try:
        decode_picture(data, "part")
    except CorruptFrame:
        return True
    return False


def changed_box(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """First and last row and column that differ; an empty box at 0 if none does."""
    differs = (one != other) if one.ndim == 2 else (one != other).any(axis=2)
    rows, columns = np.nonzero(differs)
    if len(rows) == 0:
        return 0, -1, 0, -1
    return int(rows.min()), int(rows.max()), int(columns.min()), int(columns.max())


@pytest.mark.parametrize("kind", SOUND)
def test_sound_picture_is_read(kind: str) -> None:
    pixels = decode_picture(SOUND[kind], kind)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert pixels.shape[:2] == ((2, 4) if kind == "png palette" else (24, 40))


@pytest.mark.parametrize("kind", EXACT)
def test_lossless_picture_has_exactly_its_pixels(kind: str) -> None:
    assert np.array_equal(decode_picture(SOUND[kind], kind), EXACT[kind])


@pytest.mark.parametrize("kind", [kind for kind in SOUND if kind.startswith("jpeg")])
def test_jpeg_is_decoded_as_any_decoder_does(kind: str) -> None:
    """The bytes are rearranged for the decoder; that must not move a single grey level."""
    plain = cv2.imdecode(np.frombuffer(SOUND[kind], np.uint8), cv2.IMREAD_UNCHANGED)
    assert plain is not None
    assert np.array_equal(decode_picture(SOUND[kind], kind), plain)


@pytest.mark.parametrize("kind", SOUND)
def test_every_cut_is_refused(kind: str) -> None:
    data = SOUND[kind]
    accepted = [length for length in range(len(data)) if not is_refused(data[:length])]
    assert accepted == []


@pytest.mark.parametrize("kind", [kind for kind in SOUND if kind.startswith(("png", "jpeg"))])
def test_every_cut_filled_up_with_zeros_is_refused(kind: str) -> None:
    """What a copy leaves that reserved its room and was broken off."""
    data = SOUND[kind].rstrip(b"\0")
    accepted = [
        length
        for length in range(len(data))
        if not is_refused(data[:length] + bytes(len(data) - length))
    ]
    assert accepted == []


@pytest.mark.parametrize("kind", [kind for kind in SOUND if kind.startswith("png")])
def test_every_changed_byte_of_a_png_is_refused(kind: str) -> None:
    data = SOUND[kind]
    accepted = [
        place
        for place in range(len(data))
        if not is_refused(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
    ]
    assert accepted == []


@pytest.mark.parametrize("kind", SOUND)
def test_changed_byte_ends_in_pixels_or_in_corrupt_frame(kind: str) -> None:
    data = SOUND[kind]
    for place in range(0, len(data), 3):
        for mask in (0x01, 0x80, 0xFF):
            is_refused(data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("restart_mcus", [0, 3])
def test_jpeg_cut_before_a_false_end_is_refused_up_to_its_last_blocks(
    channels: int, restart_mcus: int
) -> None:
    data = jpeg(textured(48, 80, channels), restart_mcus=restart_mcus)
    whole = decode_picture(data, "part")
    corner_px = (8, 16) if channels == 1 else (17, 17)  # one more: colour is smoothed over the edge
    beyond = []
    for length in range(2, len(data) - 2):
        try:
            pixels = decode_picture(data[:length] + b"\xff\xd9", "part")
        except CorruptFrame:
            continue
        top, bottom, left, right = changed_box(pixels, whole)
        if bottom >= 0 and not (top >= 48 - corner_px[0] and left >= 80 - corner_px[1]):
            beyond.append((length, top, bottom, left, right))
    assert beyond == []


def test_progressive_jpeg_without_one_of_its_scans_is_refused() -> None:
    data = SOUND["jpeg progressive"]
    scans = []
    at = data.find(b"\xff\xda")
    while at >= 0:
        scans.append(at)
        at = data.find(b"\xff\xda", at + 2)
    assert len(scans) > 5
    assert [at for at in scans if not is_refused(data[:at] + b"\xff\xd9")] == []


def test_mono_picture_stays_mono() -> None:
    kinds = [kind for kind in SOUND if "mono" in kind or "16" in kind]
    assert [kind for kind in kinds if decode_picture(SOUND[kind], kind).ndim != 2] == []


@pytest.mark.parametrize(
    "data",
    [
        encoded(".png", EVERY_16_BIT_VALUE),
        encoded(".tiff", EVERY_16_BIT_VALUE),
        tiff(EVERY_16_BIT_VALUE, order=">"),
        tiff(EVERY_16_BIT_VALUE, is_deflated=True),
    ],
    ids=["png", "tiff", "big-endian tiff", "deflated tiff"],
)
def test_16_bits_become_8_by_257_rounded(data: bytes) -> None:
    expected = [(2 * value + 257) // 514 for value in range(65_536)]  # value / 257, rounded
    assert decode_picture(data, "part").ravel().tolist() == expected


def test_16_bit_colour_becomes_8_bit_colour() -> None:
    assert np.array_equal(
        decode_picture(encoded(".png", COLOUR.astype(np.uint16) * 257), "part"), COLOUR
    )


@pytest.mark.parametrize("alpha", [0, 1, 128, 255])
def test_alpha_is_dropped_and_the_pixels_stay_as_stored(alpha: int) -> None:
    pixels = ALPHA.copy()
    pixels[:, :, 3] = alpha
    rgba = np.ascontiguousarray(pixels[:, :, [2, 1, 0, 3]])
    files = [
        encoded(".png", pixels),
        encoded(".bmp", pixels),
        tiff(rgba),
        tiff(rgba, tags={338: (3, [1])}),
        tiff(rgba, tile_px=16, is_deflated=True),
        encoded(".png", pixels.astype(np.uint16) * 257),
        tiff(rgba.astype(np.uint16) * 257),
    ]
    for number, data in enumerate(files):
        assert np.array_equal(decode_picture(data, "part"), pixels[:, :, :3]), number


def test_alpha_of_a_mono_picture_is_dropped() -> None:
    grey = np.dstack([MONO, MONO[::-1]])
    rows = [row.tobytes() for row in grey]
    assert np.array_equal(decode_picture(png(40, 24, rows, colour=4), "part"), MONO)
    assert np.array_equal(decode_picture(tiff(grey), "part"), MONO)


@pytest.mark.parametrize(
    ("bits", "row", "expected"),
    [
        (1, b"\xa0", [255, 0, 255, 0]),
        (2, b"\x1b", [0, 85, 170, 255]),
        (4, b"\x0f\x5a", [0, 255, 85, 170]),
    ],
)
def test_few_bits_are_brought_to_the_full_range(bits: int, row: bytes, expected: list[int]) -> None:
    data = png(4, 1, [row], bits=bits)
    assert decode_picture(data, "part").tolist() == [expected]


def test_palette_gives_its_colours() -> None:
    blue, green, red = [255, 0, 0], [0, 255, 0], [0, 0, 255]
    assert decode_picture(SOUND["png palette"], "part").tolist() == [
        [red, green, blue, red],
        [blue, blue, green, green],
    ]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_picture_is_not_turned_by_what_a_camera_noted(orientation: int) -> None:
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + bytes([orientation])
    exif += bytes(7)
    data = SOUND["jpeg"]
    turned = data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:]
    assert np.array_equal(decode_picture(turned, "part"), decode_picture(data, "part"))
    stored = decode_picture(tiff(MONO, tags={274: (3, [orientation])}), "part")
    assert np.array_equal(stored, MONO)
    tagged = png(
        40,
        24,
        [row.tobytes() for row in MONO],
        extra=chunk(b"eXIf", exif.removeprefix(b"Exif\0\0")),
    )
    assert np.array_equal(decode_picture(tagged, "part"), MONO)


def test_colour_profile_changes_no_pixel() -> None:
    rows = [row.tobytes() for row in MONO]
    gamma = chunk(b"gAMA", (100_000).to_bytes(4, "big"))
    assert np.array_equal(decode_picture(png(40, 24, rows, extra=gamma), "part"), MONO)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty: the file is truncated; copy it again"),
        (
            b"hello, this is not a picture\n",
            "this is not a PNG, JPEG, BMP, TIFF, WebP, PGM or PPM, .* with 68 65 6c 6c 6f 2c 20 74",
        ),
        (b"GIF89a" + bytes(100), "a picture of the kind GIF is not read; save it as PNG"),
        (bytes(4) + b"ftypheic" + bytes(100), "a picture of the kind HEIC is not read"),
        (b"BM" + bytes(100), "a BMP with a header of 0 bytes is not read"),
    ],
)
def test_file_that_is_no_picture_is_refused_by_its_content(
    data: bytes, message: str, tmp_path: Path
) -> None:
    (tmp_path / "part.png").write_bytes(data)
    with pytest.raises(CorruptFrame, match=message) as caught:
        read_picture(tmp_path / "part.png")
    assert str(caught.value).startswith("part.png: ")


BOMBS = {
    "png": png(30_000, 30_000, [b"\0"]),
    "png 16 bit": png_head(30_000, 30_000, bits=16, colour=6)
    + chunk(b"IDAT", b"x\x9c\x03\0\0\0\0\x01")
    + chunk(b"IEND", b""),
    "jpeg": with_jpeg_size(SOUND["jpeg"], 30_000, 30_000),
    "jpeg progressive": with_jpeg_size(SOUND["jpeg progressive"], 30_000, 30_000),
    "tiff": tiff(
        MONO,
        is_deflated=True,
        tags={256: (3, [30_000]), 257: (3, [30_000]), 278: (3, [30_000])},
    ),
    "webp": SOUND["webp"][:26] + (16_383).to_bytes(2, "little") * 2 + SOUND["webp"][30:],
    "pgm": b"P5\n30000 30000\n255\n",
    "ppm as text": b"P3\n30000 30000\n65535\n1 2 3\n",
    "long png": png(70_000, 1, [b"\0"]),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_picture_over_the_limit_is_refused_by_its_header(kind: str) -> None:
    with pytest.raises(CorruptFrame, match=r"px are over the limit of .*; save it smaller"):
        decode_picture(BOMBS[kind], "part")


@pytest.mark.skipif(sys.platform == "win32", reason="no getrusage there")
def test_picture_over_the_limit_is_refused_without_memory(tmp_path: Path) -> None:
    for kind, data in BOMBS.items():
        (tmp_path / kind).write_bytes(data)
    program = """
import resource, sys
from pathlib import Path
from inspector.capture.files.image_file import read_picture
from inspector.errors import CorruptFrame
paths = sorted(Path(sys.argv[1]).iterdir())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
refused = 0
for path in paths:
    try:
        read_picture(path)
    except CorruptFrame:
        refused += 1
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(refused, after - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    refused, grown = map(int, done.stdout.split())
    kb_per_mb = 1024 if sys.platform == "linux" else 1024**2
    assert refused == len(BOMBS)
    assert grown // kb_per_mb < 8  # the least of them would take 268 MB


def test_limit_itself_is_still_read() -> None:
    wide = np.zeros((1, 65_500), dtype=np.uint8)
    assert decode_picture(encoded(".png", wide), "part").shape == (1, 65_500)
    with pytest.raises(CorruptFrame, match="65,501 x 1 px are over the limit of 65,500 px a side"):
        decode_picture(png(65_501, 1, [bytes(65_501)]), "part")


@pytest.mark.parametrize("cut_bytes", [1, 5, 20])
def test_jpeg_interval_that_ends_too_soon_is_refused(cut_bytes: int) -> None:
    data = jpeg(textured(48, 80, 1), restart_mcus=10)
    restarts = walk_jpeg(data, "part").restarts
    assert restarts is not None
    start, _ = restarts.bounds[1]
    assert is_refused(data[: start + cut_bytes] + data[restarts.bounds[1][1] :])
    assert not is_refused(data)
    assert start_of_scan(data) == restarts.bounds[0][0]


def test_picture_file_tells_its_hash_time_and_size(tmp_path: Path) -> None:
    path = tmp_path / "part.png"
    path.write_bytes(SOUND["png"])
    os.utime(path, ns=(0, 1_700_000_000_250_000_000))
    picture = read_picture(path)
    assert np.array_equal(picture.pixels, COLOUR)
    assert picture.sha256 == hashlib.sha256(SOUND["png"]).hexdigest()
    assert picture.modified_at == datetime(2023, 11, 14, 22, 13, 20, 250_000, tzinfo=UTC)
    assert picture.n_bytes == len(SOUND["png"])


def test_kind_is_told_by_content_and_never_by_name(tmp_path: Path) -> None:
    path = tmp_path / "really a jpeg.png"
    path.write_bytes(SOUND["jpeg"])
    assert read_picture(path).pixels.shape == (24, 40, 3)


def test_missing_file_is_a_source_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match=r"gone\.png cannot be read: No such file"):
        read_picture(tmp_path / "gone.png")
    with pytest.raises(SourceUnavailable, match=r"a\\x00b\.png cannot be read: embedded null"):
        read_picture(tmp_path / "a\0b.png")


@pytest.mark.timeout(30)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes there")
def test_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "part.png")
    with pytest.raises(
        SourceUnavailable, match=r"part\.png: this is not a regular file but a device"
    ):
        read_picture(tmp_path / "part.png")


@pytest.mark.timeout(30)
@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device there")
def test_endless_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "part.png").symlink_to("/dev/zero")
    with pytest.raises(SourceUnavailable, match="not a regular file"):
        read_picture(tmp_path / "part.png")


def test_folder_and_loop_of_links_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "loop.png").symlink_to("loop.png")
    for name in ("folder.png", "loop.png"):
        with pytest.raises(SourceUnavailable, match=f"^{name}"):
            read_picture(tmp_path / name)


def test_file_over_the_limit_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "part.png"
    path.touch()
    os.truncate(path, image_file.MAX_FILE_BYTES + 1)  # a hole: it takes no room
    with pytest.raises(CorruptFrame, match="512 MB are over the limit of 512 MB for one picture"):
        read_picture(path)


@pytest.mark.parametrize("change", [b"more", b""])
def test_file_that_is_still_being_written_is_refused(
    tmp_path: Path, change: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "part.png"
    path.write_bytes(SOUND["png"])
    read = image_file._read_up_to

    def read_while_written(file: FileIO, limit: int) -> bytes:
        data = read(file, limit)
        path.write_bytes(SOUND["png"][: len(change)] + change)
        return data

    monkeypatch.setattr(image_file, "_read_up_to", read_while_written)
    with pytest.raises(CorruptFrame, match="the file changed while it was read"):
        read_picture(path)


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_refusal_of_a_name_that_is_no_utf_8_can_be_written_down(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9\r.png")
    path.write_bytes(b"")
    with pytest.raises(CorruptFrame) as caught:
        read_picture(path)
    assert str(caught.value).encode() == (
        b"caf\\xe9\\x0d.png: the file is empty: the file is truncated; copy it again"
    )
