"""`inspector-models train` at the command line."""

from pathlib import Path

import pytest

from models.__main__ import main


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([], "no such list or folder"),
        (["--size", "100"], "--size 100: must be a multiple of 32"),
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
