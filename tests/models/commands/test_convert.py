"""`inspector-models convert` at the command line."""

import json
from pathlib import Path

import pytest

from inspector.bundle import open_bundle
from models.__main__ import main
from tests.models.conftest import TrainedBundle


def test_convert_writes_a_bundle_of_the_opset_and_ends_with_0(
    trained: TrainedBundle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(trained.weights_cache.parent))
    out = tmp_path / "x.bundle"
    given = [str(trained.bundle), "--opset", "18", "--data", str(trained.data), "--out", str(out)]
    assert main(["convert", *given, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["validation"]["n_flips"] == 0
    assert open_bundle(out).manifest.opset == 18
    assert main(["convert", *given[:2], "9", *given[3:]]) == 3
    assert open_bundle(out).manifest.opset == 18
