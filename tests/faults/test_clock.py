"""A wall clock that is set back and forth a few times; `make faults` has the many."""

from pathlib import Path

import pytest

from tests.faults.long.test_clock import _zone_is_put_back, step_clock

__all__ = ["_zone_is_put_back"]


def test_clock_that_is_set_back_and_forth_changes_no_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step_clock(tmp_path, 5, monkeypatch)
