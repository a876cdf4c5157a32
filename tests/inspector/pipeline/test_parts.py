"""From views to parts: whatever happens, in whatever order, a part has exactly one result."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import DeadlineMissed
from inspector.flow import Decision, Stage
from inspector.pipeline.inspected import Inspected
from inspector.pipeline.parts import PartResult, Parts
from tests.support.fakes import inspected

PASS, FAIL, ERROR = Decision.PASS, Decision.FAIL, Decision.ERROR
MS = 1_000_000
CAMERAS = ("top", "side")


def parts(cameras: Sequence[str] = CAMERAS) -> Parts:
    return Parts(cameras, deadline_ns=100 * MS)


def decisions(result: PartResult) -> list[tuple[str, Decision]]:
    return [(view.camera, view.inspected.verdict.decision) for view in result.views]


def expired(table: Parts, now_ns: int) -> list[PartResult]:
    return [table.expire(n, inspected(ERROR), now_ns) for n in table.overdue(now_ns)]


def test_part_of_one_camera_has_its_result_with_its_view() -> None:
    table = parts(["top"])
    table.begin(5, triggered_ns=10 * MS)
    view = inspected(PASS, stage_ms={Stage.INFER: 7.0})
    result = table.add(5, "top", view, now_ns=22 * MS)
    assert result is not None
    assert (result.part_number, result.decision, result.total_ms) == (5, PASS, 12.0)
    assert result.stage_ms == {Stage.INFER: 7.0, Stage.TOTAL: 12.0}
    assert len(table) == 0


@pytest.mark.parametrize(
    ("top", "side", "decision", "deciding"),
    [
        (PASS, PASS, PASS, "top"),
        (PASS, FAIL, FAIL, "side"),
        (FAIL, PASS, FAIL, "top"),
        (FAIL, FAIL, FAIL, "top"),
        (FAIL, ERROR, ERROR, "side"),
        (ERROR, PASS, ERROR, "top"),
    ],
)
@pytest.mark.parametrize("order", [CAMERAS, CAMERAS[::-1]])
def test_worst_view_decides_whichever_came_first(
    order: tuple[str, str], top: Decision, side: Decision, decision: Decision, deciding: str
) -> None:
    table = parts()
    table.begin(1, triggered_ns=0)
    of = {"top": top, "side": side}
    assert table.add(1, order[0], inspected(of[order[0]]), now_ns=MS) is None
    result = table.add(1, order[1], inspected(of[order[1]]), now_ns=2 * MS)
    assert result is not None
    assert (result.decision, result.deciding.camera) == (decision, deciding)
    assert decisions(result) == [("top", top), ("side", side)]


def test_view_that_is_missing_at_the_deadline_makes_the_part_an_error() -> None:
    table = parts()
    table.begin(1, triggered_ns=0)
    table.begin(2, triggered_ns=50 * MS)
    table.add(1, "top", inspected(PASS), now_ns=MS)
    assert table.next_deadline_ns() == 100 * MS
    assert (table.overdue(100 * MS), table.overdue(101 * MS)) == ([], [1])
    assert str(table.missed(1)) == "not judged within 100 ms: nothing from side"
    (result,) = expired(table, 101 * MS)
    assert decisions(result) == [("top", PASS), ("side", ERROR)]
    assert (result.decision, result.total_ms, table.next_deadline_ns()) == (ERROR, 101.0, 150 * MS)


def test_last_view_that_comes_after_the_deadline_is_no_pass() -> None:
    table = parts(["top"])
    table.begin(1, triggered_ns=0)
    assert table.add(1, "top", inspected(PASS), now_ns=100 * MS + 1) is None
    assert isinstance(table.missed(1), DeadlineMissed)
    assert str(table.missed(1)) == "not judged within 100 ms"
    (result,) = expired(table, 100 * MS + 1)
    assert decisions(result) == [("top", ERROR)]


def test_view_of_a_settled_part_changes_nothing_and_is_counted() -> None:
    table = parts(["top"])
    table.begin(1, triggered_ns=0)
    expired(table, 200 * MS)
    assert table.add(1, "top", inspected(PASS), now_ns=201 * MS) is None
    assert (table.n_late, len(table)) == (1, 0)


def test_number_or_view_given_twice_is_misuse() -> None:
    table = parts()
    table.begin(1, triggered_ns=0)
    with pytest.raises(ValueError, match="part 1 was begun already"):
        table.begin(1, triggered_ns=0)
    table.add(1, "top", inspected(PASS), now_ns=0)
    with pytest.raises(ValueError, match="part 1 has a view of camera 'top' already"):
        table.add(1, "top", inspected(PASS), now_ns=0)


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(CAMERAS), st.integers(0, 60))))
def test_every_part_has_exactly_one_result_whatever_comes_when(
    events: list[tuple[int, str, int]],
) -> None:
    table = parts()
    views: dict[int, set[str]] = {}
    results: list[PartResult] = []
    now_ns = 0
    for number, camera, passed_ms in events:
        now_ns += passed_ms * MS
        if number not in views:
            table.begin(number, triggered_ns=now_ns)
            views[number] = set()
        elif camera not in views[number]:
            views[number].add(camera)
            result = table.add(number, camera, view_of(number, camera), now_ns)
            results += [] if result is None else [result]
        results += expired(table, now_ns)
    results += expired(table, now_ns + 1_000 * MS)
    assert sorted(result.part_number for result in results) == sorted(views)
    assert len(table) == 0
    assert all(len(result.views) == 2 for result in results)


def view_of(number: int, camera: str) -> Inspected:
    return inspected(FAIL if number % 2 and camera == "side" else PASS)
