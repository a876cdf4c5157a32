"""Speeds are compared round by round."""

from inspector.inference.turns import RUNS_PER_ROUND, median_ratio, times_in_turns
from tests.support.fakes import FakeClock


def test_each_way_has_its_turn_in_every_round() -> None:
    clock, order = FakeClock(), ""

    def way(name: str, passed_ns: int) -> None:
        nonlocal order
        order += name
        clock.step(passed_ns)

    times_ms = times_in_turns(
        [lambda: way("a", 3_000_000), lambda: way("b", 2_000_000)], clock, rounds=2
    )
    assert times_ms == [[3.0, 2.0], [3.0, 2.0]]
    turn = "a" * RUNS_PER_ROUND + "b" * RUNS_PER_ROUND
    assert order == "aaa" + "bbb" + 2 * turn


def test_one_disturbed_round_does_not_move_the_ratio() -> None:
    assert median_ratio([[3.0, 2.0], [90.0, 2.0], [3.0, 2.0]], 0, 1) == 1.5
    assert median_ratio([[3.0, 2.0], [30.0, 20.0]], 1, 0) == 2 / 3
