"""How far one output of a model is from the same output of another."""

from dataclasses import dataclass

from inspector.files.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputAgreement:
    """How far one output of a model is from that of its reference.

    Attributes:
        dtype, shape: Of the model's output for the whole comparison.
        max_abs, p99_abs: Absolute difference, in the output's own units.
        range: Largest minus smallest value of the reference's output.
    """

    dtype: str
    shape: tuple[int, ...]
    max_abs: float
    p99_abs: float
    range: float

    @property
    def relative(self) -> float:
        """The largest difference as a share of the output's range."""
        return self.max_abs / self.range if self.range > 0 else float("inf")


def parse_agreement(table: Table) -> OutputAgreement:
    """Read one agreement of a report.

    Raises:
        BundleError: A key is missing, unknown or out of range.
    """
    agreement = OutputAgreement(
        dtype=table.text("dtype"),
        shape=table.integers("shape", low=0, high=2**53),
        max_abs=table.number("max_abs", low=0.0),
        p99_abs=table.number("p99_abs", low=0.0),
        range=table.number("range", low=0.0),
    )
    table.close()
    return agreement
