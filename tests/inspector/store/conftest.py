"""A place for a store, and one that is full."""

from pathlib import Path

import pytest

from inspector.flow import Decision, Record
from tests.support.fakes import record
from tests.support.stores import write_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


@pytest.fixture
def full(path: Path) -> list[Record]:
    """The records of a store of several pages, in their order."""
    records = [
        record(f"{n:03d}.png", list(Decision)[n % 3], 0.25 + n / 128 if n % 3 == 1 else None)
        for n in range(60)
    ]
    write_store(path, records)
    return records
