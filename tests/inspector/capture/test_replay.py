"""Pictures of a disk as a camera: each once and in order, in a loop or to their end."""

import os
from pathlib import Path

import numpy as np
import pytest

from inspector.capture import replay
from inspector.capture.registry import make_source
from inspector.capture.replay import Replay, ReplayOptions
from inspector.clock import SystemClock
from inspector.errors import CorruptFrame, EndOfSource, SettingsError, SourceUnavailable
from inspector.store.images import write_png

LEVELS = (20, 90, 200)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for level in LEVELS:
        write_png(tmp_path / f"{level:03d}.png", np.full((24, 32), level, dtype=np.uint8))
    return tmp_path


def opened(folder: Path, *, is_looped: bool) -> Replay:
    source = Replay(
        str(folder), ReplayOptions(frames_per_s=0.0, is_looped=is_looped), "cam0", SystemClock()
    )
    source.open()
    return source


def levels(source: Replay, count: int) -> list[int]:
    return [int(source.grab(1.0).pixels[0, 0]) for _ in range(count)]


def test_pictures_come_in_order_and_then_no_more(folder: Path) -> None:
    source = opened(folder, is_looped=False)
    assert levels(source, 3) == [20, 90, 200]
    with pytest.raises(EndOfSource):
        source.grab(1.0)
    source.close()


@pytest.mark.parametrize("held_bytes", [0, 10**9])
def test_loop_begins_again_and_takes_up_what_has_come(
    folder: Path, held_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "MAX_HELD_BYTES", held_bytes)
    source = opened(folder, is_looped=True)
    assert levels(source, 4) == [20, 90, 200, 20]
    write_png(folder / "250.png", np.full((24, 32), 250, dtype=np.uint8))
    assert levels(source, 6) == [90, 200, 20, 90, 200, 250]
    source.close()


def test_picture_that_was_written_anew_is_read_anew_in_a_loop(folder: Path) -> None:
    source = opened(folder, is_looped=True)
    assert levels(source, 3) == [20, 90, 200]
    path = folder / "090.png"
    write_png(path, np.full((24, 32), 91, dtype=np.uint8))
    os.utime(path, (1, 1))
    assert levels(source, 4) == [20, 91, 200, 20]
    source.close()


def test_part_is_named_by_its_file_and_known_by_its_bytes(folder: Path) -> None:
    source = opened(folder, is_looped=False)
    frame = source.grab(1.0)
    source.close()
    assert (frame.part_id, frame.source_id) == ("020.png", "cam0")
    assert frame.content_sha256 is not None


def test_cut_picture_is_a_corrupt_frame_and_the_next_one_comes(folder: Path) -> None:
    cut = folder / "050.png"
    cut.write_bytes((folder / "020.png").read_bytes()[:-20])
    source = opened(folder, is_looped=False)
    assert levels(source, 1) == [20]
    with pytest.raises(CorruptFrame, match="050"):
        source.grab(1.0)
    frame = source.grab(1.0)
    source.close()
    assert (frame.frame_id, int(frame.pixels[0, 0])) == (2, 90)


def test_folder_that_is_emptied_in_a_loop_is_lost(folder: Path) -> None:
    source = opened(folder, is_looped=True)
    levels(source, 3)
    for picture in folder.glob("*.png"):
        picture.unlink()
    with pytest.raises(SourceUnavailable):
        source.grab(1.0)
    source.close()


def test_nothing_behind_the_colon_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'replay:FOLDER'"):
        make_source("replay", {}, "cam0", str(tmp_path), SystemClock())
