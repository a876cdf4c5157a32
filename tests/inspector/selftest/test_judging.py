"""What judges is tried in order, and the first thing that does not hold ends it."""

from pathlib import Path

import pytest

from inspector.selftest import judging
from inspector.selftest.judging import judging_checks
from tests.support.bundles import write_bundle
from tests.support.fakes import FakeClock


def test_every_check_holds_on_this_machine() -> None:
    checks = judging_checks(FakeClock(step_ns=1_000_000))
    assert [(check.name, check.is_passed) for check in checks] == [
        ("bundle", True),
        ("canary", True),
        ("good part", True),
        ("bad part", True),
        ("record", True),
    ]
    assert checks[0].elapsed_ms == 1.0


def test_first_check_that_fails_ends_it_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bundle that passes everything is as good as none."""
    blind = write_bundle(tmp_path / "blind", threshold=100.0)
    monkeypatch.setattr(judging, "shipped_bundle", lambda: blind)
    checks = judging_checks(FakeClock())
    assert [check.is_passed for check in checks] == [True, True, True, False]
    assert "FAIL was expected: do not use this machine" in checks[-1].detail


def test_missing_bundle_fails_the_first_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "shipped_bundle", lambda: tmp_path / "gone")
    (check,) = judging_checks(FakeClock())
    assert not check.is_passed
    assert "no such folder" in check.detail
