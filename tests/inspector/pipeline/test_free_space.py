"""The station does not go on where its results would soon have no room."""

import shutil
from pathlib import Path

import pytest

from inspector.errors import StoreError, StoreFull
from inspector.pipeline.free_space import check_free_space


def test_room_above_the_floor_is_enough(tmp_path: Path) -> None:
    check_free_space(tmp_path, shutil.disk_usage(tmp_path).free // 2)


def test_too_little_room_says_how_much_there_is_and_must_be(tmp_path: Path) -> None:
    with pytest.raises(StoreFull, match=r"MB left, and the station needs 1,000,000,000 MB"):
        check_free_space(tmp_path, 10**15)


def test_disk_that_went_away_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is its disk still there"):
        check_free_space(tmp_path / "gone", 0)
