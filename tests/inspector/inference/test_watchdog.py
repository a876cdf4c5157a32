"""Whatever takes too long is ended, once, and nothing else."""

import threading

from inspector.clock import SystemClock
from inspector.inference.watchdog import Watchdog

PATIENCE_S = 30.0


def test_watchdog_bites_when_the_time_is_over_and_says_so() -> None:
    bitten = threading.Event()
    watchdog = Watchdog("test", bitten.set, SystemClock())
    with watchdog.limit(0.02) as bite:
        assert bitten.wait(PATIENCE_S)
    assert bite.was_needed
    watchdog.end()


def test_watchdog_leaves_alone_what_is_done_in_time() -> None:
    bites: list[int] = []
    watchdog = Watchdog("test", lambda: bites.append(1), SystemClock())
    for _ in range(3):
        with watchdog.limit(PATIENCE_S) as bite:
            pass
        assert not bite.was_needed
    watchdog.end()
    watchdog.end()
    assert bites == []


def test_short_limit_after_a_long_one_is_kept() -> None:
    """The watchdog may be asleep until the end of the longer one."""
    bitten = threading.Event()
    watchdog = Watchdog("test", bitten.set, SystemClock())
    with watchdog.limit(10 * PATIENCE_S):
        pass
    with watchdog.limit(0.02) as bite:
        assert bitten.wait(PATIENCE_S)
    assert bite.was_needed
    watchdog.end()
