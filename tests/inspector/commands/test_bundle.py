"""`inspector bundle`: whole or refused."""

import json
from pathlib import Path

import pytest

from inspector.__main__ import main
from inspector.assembly import shipped_bundle
from tests.support.bundles import brightness_model, write_bundle


def test_info_as_json_is_the_manifest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "info", str(shipped_bundle()), "--json"]) == 0
    manifest = json.loads((shipped_bundle() / "manifest.json").read_text())
    assert json.loads(capsys.readouterr().out) == manifest


def test_info_in_words_names_what_matters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "info", str(shipped_bundle())]) == 0
    out = capsys.readouterr().out
    for word in ("demo part", "256 x 256 px, rgb, stretch", "threshold", "versions.tensorflow"):
        assert word in out


def test_info_in_words_tells_how_pictures_are_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = write_bundle(tmp_path / "b", resize="tile", overlap_px=8)
    assert main(["bundle", "info", str(bundle)]) == 0
    out = capsys.readouterr().out
    assert "48 x 32 px, rgb, tile at 1 of the picture's size, 8 px overlap" in out


def test_verify_of_a_whole_bundle_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "verify", str(shipped_bundle()), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed"] is True


def test_verify_of_a_model_that_scores_otherwise_here_ends_with_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    off = write_bundle(tmp_path / "off", canary_score_offset=0.1)
    assert main(["bundle", "verify", str(off)]) == 3
    assert "does not judge here as it was proven to" in capsys.readouterr().err


def test_tuned_choice_is_remembered_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    bundle = str(write_bundle(tmp_path / "b"))
    assert main(["bundle", "info", bundle]) == 0
    assert "runs here                      float (not tuned)" in capsys.readouterr().out
    assert main(["bundle", "verify", bundle, "--tune", "--json"]) == 0
    tuning = json.loads(capsys.readouterr().out)["tuning"]
    assert (tuning["model"], tuning["int8"]) == ("float", None)
    assert main(["bundle", "info", bundle]) == 0
    assert f"float, threads {tuning['threads']}" in capsys.readouterr().out


def test_tuning_in_words_says_why_int8_is_not_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    twin = brightness_model(white=256.0)
    bundle = write_bundle(tmp_path / "b", int8_model=twin, int8_canary_offset=0.1)
    assert main(["bundle", "verify", str(bundle), "--tune"]) == 0
    out = capsys.readouterr().out
    assert "not chosen canary: " in out
    assert "chosen     float, threads" in out


def test_verify_proves_both_models(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twin = brightness_model(white=256.0)
    bundle = write_bundle(tmp_path / "b", int8_model=twin, int8_canary_offset=0.1)
    assert main(["bundle", "verify", str(bundle)]) == 3
    assert "does not judge here as it was proven to" in capsys.readouterr().err


def test_images_without_tuning_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "verify", str(shipped_bundle()), "--images", "x"]) == 3
    assert "--images: belongs to --tune" in capsys.readouterr().err
