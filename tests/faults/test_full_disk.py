"""A disk that takes nothing for a moment; `make faults` has it longer and more often."""

from pathlib import Path

from tests.faults.long.test_full_disk import (
    fill_at_write,
    hold_locked,
    run_with_failing_syncs,
    small_disk,
    start_on_read_only,
    triggered_station,
)

__all__ = ["small_disk"]


def test_disk_that_is_full_passes_nothing(small_disk: Path, tmp_path: Path) -> None:
    fill_at_write(small_disk, tmp_path, n_pages=3)


def test_disk_that_can_only_be_read_is_refused(
    small_disk: Path,
    tmp_path: Path,
) -> None:
    assert "ead-only" in start_on_read_only(small_disk, tmp_path)


def test_database_that_is_locked_makes_each_part_an_error(tmp_path: Path) -> None:
    assert hold_locked(triggered_station(tmp_path / "line"), 2.0) > 0


def test_sync_that_fails_passes_nothing(tmp_path: Path) -> None:
    run_with_failing_syncs(tmp_path, n_times=1)
