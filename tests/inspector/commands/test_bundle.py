"""`inspector bundle`: whole or refused."""

import json
from pathlib import Path

import pytest

from inspector.__main__ import main
from inspector.assembly import shipped_bundle
from tests.support.bundles import write_bundle


def test_info_as_json_is_the_manifest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "info", str(shipped_bundle()), "--json"]) == 0
    manifest = json.loads((shipped_bundle() / "manifest.json").read_text())
    assert json.loads(capsys.readouterr().out) == manifest


def test_info_in_words_names_what_matters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "info", str(shipped_bundle())]) == 0
    out = capsys.readouterr().out
    for word in ("demo part", "256 x 256 px, rgb, stretch", "threshold", "versions.tensorflow"):
        assert word in out


def test_verify_of_a_whole_bundle_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "verify", str(shipped_bundle()), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed"] is True


def test_verify_of_a_model_that_scores_otherwise_here_ends_with_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    off = write_bundle(tmp_path / "off", canary_score_offset=0.1)
    assert main(["bundle", "verify", str(off)]) == 3
    assert "does not judge here as it was proven to" in capsys.readouterr().err
