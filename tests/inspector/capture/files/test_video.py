"""The frames of a video: whole and in order; a truncated video never looks like a short one."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.capture.files.video import read_video
from inspector.errors import CorruptFrame, SourceUnavailable
from tests.support.picture_files import textured, write_video

FRAMES = [np.roll(textured(48, 64), 5 * number, axis=1) for number in range(6)]
LOSSLESS = [("FFV1", "part.avi"), ("FFV1", "part.mkv"), ("PNG ", "part.avi")]
ANY = [*LOSSLESS, ("MJPG", "part.avi"), ("mp4v", "part.mp4"), ("VP80", "part.webm")]


def shown(path: Path) -> list[NDArray[np.uint8] | CorruptFrame]:
    return list(read_video(path))


@pytest.mark.parametrize(("codec", "name"), LOSSLESS)
def test_frames_come_in_order_with_exactly_their_pixels(
    codec: str, name: str, tmp_path: Path
) -> None:
    write_video(tmp_path / name, FRAMES, codec)
    frames = shown(tmp_path / name)
    assert len(frames) == len(FRAMES)
    for frame, pixels in zip(frames, FRAMES, strict=True):
        assert isinstance(frame, np.ndarray)
        assert frame.dtype == np.uint8
        assert np.array_equal(frame, pixels)


@pytest.mark.parametrize(("codec", "name"), ANY)
def test_cut_video_shows_whole_frames_only_and_says_that_it_was_cut(
    codec: str, name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    write_video(path, FRAMES, codec)
    data, whole = path.read_bytes(), shown(path)
    faults = []
    for length in range(0, len(data), max(1, len(data) // 60)):
        path.write_bytes(data[:length])
        try:
            frames = shown(path)
        except SourceUnavailable:
            continue
        pictures = [frame for frame in frames if not isinstance(frame, CorruptFrame)]
        is_told = isinstance(frames[-1], CorruptFrame) and len(pictures) == len(frames) - 1
        # A cut behind the last frame, in the index, takes nothing away.
        is_whole = len(pictures) == len(whole)
        is_exact = all(
            np.array_equal(picture, frame)  # type: ignore[arg-type]
            for picture, frame in zip(pictures, whole, strict=False)
        )
        if not is_exact or not (is_told or is_whole):
            faults.append(length)
    assert faults == []


def test_cut_video_tells_how_many_frames_are_left(tmp_path: Path) -> None:
    path = tmp_path / "part.avi"
    write_video(path, FRAMES, "FFV1")
    path.write_bytes(path.read_bytes()[:-20_000])
    *whole, last = shown(path)
    assert str(last) == (
        f"part.avi: the video ends after {len(whole)} of 6 frames; it is truncated, or a frame is "
        "damaged"
    )


@pytest.mark.parametrize("content", [b"", b"no video at all", bytes(5_000)])
def test_file_that_is_no_video_is_a_source_unavailable(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "part.mp4").write_bytes(content)
    with pytest.raises(SourceUnavailable, match=r"^part\.mp4 cannot be opened as a video"):
        shown(tmp_path / "part.mp4")


def test_missing_video_is_a_source_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match=r"^part\.mp4 cannot be read: No such file"):
        shown(tmp_path / "part.mp4")
    with pytest.raises(SourceUnavailable, match="cannot be read: embedded null"):
        shown(tmp_path / "a\0b.mp4")


@pytest.mark.timeout(30)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes there")
def test_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "part.mp4")
    with pytest.raises(SourceUnavailable, match="this is not a regular file but a device, pipe"):
        shown(tmp_path / "part.mp4")


def test_chinese_and_spaces_in_a_path_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "录像 1.avi"
    write_video(path, FRAMES[:2], "FFV1")
    assert len(shown(path)) == 2


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_path_that_is_no_utf_8_is_refused_and_does_not_crash_opencv(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.avi")
    path.write_bytes(b"")
    with pytest.raises(SourceUnavailable) as caught:
        shown(path)
    assert str(caught.value) == "caf\\xe9.avi: its path is not UTF-8; rename it"


def test_opening_leaves_the_environment_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCV_FFMPEG_LOGLEVEL", "16")
    monkeypatch.delenv("OPENCV_FFMPEG_CAPTURE_OPTIONS", raising=False)
    write_video(tmp_path / "part.avi", FRAMES[:1], "FFV1")
    assert len(shown(tmp_path / "part.avi")) == 1
    assert os.environ["OPENCV_FFMPEG_LOGLEVEL"] == "16"
    assert "OPENCV_FFMPEG_CAPTURE_OPTIONS" not in os.environ


def test_reader_that_stops_early_lets_go_of_the_file(tmp_path: Path) -> None:
    """The guard on open files looks after this test."""
    write_video(tmp_path / "part.avi", FRAMES, "FFV1")
    frames = read_video(tmp_path / "part.avi")
    assert isinstance(next(frames), np.ndarray)
    frames.close()  # type: ignore[attr-defined]
