"""A check tells what was found, what is wrong, and how long it took."""

import pytest

from inspector.errors import InspectorError
from inspector.selftest.check import Check, tried, trying
from tests.support.fakes import FakeClock


def broken() -> str:
    raise InspectorError("the lamp is dark")


def test_what_was_found_and_what_is_wrong_is_said() -> None:
    clock = FakeClock(step_ns=2_000_000)
    assert tried("lamp", lambda: "it shines", clock) == Check(
        name="lamp", is_passed=True, detail="it shines", elapsed_ms=2.0
    )
    assert tried("lamp", broken, clock) == Check(
        name="lamp", is_passed=False, detail="the lamp is dark", elapsed_ms=2.0
    )


def test_failure_ends_what_rests_on_it() -> None:
    checks: list[Check] = []
    with pytest.raises(InspectorError), trying("lamp", checks, FakeClock()):
        broken()
    assert [check.is_passed for check in checks] == [False]


def refused() -> str:
    raise OSError(28, "No space left on device", "/tmp/part.png")


def test_what_the_system_refuses_is_a_failure_and_no_crash() -> None:
    found = tried("lamp", refused, FakeClock())
    assert not found.is_passed
    assert found.detail == "/tmp/part.png: No space left on device; mend it, then try again"
