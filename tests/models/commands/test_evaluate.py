"""`inspector-models evaluate` at the command line."""

import json
from pathlib import Path

import pytest

from models.__main__ import main
from tests.models.conftest import TrainedBundle


def test_evaluate_prints_one_json_object_and_nothing_else(
    trained: TrainedBundle, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(trained.bundle), "--data", str(trained.data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n_images"] == 12


def test_evaluate_writes_its_report_and_prints_figures(
    trained: TrainedBundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = ["--report", str(tmp_path / "out")]
    assert main(["evaluate", str(trained.bundle), "--data", str(trained.data), *report]) == 0
    assert (tmp_path / "out" / "report.html").is_file()
    assert "image_auroc          1.0000" in capsys.readouterr().out
