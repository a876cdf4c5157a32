"""What became of injected faults in a few lines, for people."""

from itertools import groupby
from typing import TYPE_CHECKING

from inspector.command_line import print_line

if TYPE_CHECKING:
    from inspector.injection.outcome import Observed, Outcome

MAX_NUMBERS = 10  # of parts in one line


def print_outcome(outcome: "Outcome") -> None:
    """A line for each fault and the parts it hit, what is not as expected marked, and the count."""
    print_line(
        f"{'fault':>5}  {'kind':15}{'camera':12}{'part':>16}  {'expected':9}{'stored':8}reason"
    )
    for (place, expected, observed, reason, is_as_expected), group in groupby(
        outcome.observed, _key
    ):
        rows = list(group)
        first, last = rows[0], rows[-1]
        part = "-" if first.part_number is None else str(first.part_number)
        if len(rows) > 1:
            part += f"..{last.part_number} ({len(rows)})" if last.part_number else f" x {len(rows)}"
        back = "" if first.recovery_ms is None else f" (back after {first.recovery_ms:,.0f} ms)"
        mark = "" if is_as_expected else "  <-- not as expected"
        print_line(
            f"{place:5}  {first.fault.kind:15}{first.fault.camera:12}{part:>16}  "
            f"{expected:9}{observed or '-':8}{reason}{back}{mark}"
        )
    if outcome.behind:
        print_line(f"late behind these: {_numbers(outcome.behind)}")
    if outcome.unexplained:
        print_line(f"ERROR without an injected fault: {_numbers(outcome.unexplained)}")
    print_line(f"{outcome.n_as_expected} of {len(outcome.observed)} ended as expected")


def _key(one: "Observed") -> tuple[int, str, str, str, bool]:
    return one.fault.place, one.expected, one.observed, one.reason, one.is_as_expected


def _numbers(numbers: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, numbers[:MAX_NUMBERS]))
    n_more = len(numbers) - MAX_NUMBERS
    return f"{shown} and {n_more} more" if n_more > 0 else shown
