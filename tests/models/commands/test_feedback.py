"""`train --add LIST --to BUNDLE` at the command line."""

from pathlib import Path

import pytest

from models.__main__ import main


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--add", "x.csv"], "--add goes with --to"),
        (["--to", "x.bundle"], "--to goes with --add"),
        (["--add", "x.csv", "--to", "x.bundle", "--size", "256"], "--size is not changed by"),
        (["--add", "x.csv", "--to", "x.bundle", "--task", "segment"], "--task is not changed by"),
        (["--data", "x.csv", "--out", "y.bundle"], "--task is missing"),
        (["--task", "segment", "--out", "y.bundle"], "--data is missing"),
        (["--task", "segment", "--data", "x.csv"], "--out is missing"),
        (["--add", "x.csv", "--to", "none.bundle"], "none.bundle"),
    ],
)
def test_request_that_cannot_be_met_ends_with_3_and_says_why(
    options: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", *options]) == 3
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
