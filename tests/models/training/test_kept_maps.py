"""Maps are made once, found again, and make room for others."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from inspector.errors import StoreError, StoreFull
from models.training import kept_maps
from models.training.kept_maps import Arrays, Form, KeptMaps

FORMS = {"low": Form((2, 3), "float16"), "covers": Form((4,), "uint8")}


class Counting:
    """Fills arrays with how often it was asked."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, arrays: Arrays) -> None:
        self.count += 1
        for values in arrays.values():
            values[:] = self.count


def test_arrays_are_made_once_and_found_again(tmp_path: Path) -> None:
    fill = Counting()
    for _ in range(2):
        arrays = KeptMaps(tmp_path / "maps").arrays("a", FORMS, fill)
        assert (arrays["low"].shape, str(arrays["low"].dtype)) == ((2, 3), "float16")
        assert np.array_equal(arrays["covers"], np.ones(4))
    assert fill.count == 1
    KeptMaps(tmp_path / "maps").arrays("b", FORMS, fill)
    assert fill.count == 2


def test_arrays_cannot_be_changed(tmp_path: Path) -> None:
    arrays = KeptMaps(tmp_path).arrays("a", FORMS, Counting())
    with pytest.raises(ValueError, match="read-only"):
        arrays["low"][0] = 0


def test_nothing_is_left_of_what_was_not_finished(tmp_path: Path) -> None:
    def interrupted(_: Arrays) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        KeptMaps(tmp_path).arrays("a", FORMS, interrupted)
    assert list(tmp_path.iterdir()) == []


def test_other_process_that_was_quicker_is_fine(tmp_path: Path) -> None:
    kept, fill = KeptMaps(tmp_path), Counting()

    def late(arrays: Arrays) -> None:
        kept.arrays("a", FORMS, fill)
        for values in arrays.values():
            values[:] = 9

    # The other one makes the same under its own number.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "getpid", iter(range(10)).__next__)
        assert np.array_equal(kept.arrays("a", FORMS, late)["covers"], np.ones(4))
    assert [place.name for place in tmp_path.iterdir()] == ["a"]


def test_what_was_used_longest_ago_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = KeptMaps(tmp_path)
    for age, name in enumerate("abc"):
        kept.arrays(name, FORMS, Counting())
        os.utime(tmp_path / name, (age, age))
    one = sum(file.stat().st_size for file in (tmp_path / "a").iterdir())
    monkeypatch.setattr(kept_maps, "MAX_KEPT_BYTES", 3 * one)
    kept.arrays("d", FORMS, Counting())
    assert sorted(place.name for place in tmp_path.iterdir()) == ["b", "c", "d"]


def test_full_disk_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(StoreFull, match=r"no room in .* make room there, or name another folder"):
        KeptMaps(tmp_path).arrays("a", FORMS, Counting())
    assert list(tmp_path.iterdir()) == []


def test_damaged_file_is_named(tmp_path: Path) -> None:
    kept = KeptMaps(tmp_path)
    kept.arrays("a", FORMS, Counting())
    (tmp_path / "a" / "low.npy").write_bytes(b"no array")
    with pytest.raises(StoreError, match=r"the maps in '.*a' cannot .* delete that folder"):
        kept.arrays("a", FORMS, Counting())
