"""Pictures waiting to be judged: asked for alike, whether they come from files or a video."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from inspector.capture.files.pictures import PictureSource, WaitingPicture
from inspector.clock import SystemClock
from inspector.errors import CorruptFrame, SourceUnavailable, UsageError
from tests.support.fakes import FakeClock
from tests.support.picture_files import SOUND, textured, write_video

TAKEN_S = 1_700_000_000
TAKEN_AT = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def waiting(source: Path) -> list[WaitingPicture]:
    return list(PictureSource(str(source), FakeClock(step_ns=1_000)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, kind in (("b.png", "png"), ("a.jpg", "jpeg mono"), ("c.bmp", "bmp")):
        (tmp_path / name).write_bytes(SOUND[kind])
        os.utime(tmp_path / name, (TAKEN_S, TAKEN_S))
    return tmp_path


def test_pictures_of_a_folder_are_numbered_in_the_order_of_their_names(folder: Path) -> None:
    assert [(p.image, p.frame_id, p.taken_at) for p in waiting(folder)] == [
        ("a.jpg", 0, TAKEN_AT),
        ("b.png", 1, TAKEN_AT),
        ("c.bmp", 2, TAKEN_AT),
    ]
    assert PictureSource(str(folder), FakeClock()).count == 3


def test_source_may_be_gone_through_twice(folder: Path) -> None:
    source = PictureSource(str(folder), FakeClock())
    assert [p.image for p in source] == [p.image for p in source] == ["a.jpg", "b.png", "c.bmp"]


def test_frame_tells_where_its_pixels_came_from(folder: Path) -> None:
    clock = FakeClock()
    clock.step(77)
    frame = list(PictureSource(str(folder), clock))[1].load()
    assert np.array_equal(frame.pixels, textured(24, 40))
    assert (frame.frame_id, frame.source_id, frame.captured_ns) == (1, "b.png", 77)
    assert frame.captured_at == TAKEN_AT
    assert frame.content_sha256 == hashlib.sha256(SOUND["png"]).hexdigest()
    assert frame.pixels.flags.writeable is False


def test_nothing_is_read_before_it_is_asked_for(folder: Path) -> None:
    pictures = waiting(folder)
    (folder / "b.png").unlink()
    assert pictures[0].load().frame_id == 0
    with pytest.raises(SourceUnavailable, match=r"b\.png cannot be read"):
        pictures[1].load()


def test_broken_picture_is_listed_and_fails_when_it_is_loaded(folder: Path) -> None:
    (folder / "b.png").write_bytes(SOUND["png"][:-20])
    pictures = waiting(folder)
    with pytest.raises(CorruptFrame, match="the file is truncated"):
        pictures[1].load()
    assert pictures[2].load().frame_id == 2


def test_picture_whose_time_cannot_be_told_has_none(folder: Path) -> None:
    (folder / "b.png").unlink()
    (folder / "b.png").symlink_to("nowhere")
    assert [p.taken_at for p in waiting(folder)] == [TAKEN_AT, None, TAKEN_AT]


def test_source_of_nothing_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no picture found there"):
        PictureSource(str(tmp_path), FakeClock())
    with pytest.raises(SourceUnavailable, match="no such file"):
        PictureSource(str(tmp_path / "nowhere"), FakeClock())


def test_frames_of_a_video_are_named_so_that_they_sort_as_they_came(tmp_path: Path) -> None:
    path = tmp_path / "take 1.avi"
    frames = [np.roll(textured(24, 40), number, axis=1) for number in range(12)]
    write_video(path, frames, "FFV1")
    os.utime(path, (TAKEN_S, TAKEN_S))
    pictures = waiting(path)
    assert PictureSource(str(path), FakeClock()).count is None
    names = [p.image for p in pictures]
    assert names == [f"take 1.avi#{number:08d}" for number in range(12)]
    assert sorted(names) == names
    assert {p.taken_at for p in pictures} == {TAKEN_AT}
    for number, picture in enumerate(pictures):
        frame = picture.load()
        assert np.array_equal(frame.pixels, frames[number])
        assert (frame.frame_id, frame.source_id) == (number, "take 1.avi")
        assert (frame.captured_at, frame.content_sha256) == (TAKEN_AT, None)


def test_video_tells_what_decoding_took(tmp_path: Path) -> None:
    path = tmp_path / "v.avi"
    write_video(path, [textured(24, 40)] * 3, "FFV1")
    assert all(one.decoded_ms > 0 for one in PictureSource(str(path), SystemClock()))


def test_end_of_a_cut_video_is_one_more_picture_that_fails(tmp_path: Path) -> None:
    path = tmp_path / "take.avi"
    write_video(path, [textured(24, 40)] * 6, "FFV1")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    pictures = waiting(path)
    assert 1 < len(pictures) < 6
    for picture in pictures[:-1]:
        assert np.array_equal(picture.load().pixels, textured(24, 40))
    with pytest.raises(CorruptFrame, match="the video ends after"):
        pictures[-1].load()
    assert pictures[-1].image == f"take.avi#{len(pictures) - 1:08d}"
