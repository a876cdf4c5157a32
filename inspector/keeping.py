"""Which parts' pictures are kept."""

from dataclasses import dataclass
from enum import StrEnum

from inspector.files.tables import Table
from inspector.flow import Decision


class Keep(StrEnum):
    """Of parts by their decision."""

    ALL = "all"
    FAILS = "fails"  # all that did not pass
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRule:
    """What is kept.

    Attributes:
        one_pass_in: Of the parts that pass, those are kept too whose number is a multiple of it;
            None: none of them.
    """

    keep: Keep = Keep.FAILS
    one_pass_in: int | None = None

    def wants(self, part_number: int, decision: Decision) -> bool:
        """Whether the pictures of this part are to be kept."""
        if self.keep is Keep.ALL:
            return True
        if decision is not Decision.PASS:
            return self.keep is Keep.FAILS
        return self.one_pass_in is not None and part_number % self.one_pass_in == 0


KEEP_FAILS = KeepRule()


def read_keep_rule(table: Table) -> KeepRule:
    """The rule's keys in a table `[images]`; the table is left open. Raises the table's errors."""
    return KeepRule(
        keep=Keep(table.optional_text("keep", among=tuple(Keep)) or KEEP_FAILS.keep),
        one_pass_in=table.optional_integer("one_pass_in", low=1, high=1_000_000_000),
    )
