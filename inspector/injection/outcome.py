"""What became of the faults of a script: each beside what the store says of the parts it hit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from inspector.flow import Decision, Record
from inspector.injection.injector import Happened
from inspector.injection.script import Fault, Kind, Script

LONGEST_RECOVERY_MS = 10_000.0  # what people wait for a camera that is back
ERROR, JUDGED = "ERROR", "judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One fault, one part.

    Attributes:
        part_number: None where the run ended before, or where no part came meanwhile.
        expected: "ERROR", or "judged": PASS or FAIL, and once.
        observed: The stored decision; empty where there is none.
        reason: The stored one.
        recovery_ms: From the end of a lasting fault until the line had it again.
    """

    fault: Fault
    part_number: int | None
    expected: str
    observed: str
    reason: str
    is_as_expected: bool
    recovery_ms: float | None = None

    def as_table(self) -> dict[str, object]:
        """For JSON."""
        return {
            "fault": self.fault.place,
            "kind": str(self.fault.kind),
            "camera": self.fault.camera or None,
            "part": self.part_number,
            "expected": self.expected,
            "observed": self.observed,
            "reason": self.reason,
            "recovery_ms": self.recovery_ms,
            "as_expected": self.is_as_expected,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All of it.

    Attributes:
        behind: Numbers of the ERROR parts that came while a fault held others up.
        unexplained: Numbers of the ERROR parts that no fault explains.
    """

    observed: tuple[Observed, ...]
    behind: tuple[int, ...]
    unexplained: tuple[int, ...]

    @property
    def n_as_expected(self) -> int:
        """How many are."""
        return sum(one.is_as_expected for one in self.observed)

    def as_table(self) -> dict[str, object]:
        """For JSON."""
        return {
            "n_injected": len(self.observed),
            "n_as_expected": self.n_as_expected,
            "injected": [one.as_table() for one in self.observed],
            "errors_behind": list(self.behind),
            "errors_unexplained": list(self.unexplained),
        }


def outcome_of(
    script: Script,
    happened: Sequence[Happened],
    behind: Mapping[int, Fault],
    records: Iterable[Record],
) -> Outcome:
    """Lay what was injected beside what was stored.

    Args:
        behind: See `Injector.behind`.
        records: Of the run's parts.
    """
    by_number = {record.part_number: record for record in records}
    observed = [row for one in happened for row in _rows(one, by_number)]
    counts = [sum(one.fault is fault for one in happened) for fault in script.faults]
    for fault, count in zip(script.faults, counts, strict=True):
        observed += [_never(fault)] * (len(fault.parts) - count)
    hit = {row.part_number for row in observed}
    errors = [
        number
        for number, record in by_number.items()
        if number is not None and number not in hit and record.verdict.decision is Decision.ERROR
    ]
    return Outcome(
        observed=tuple(observed),
        behind=tuple(number for number in errors if number in behind),
        unexplained=tuple(number for number in errors if number not in behind),
    )


def _rows(happened: Happened, records: Mapping[int | None, Record]) -> list[Observed]:
    fault, recovery_ms = happened.fault, happened.recovery_ms
    is_back = True
    if fault.kind in (Kind.UNPLUG, Kind.DISK_FULL):
        is_back = recovery_ms is not None and recovery_ms <= LONGEST_RECOVERY_MS
    if not happened.parts:
        return [
            Observed(
                fault=fault,
                part_number=None,
                expected="back",
                observed="back" if is_back else "not back",
                reason="no part came meanwhile",
                is_as_expected=is_back,
                recovery_ms=recovery_ms,
            )
        ]
    return [_row(happened, number, records, is_back=is_back) for number in happened.parts]


def _row(
    happened: Happened, number: int, records: Mapping[int | None, Record], *, is_back: bool
) -> Observed:
    fault, record = happened.fault, records.get(number)
    # The copy of a triggered camera's picture is nobody's part, and the picture itself is whole.
    is_judged = fault.kind is Kind.DOUBLE and record is not None and not _is_copy(record)
    expected = JUDGED if is_judged else ERROR
    is_error = record is not None and record.verdict.decision is Decision.ERROR
    is_as_expected = record is not None and is_error is not is_judged
    if is_judged and record is not None:
        is_as_expected = is_as_expected and not _has_same_picture(record, records.get(number + 1))
    return Observed(
        fault=fault,
        part_number=number,
        expected=expected,
        observed="" if record is None else record.verdict.decision.value,
        reason="; ".join(reason.text() for reason in record.verdict.reasons) if record else "",
        is_as_expected=is_as_expected and is_back,
        recovery_ms=happened.recovery_ms,
    )


def _is_copy(record: Record) -> bool:
    """Of a free camera each picture is a part, and the copy has a number of its own."""
    return record.verdict.reasons[:1] != () and record.verdict.reasons[0].rule == "FrameLost"


def _has_same_picture(record: Record, later: Record | None) -> bool:
    frames = {(view.camera, view.frame_id) for view in record.views if view.frame_id >= 0}
    return later is not None and any((one.camera, one.frame_id) in frames for one in later.views)


def _never(fault: Fault) -> Observed:
    return Observed(
        fault=fault,
        part_number=None,
        expected=ERROR,
        observed="",
        reason="the run ended before",
        is_as_expected=False,
    )
