"""Faults that ended alike stand in one line."""

import pytest

from inspector.commands.outcome_lines import print_outcome
from inspector.injection.outcome import Observed, Outcome
from inspector.injection.script import Fault, Kind

UNPLUG = Fault(place=2, kind=Kind.UNPLUG, camera="top", parts=range(4, 5), for_ms=100.0)


def test_parts_of_one_fault_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    rows = tuple(
        Observed(
            fault=UNPLUG,
            part_number=number,
            expected="ERROR",
            observed="ERROR",
            reason="SourceUnavailable: unplugged",
            is_as_expected=True,
            recovery_ms=1_200.0,
        )
        for number in range(4, 30)
    )
    print_outcome(Outcome(observed=rows, behind=tuple(range(40, 60)), unexplained=(61,)))
    shown = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert shown[1:] == [
        "2 unplug top 4..29 (26) ERROR ERROR SourceUnavailable: unplugged (back after 1,200 ms)",
        "late behind these: 40, 41, 42, 43, 44, 45, 46, 47, 48, 49 and 10 more",
        "ERROR without an injected fault: 61",
        "26 of 26 ended as expected",
    ]
