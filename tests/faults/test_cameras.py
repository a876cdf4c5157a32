"""A few losses and spoilt pictures of a camera; `make faults` has the many."""

from pathlib import Path

import pytest

from tests.faults.long.test_cameras import (
    BACK_WITHIN_S,
    SIGHTS,
    TIMER,
    _two_cameras,
    basler_station,
    break_buffers,
    script_over_basler,
    show_sights,
    unplug,
)

__all__ = ["_two_cameras"]


def test_camera_that_is_unplugged_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unplug(basler_station(tmp_path, TIMER), 2, monkeypatch)[1] <= BACK_WITHIN_S


def test_broken_buffers_are_one_error_each(tmp_path: Path) -> None:
    n_broken, n_errors = break_buffers(basler_station(tmp_path), 400)
    assert n_errors == n_broken > 0


def test_gaps_doubles_and_damaged_pictures_are_errors_one_to_one(tmp_path: Path) -> None:
    n_injected, n_as_expected, _ = script_over_basler(basler_station(tmp_path), 400, every=20)
    assert n_as_expected == n_injected == 9


def test_picture_on_which_nothing_can_be_seen_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = show_sights(tmp_path, 2, monkeypatch)
    assert counts == {"good PASS": 2, **{f"{name} ERROR": 2 for name in SIGHTS}}
