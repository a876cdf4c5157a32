"""What the tests of whole runs share."""

from pathlib import Path

import pytest

from tests.support.stores import write_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "records.db"
    write_store(path, [])
    return path
