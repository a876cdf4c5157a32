"""Everything a person or a machine can hand over: each with its message, exit code and row."""

import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.assembly import shipped_bundle
from inspector.store.images import encode_png
from tests.support.bundles import write_bundle
from tests.support.lots import grey_lot, inspector, rows_of
from tests.support.picture_files import chunk, encoded, jpeg, png_head, pnm, textured

GOOD = np.full((32, 48, 3), 10, dtype=np.uint8)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_bundle(tmp_path / "grey.bundle", threshold=0.5)


def judged(source: Path | str, bundle: Path, tmp_path: Path, *more: str | Path) -> tuple[int, str]:
    """Exit code and words of a batch into `out`."""
    done = inspector("batch", source, "--bundle", bundle, "--out", tmp_path / "out", *more)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def put(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return folder


UNREADABLE = {
    "text.png": (b"I am not a picture", "not a PNG, JPEG, BMP, TIFF, WebP, PGM or PPM"),
    "empty.png": (b"", "the file is empty"),
    "cut.jpg": (jpeg(textured(64, 96))[:-200], "the file is truncated; copy it again"),
    "cut.png": (encode_png(textured(64, 96))[:-200], "the file is truncated; copy it again"),
    "huge.png": (
        png_head(30_000, 30_000) + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
        "30,000 x 30,000 px are over the limit",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_picture_is_an_error_with_a_row_and_its_reason(
    name: str, bundle: Path, tmp_path: Path
) -> None:
    data, reason = UNREADABLE[name]
    lot = put(tmp_path / "lot", name, data)
    put(lot, "ok.png", encode_png(GOOD))
    code, _ = judged(lot, bundle, tmp_path)
    rows = {row["image"]: row for row in rows_of(tmp_path / "out")}
    assert code == 2
    assert (rows[name]["decision"], rows[name]["score"], rows[name]["label"]) == ("ERROR", "", "")
    assert reason in rows[name]["reasons"]
    assert rows["ok.png"]["decision"] == "PASS"


@pytest.mark.parametrize("name", ["16 bit.png", "RGBA.png", "名字 with spaces.png"])
def test_unusual_but_whole_picture_is_judged(name: str, bundle: Path, tmp_path: Path) -> None:
    unusual: dict[str, NDArray[np.generic]] = {
        "16 bit.png": GOOD[..., 0].astype(np.uint16) * 257,
        "RGBA.png": np.dstack([GOOD, np.zeros((32, 48), np.uint8)]),
    }
    pixels = unusual.get(name, GOOD)
    data = encoded(".png", pixels)
    assert judged(put(tmp_path / "lot", name, data), bundle, tmp_path)[0] == 0
    (row,) = rows_of(tmp_path / "out")
    assert row["image"] == name
    assert float(row["score"]) == pytest.approx(10 / 255, rel=1e-5)


def test_fifo_named_like_a_picture_is_an_error_and_nothing_hangs(
    bundle: Path, tmp_path: Path
) -> None:
    lot = put(tmp_path / "lot", "ok.png", encode_png(GOOD))
    os.mkfifo(lot / "pipe.png")
    assert judged(lot, bundle, tmp_path)[0] == 2
    assert [row["decision"] for row in rows_of(tmp_path / "out")] == ["PASS", "ERROR"]


def test_link_loop_ends_and_each_picture_is_judged_once(bundle: Path, tmp_path: Path) -> None:
    lot = grey_lot(tmp_path / "lot" / "inner")
    (lot / "loop").symlink_to(tmp_path / "lot")
    code, words = judged(tmp_path / "lot", bundle, tmp_path)
    assert code == 1
    assert len(rows_of(tmp_path / "out")) == 4
    assert "loop" in words


def test_list_with_a_missing_picture_has_a_row_for_it(bundle: Path, tmp_path: Path) -> None:
    put(tmp_path, "ok.png", encode_png(GOOD))
    (tmp_path / "list.txt").write_text("# a comment\r\nok.png\r\n\r\ngone.png\r\n")
    assert judged(tmp_path / "list.txt", bundle, tmp_path)[0] == 2
    rows = {row["image"]: row["decision"] for row in rows_of(tmp_path / "out")}
    assert rows == {"ok.png": "PASS", "gone.png": "ERROR"}


@pytest.mark.parametrize(
    ("source", "message"),
    [("empty", "no picture found there"), ("missing", "no such file or folder"), ("", "is empty")],
)
def test_source_without_pictures_is_wrong_usage(
    source: str, message: str, bundle: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    code, words = judged(tmp_path / source if source else "", bundle, tmp_path)
    assert code == 3
    assert message in words
    assert not (tmp_path / "out").exists()


def test_folder_that_cannot_be_written_is_wrong_usage(bundle: Path, tmp_path: Path) -> None:
    lot = grey_lot(tmp_path / "lot")
    done = inspector("batch", lot, "--bundle", bundle, "--out", lot / "dark.png" / "out")
    assert done.returncode == 3
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize("name", sorted(path.name for path in shipped_bundle().iterdir()))
def test_bundle_with_one_flipped_byte_is_refused(name: str, bundle: Path, tmp_path: Path) -> None:
    data = bytearray((bundle / name).read_bytes())
    data[len(data) // 2] ^= 1
    (bundle / name).write_bytes(data)
    code, words = judged(grey_lot(tmp_path / "lot"), bundle, tmp_path)
    assert code == 3
    assert name in words
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("treshold = 0.5", "unknown key 'treshold'; did you mean 'threshold'?"),
        ("threshold = nan", "threshold is nan; it must be a finite number"),
        ("threshold = inf", "threshold is inf"),
        ('threshold = "low"', "it must be a number"),
    ],
)
def test_wrong_recipe_is_refused_with_its_key(
    line: str, message: str, bundle: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "r.toml"
    recipe.write_text(f'schema_version = 1\nname = "x"\n{line}\n')
    code, words = judged(grey_lot(tmp_path / "lot"), bundle, tmp_path, "--recipe", recipe)
    assert code == 3
    assert message in words
    assert not (tmp_path / "out").exists()


def test_store_of_another_program_is_left_alone(bundle: Path, tmp_path: Path) -> None:
    out = put(tmp_path / "out", "records.db", b"SQLite format 3\0" + struct.pack("<100s", b""))
    before = (out / "records.db").read_bytes()
    code, words = judged(grey_lot(tmp_path / "lot"), bundle, tmp_path, "--resume")
    assert code == 4
    assert "records.db" in words
    assert (out / "records.db").read_bytes() == before


def test_part_is_never_left_out_for_how_its_file_is_called(bundle: Path, tmp_path: Path) -> None:
    """By content: what can be read is judged, another picture is an ERROR, and the rest counted."""
    lot = tmp_path / "lot"
    read = {
        "a.png": encode_png(GOOD),
        "b.jfif": jpeg(GOOD),
        "c.jpe": jpeg(GOOD),
        "d.ppm": pnm(GOOD, 255),
        "e.pgm": pnm(GOOD[..., 0], 255),
        "f": encode_png(GOOD),
    }
    not_read = {
        "g.gif": b"GIF89a" + bytes(100),
        "h.heic": bytes(4) + b"ftypheic" + bytes(100),
        "i.dat": bytes(128) + b"DICM" + bytes(100),
    }
    others = {"notes.txt": b"all good", "Thumbs.db": b"\xd0\xcf\x11\xe0", ".hidden.png": b""}
    for name, data in (read | not_read | others).items():
        put(lot, name, data)
    done = inspector("batch", lot, "--bundle", bundle, "--out", tmp_path / "out")
    assert done.returncode == 2
    rows = {row["image"]: row["decision"] for row in rows_of(tmp_path / "out")}
    assert rows == dict.fromkeys(read, "PASS") | dict.fromkeys(not_read, "ERROR")
    assert "not judged: 3 files are not pictures (.db 1, .txt 1, hidden 1)" in done.stdout
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["left_out"] == {".db": 1, ".txt": 1, "hidden": 1}
    report = (tmp_path / "out" / "report.html").read_text()
    assert "3 files are not pictures (.db 1, .txt 1, hidden 1)" in report


def test_ten_bits_in_sixteen_are_judged_by_the_bundles_depth_and_never_as_night(
    bundle: Path, tmp_path: Path
) -> None:
    bright = np.full((32, 48), 900, np.uint16)  # 0.88 of full light, which fails
    bright[:, ::2] = 901
    lot = put(tmp_path / "lot", "ten bits.png", encoded(".png", bright))
    ten = write_bundle(tmp_path / "ten.bundle", threshold=0.5, max_sample=1023)
    assert judged(lot, ten, tmp_path)[0] == 1
    (row,) = rows_of(tmp_path / "out")
    assert float(row["score"]) == pytest.approx(900.5 / 1023, abs=0.002)
    done = inspector("batch", lot, "--bundle", bundle, "--out", tmp_path / "unsaid")
    assert done.returncode == 2
    assert "16 bits whose samples end at 901" in rows_of(tmp_path / "unsaid")[0]["reasons"]
    put(lot, "ten bits.png", encoded(".png", bright + 200))
    done = inspector("batch", lot, "--bundle", ten, "--out", tmp_path / "beyond")
    assert done.returncode == 2
    assert "a sample is 1,101; full light is 1,023" in rows_of(tmp_path / "beyond")[0]["reasons"]
