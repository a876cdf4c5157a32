"""How far two outputs are apart, as a value and as a table."""

import math
from dataclasses import asdict, replace

import pytest

from inspector.bundle.agreement import OutputAgreement, parse_agreement
from inspector.errors import BundleError
from inspector.files.tables import Table

APART = OutputAgreement(dtype="float32", shape=(2, 3), max_abs=0.5, p99_abs=0.25, range=2.0)


def table(values: dict[str, object]) -> Table:
    return Table({**values, "shape": list(values["shape"])}, "report", BundleError)  # type: ignore[call-overload]


def test_difference_is_told_as_a_share_of_the_range() -> None:
    assert APART.relative == 0.25
    assert replace(APART, range=0.0).relative == math.inf


def test_table_reads_back_as_an_equal_value() -> None:
    assert parse_agreement(table(asdict(APART))) == APART


def test_difference_below_0_is_refused() -> None:
    with pytest.raises(BundleError, match=r"report: max_abs -1\.0 outside"):
        parse_agreement(table(asdict(APART) | {"max_abs": -1.0}))
