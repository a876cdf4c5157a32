"""The workshop's command line: exit codes, and one JSON object where it is asked for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from models.__main__ import main
from tests.models.conftest import Taught


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["train", "--task", "anomaly", "--data", "x"],
        ["train", "--task", "horoscope", "--data", "x", "--out", "y"],
        ["train", "--task", "anomaly", "--data", "x", "--out", "y", "--size", "0"],
        ["train", "--task", "anomaly", "--data", "x", "--out", "y", "--overkill-at-most", "nan"],
        ["train", "--tas", "anomaly", "--data", "x", "--out", "y"],
        ["evaluate", "x", "--data", "y", "--split", "all"],
    ],
)
def test_wrong_usage_ends_with_3(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 3
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([], "no such list or folder"),
        (["--size", "100"], "--size 100: must be a multiple of 32"),
        (["--epochs", "3"], "--epochs: the task anomaly looks at each picture once"),
    ],
)
def test_request_that_cannot_be_met_ends_with_3_and_says_why(
    more: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = str(tmp_path / "none.csv"), str(tmp_path / "x.bundle")
    code = main(["train", "--task", "anomaly", "--data", data, "--out", out, *more])
    assert code == 3
    assert message in capsys.readouterr().err
    assert not (tmp_path / "x.bundle").exists()


def test_evaluate_prints_one_json_object_and_nothing_else(
    taught: Taught, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(taught.bundle), "--data", str(taught.data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n_images"] == 12


def test_evaluate_writes_its_report_and_prints_figures(
    taught: Taught, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = ["--report", str(tmp_path / "out")]
    assert main(["evaluate", str(taught.bundle), "--data", str(taught.data), *report]) == 0
    assert (tmp_path / "out" / "report.html").is_file()
    assert "image_auroc          1.0000" in capsys.readouterr().out


def test_validate_prints_one_json_object_and_ends_with_0(
    taught: Taught, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(taught.weights_cache.parent))
    assert main(["validate", str(taught.bundle), "--data", str(taught.data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed"] is True


@pytest.mark.parametrize("verb", ["train", "validate", "evaluate"])
def test_help_brings_neither_numpy_nor_tensorflow(verb: str) -> None:
    script = (
        "import sys\nfrom models.__main__ import main\n"
        f"try:\n    main([{verb!r}, '--help'])\n"
        "except SystemExit as ended:\n    assert ended.code == 0\n"
        "print([name for name in ('numpy', 'tensorflow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
