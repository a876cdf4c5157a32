"""What the tests of the bench share."""

from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from tests.support.bundles import write_bundle

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _no_process_is_left_over(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The processes of runtimes find the offers of `tests.support`, and none outlives its test."""
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    before = set(psutil.Process().children(recursive=True))
    yield
    assert set(psutil.Process().children(recursive=True)) - before == set(), "processes left over"


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bundle(tmp_path_factory.mktemp("bench") / "bright.bundle")
