"""The whole self-test, and the short one that every start of a line begins with."""

from functools import cache

from inspector.clock import Clock, SystemClock
from inspector.errors import MachineUnfit
from inspector.selftest.check import Check
from inspector.selftest.judging import judging_checks
from inspector.selftest.machine import machine_checks


def run_selftest(clock: Clock) -> list[Check]:
    """Everything that is tried, in the order of what rests on what."""
    return [*judging_checks(clock), *machine_checks(clock)]


def check_at_start() -> None:
    """Judge a good and a bad part and keep a record, before a line may judge: 0.2 s, once.

    Raises:
        MachineUnfit: Something did not come out as it was proven.
    """
    failure = _failure()
    if failure is not None:
        raise MachineUnfit(
            f"this machine does not judge as the product was proven to: {failure}; run `inspector "
            "selftest`, and do not use this machine until it holds"
        )


@cache
def _failure() -> str | None:
    """Of this process; what was loaded stays the same until it ends."""
    failed = [check for check in judging_checks(SystemClock()) if not check.is_passed]
    return f"{failed[0].name}: {failed[0].detail}" if failed else None
