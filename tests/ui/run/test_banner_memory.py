"""What the banner shows when: no fail goes by unseen, and nothing flickers."""

from inspector.flow import Decision
from ui.run.banner_memory import BannerMemory, Face

PASS, FAIL, ERROR = Decision.PASS, Decision.FAIL, Decision.ERROR


def face(decision: Decision, number: int) -> Face:
    return Face(decision=decision, part_number=number, score=0.2, threshold=0.5, total_ms=9.0)


def shown(memory: BannerMemory, now_s: float) -> tuple[Decision, int | None] | None:
    found = memory.face(now_s)
    return None if found is None else (found.decision, found.part_number)


def fast(memory: BannerMemory, first: int, from_s: float, count: int) -> float:
    """Passes at thirty a second; gives the time of the last."""
    for n in range(count):
        memory.add(face(PASS, first + n), from_s + n / 30)
    return from_s + (count - 1) / 30


def test_nothing_is_shown_before_the_first_part() -> None:
    assert BannerMemory().face(0.0) is None


def test_fail_on_a_fast_line_stays_for_a_second_and_a_half() -> None:
    memory = BannerMemory()
    now_s = fast(memory, 1, 0.0, 60)
    memory.add(face(FAIL, 61), now_s)
    fast(memory, 62, now_s, 60)
    assert shown(memory, now_s + 0.1) == (FAIL, 61)
    assert shown(memory, now_s + 1.4) == (FAIL, 61)
    assert shown(memory, now_s + 1.51) == (PASS, 121)


def test_next_fail_is_shown_at_once_with_how_many_there_were_lately() -> None:
    memory = BannerMemory()
    now_s = fast(memory, 1, 0.0, 60)
    for n in range(3):
        memory.add(face(ERROR if n == 1 else FAIL, 100 + n), now_s + n / 10)
    found = memory.face(now_s + 0.3)
    assert found is not None
    assert (found.decision, found.part_number, found.n_recent) == (FAIL, 102, 3)
    later = memory.face(now_s + 10.15)
    assert later is not None
    assert later.n_recent == 1  # the two before it are more than ten seconds old


def test_passes_of_a_fast_line_are_renewed_twice_a_second() -> None:
    memory = BannerMemory()
    now_s = fast(memory, 1, 0.0, 60)
    first = shown(memory, now_s)
    fast(memory, 61, now_s, 10)
    assert shown(memory, now_s + 0.3) == first
    assert shown(memory, now_s + 0.51) == (PASS, 70)


def test_each_part_of_a_slow_line_is_shown() -> None:
    memory = BannerMemory()
    for number, decision in enumerate([PASS, FAIL, PASS, ERROR, PASS]):
        memory.add(face(decision, number), number * 0.6)
        assert shown(memory, number * 0.6) == (decision, number)


def test_fail_that_comes_together_with_the_next_part_is_seen_on_a_slow_line_too() -> None:
    memory = BannerMemory()
    for number, decision in enumerate([PASS, FAIL, PASS]):
        memory.add(face(decision, number), 5.0)
    assert shown(memory, 5.0) == (FAIL, 1)
    assert shown(memory, 5.4) == (FAIL, 1)
    assert shown(memory, 5.6) == (PASS, 2)


def test_line_that_starts_anew_has_forgotten_everything() -> None:
    memory = BannerMemory()
    memory.add(face(FAIL, 1), 0.0)
    memory.clear()
    assert memory.face(0.1) is None
