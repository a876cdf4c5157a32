"""Every runtime gets the pictures as the line would."""

from pathlib import Path

import numpy as np
import pytest

from inspector.bench.pictures import MAX_PICTURES, evenly, load_tensors
from inspector.bundle import InputSpec
from inspector.clock import SystemClock
from inspector.errors import UsageError
from inspector.store.images import write_png
from tests.support.bundles import INPUT
from tests.support.picture_files import write_video

TILES = InputSpec(height_px=32, width_px=32, color="mono", resize="tile", overlap_px=8)


def draw(folder: Path, *greys: int, size_px: tuple[int, int] = (32, 48)) -> Path:
    for grey in greys:
        write_png(folder / f"{grey:03d}.png", np.full(size_px, grey, dtype=np.uint8))
    return folder


@pytest.mark.parametrize(
    ("count", "places"), [(0, []), (3, [0, 1, 2]), (4, [0, 1, 2, 3]), (10, [0, 2, 5, 7])]
)
def test_places_are_spread_evenly(count: int, places: list[int]) -> None:
    assert evenly(count, 4) == places


def test_pictures_are_preprocessed_and_a_broken_one_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    draw(tmp_path, 10, 200)
    (tmp_path / "100.png").write_bytes(b"no picture")
    tensors = load_tensors(str(tmp_path), INPUT, SystemClock())
    assert [(tensor.shape, int(tensor[0, 0, 0, 0])) for tensor in tensors] == [
        ((1, 32, 48, 3), 10),
        ((1, 32, 48, 3), 200),
    ]
    assert "100.png is left out" in caplog.text


def test_tiles_of_one_picture_are_one_batch(tmp_path: Path) -> None:
    draw(tmp_path, 10, size_px=(32, 80))
    assert [one.shape for one in load_tensors(str(tmp_path), TILES, SystemClock())] == [
        (3, 32, 32, 1)
    ]


def test_of_many_pictures_some_are_taken(tmp_path: Path) -> None:
    draw(tmp_path, *range(2 * MAX_PICTURES))
    tensors = load_tensors(str(tmp_path), INPUT, SystemClock())
    assert [int(one[0, 0, 0, 0]) for one in tensors] == list(range(0, 2 * MAX_PICTURES, 2))


def test_folder_without_a_whole_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(UsageError, match="nothing can be measured"):
        load_tensors(str(tmp_path), INPUT, SystemClock())


def test_video_is_refused(tmp_path: Path) -> None:
    write_video(tmp_path / "a.avi", [np.zeros((32, 48, 3), dtype=np.uint8)])
    with pytest.raises(UsageError, match="is a video"):
        load_tensors(str(tmp_path / "a.avi"), INPUT, SystemClock())


def test_pictures_that_are_large_together_are_not_all_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("inspector.bench.pictures.MAX_TENSOR_BYTES", 2 * 32 * 48 * 3)
    draw(tmp_path, 10, 20, 30)
    assert len(load_tensors(str(tmp_path), INPUT, SystemClock())) == 2
    assert "the pictures are large; 2 of them are used" in caplog.text
