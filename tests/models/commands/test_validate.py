"""`inspector-models validate` at the command line."""

import json

import pytest

from models.__main__ import main
from tests.models.conftest import TrainedBundle


def test_validate_prints_one_json_object_and_ends_with_0(
    trained: TrainedBundle, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(trained.weights_cache.parent))
    assert main(["validate", str(trained.bundle), "--data", str(trained.data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed"] is True
