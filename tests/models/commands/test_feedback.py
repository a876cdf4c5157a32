"""`train --add LIST --to BUNDLE` at the command line."""

import io
import json
from pathlib import Path

import pytest

from inspector.bundle import open_bundle
from inspector.errors import UsageError
from models.__main__ import main
from models.commands.feedback import _ask
from tests.models.conftest import N_FOUND_DEFECTS, N_FOUND_GOOD, N_TRAIN, TrainedBundle


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


def test_bundle_is_replaced_and_what_changes_is_in_the_object(
    bundle: Path, found: Path, trained: TrainedBundle, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["train", "--add", str(found), "--to", str(bundle), "--json"])
    table = json.loads(capsys.readouterr().out)
    assert code == 0
    assert table["bundle_id"] == open_bundle(bundle).manifest.bundle_id
    assert table["bundle_id"] != trained.manifest.bundle_id
    assert table["changes"]["old"]["n_images"] == N_TRAIN
    assert table["changes"]["added"]["n_images"] == N_FOUND_GOOD + N_FOUND_DEFECTS
    assert table["changes"]["remarks"] == []


@pytest.mark.parametrize(("typed", "code"), [("n\n", 3), ("\n", 3), ("y\n", 0)])
def test_person_at_a_terminal_is_asked(
    typed: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = io.StringIO(typed)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    if code:
        with pytest.raises(UsageError, match="not written, as you said"):
            _ask(is_asked=True)
    else:
        _ask(is_asked=True)
    assert "write the bundle? [y/N]" in capsys.readouterr().err


def test_script_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    _ask(is_asked=True)
    monkeypatch.setattr("sys.stdin", None)
    _ask(is_asked=True)
