"""Pictures are kept within their quota, the oldest go first, and a skipped one is counted."""

from pathlib import Path

import numpy as np
import pytest

from inspector.pipeline.kept_images import KeptImages
from inspector.store.images import encode_png

PIXELS = np.full((24, 32), 90, dtype=np.uint8)
N_BYTES = len(encode_png(PIXELS))


def kept(folder: Path, *, quota_bytes: int = 10**9, floor_bytes: int = 0) -> KeptImages:
    return KeptImages(folder, quota_bytes=quota_bytes, floor_bytes=floor_bytes)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_picture_is_kept_whole_under_its_part_and_camera(tmp_path: Path) -> None:
    images = kept(tmp_path / "images")
    images.keep(12, "top", PIXELS)
    path = tmp_path / "images" / "000000000012-top.png"
    assert path.read_bytes() == encode_png(PIXELS)
    assert images.n_skipped == 0


def test_oldest_pictures_go_when_the_quota_is_full(tmp_path: Path) -> None:
    images = kept(tmp_path, quota_bytes=2 * N_BYTES)
    for number in (8, 9, 10, 11):
        images.keep(number, "top", PIXELS)
    assert names(tmp_path) == ["000000000010-top.png", "000000000011-top.png"]


def test_pictures_of_earlier_runs_count(tmp_path: Path) -> None:
    kept(tmp_path).keep(1, "top", PIXELS)
    images = kept(tmp_path, quota_bytes=N_BYTES)
    images.keep(2, "top", PIXELS)
    assert names(tmp_path) == ["000000000002-top.png"]


def test_picture_without_room_is_skipped_counted_and_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    images = kept(tmp_path, floor_bytes=10**15)
    images.keep(1, "top", PIXELS)
    images.keep(2, "top", PIXELS)
    assert (names(tmp_path), images.n_skipped) == ([], 2)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_folder_that_cannot_be_made_skips_the_picture(tmp_path: Path) -> None:
    (tmp_path / "images").write_text("in the way")
    images = kept(tmp_path / "images")
    images.keep(1, "top", PIXELS)
    assert images.n_skipped == 1


def test_number_that_is_kept_twice_counts_once(tmp_path: Path) -> None:
    images = kept(tmp_path, quota_bytes=2 * N_BYTES)
    for number in (1, 1, 2):
        images.keep(number, "top", PIXELS)
    assert names(tmp_path) == ["000000000001-top.png", "000000000002-top.png"]


def test_picture_that_cannot_be_removed_counts_until_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = kept(tmp_path, quota_bytes=3 * N_BYTES)
    for number in (1, 2, 3):
        images.keep(number, "top", PIXELS)
    with monkeypatch.context() as broken:

        def refuse(*_: object, **__: object) -> None:
            raise OSError(30, "Read-only file system")

        broken.setattr(Path, "unlink", refuse)
        images.keep(4, "top", PIXELS)
    assert images.n_skipped == 1
    images.keep(5, "top", PIXELS)
    assert names(tmp_path) == [f"{number:012d}-top.png" for number in (2, 3, 5)]
