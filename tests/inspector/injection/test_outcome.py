"""Injected beside observed, one to one: what is not as it should be shows."""

from dataclasses import replace

from inspector.flow import Decision, Record, ViewRecord
from inspector.injection.injector import Happened
from inspector.injection.outcome import outcome_of
from inspector.injection.script import Fault, Kind, Script
from tests.support.panels import part

DROP = Fault(place=1, kind=Kind.DROP, camera="top", parts=range(2, 3))
DOUBLE = Fault(place=1, kind=Kind.DOUBLE, camera="top", parts=range(2, 3))
UNPLUG = Fault(place=1, kind=Kind.UNPLUG, camera="top", parts=range(2, 3), for_ms=100.0)


def seen(number: int, frame_id: int) -> Record:
    view = ViewRecord(camera="top", frame_id=frame_id, decision=Decision.PASS, score=0.1)
    return replace(part(number), views=(view,))


def is_as_expected(fault: Fault, happened: Happened, *records: Record) -> list[bool]:
    outcome = outcome_of(Script(faults=(fault,)), [happened], {}, records)
    return [one.is_as_expected for one in outcome.observed]


def test_part_that_passed_in_spite_of_its_fault_shows() -> None:
    happened = Happened(fault=DROP, parts=[2])
    assert is_as_expected(DROP, happened, part(2, Decision.ERROR)) == [True]
    assert is_as_expected(DROP, happened, part(2)) == [False]
    assert is_as_expected(DROP, happened, part(2, Decision.FAIL)) == [False]


def test_part_without_a_record_shows() -> None:
    assert is_as_expected(DROP, Happened(fault=DROP, parts=[2]), part(1)) == [False]


def test_picture_that_was_taken_for_two_parts_shows() -> None:
    happened = Happened(fault=DOUBLE, parts=[2])
    assert is_as_expected(DOUBLE, happened, seen(2, 7), seen(3, 8)) == [True]
    assert is_as_expected(DOUBLE, happened, seen(2, 7), seen(3, 7)) == [False]


def test_camera_that_is_not_back_in_time_shows() -> None:
    second_ns = 1_000_000_000
    for recovered_ns, expected in ((second_ns, True), (12 * second_ns, False), (None, False)):
        away = Happened(fault=UNPLUG, ended_ns=0, recovered_ns=recovered_ns)
        assert is_as_expected(UNPLUG, away) == [expected]


def test_errors_that_no_fault_explains_are_named() -> None:
    records = [part(1), part(2, Decision.ERROR), part(3, Decision.ERROR), part(4, Decision.ERROR)]
    happened = [Happened(fault=DROP, parts=[2])]
    outcome = outcome_of(Script(faults=(DROP,)), happened, {3: DROP}, records)
    assert (outcome.behind, outcome.unexplained) == ((3,), (4,))
    table = outcome.as_table()
    assert (table["n_injected"], table["n_as_expected"]) == (1, 1)
    assert table["errors_unexplained"] == [4]
