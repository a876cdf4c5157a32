"""Lets a long row of fault runs go on where it was stopped: what passed is not run again."""

import hashlib
import os
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("inspector", "tests/faults", "tests/support")
FOLDER = "FAULTS_DONE"  # the variable that names where it is noted; without it everything is run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder = os.environ.get(FOLDER)
    if folder is None:
        return
    code = _hash_of_code()
    for item in items:
        note = _note(folder, item)
        if note.is_file() and note.read_text() == code:
            reason = f"passed with this code; remove {folder} to run it again"
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, Any]:
    report = yield
    folder = os.environ.get(FOLDER)
    if folder is not None and report.when == "call" and report.passed:
        note = _note(folder, item)
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(_hash_of_code())
    return report


def _note(folder: str, item: pytest.Item) -> Path:
    return ROOT / folder / re.sub(r"[^\w.-]", "_", item.nodeid)


def _hash_of_code() -> str:
    digest = hashlib.sha256()
    for path in sorted(file for name in CODE for file in (ROOT / name).rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
