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


@cache  # of what held; what failed is tried again at the next start
def check_at_start() -> None:
    """Judge a good and a bad part and keep a record, before a line may judge: 0.2 s, once.

    Raises:
        MachineUnfit: Something did not come out as it was proven.
    """
    failed = [check for check in judging_checks(SystemClock()) if not check.is_passed]
    if failed:
        raise MachineUnfit(
            "this machine does not judge as the product was proven to: "
            f"{failed[0].name}: {failed[0].detail}; run `inspector selftest`, and do not use this "
            "machine until it holds"
        )
