"""`inspector camera`: what there is, and one picture of it."""

import json
from pathlib import Path

import pytest

from inspector.capture.files.image_file import read_picture
from tests.support.lots import grey_lot, inspector


def test_list_tells_every_kind_and_what_is_here() -> None:
    table = json.loads(inspector("camera", "list", "--json").stdout)
    assert set(table["kinds"]) >= {"synthetic", "replay", "usb", "rtsp", "http", "https"}
    assert {"source": "synthetic", "description": "drawn parts, for trying the line"} in table[
        "found"
    ]
    words = inspector("camera", "list").stdout
    assert "usb:N" in words
    assert "inspector.sources" in words


def test_snap_writes_one_picture(tmp_path: Path) -> None:
    out = tmp_path / "part.png"
    done = inspector("camera", "snap", "synthetic", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "512 x 384 px, colour, from drawn parts" in done.stdout
    assert read_picture(out).pixels.shape == (384, 512, 3)


def test_snap_of_a_folder_takes_its_first_picture(tmp_path: Path) -> None:
    lot = grey_lot(tmp_path / "lot")
    out = tmp_path / "first.png"
    assert inspector("camera", "snap", f"replay:{lot}", "--out", out).returncode == 0
    assert int(read_picture(out).pixels.max()) == 10


@pytest.mark.parametrize(
    ("source", "out", "words"),
    [
        ("usb:63", "a.png", "cannot be opened"),
        ("ubs:0", "a.png", "there is no kind 'ubs'"),
        ("synthetic", "a.jpg", "pictures are written as .png"),
        ("http://127.0.0.1:1/", "a.png", "gives no pictures"),
    ],
)
def test_what_cannot_be_had_is_told(source: str, out: str, words: str, tmp_path: Path) -> None:
    done = inspector("camera", "snap", source, "--out", tmp_path / out)
    assert (done.returncode, done.stdout) == (3, "")
    assert words in done.stderr
    assert not (tmp_path / out).exists()
