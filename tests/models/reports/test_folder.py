"""A report goes to a folder of its own."""

from pathlib import Path

import pytest

from inspector.errors import UsageError
from models.reports.folder import ready_report_folder


def test_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    ready_report_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_folder_that_cannot_be_made_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be made"):
        ready_report_folder(tmp_path / "file" / "out")


def test_results_of_a_batch_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "records.db").write_bytes(b"")
    with pytest.raises(UsageError, match="holds the results of a batch"):
        ready_report_folder(tmp_path)
