"""What is said of a bundle that was just written."""

import argparse
import json
from pathlib import Path

import pytest

from models.commands.written_bundle import bundle_place, print_written
from tests.models.conftest import Taught


def test_bundle_in_the_current_folder_has_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert bundle_place(Path()) == tmp_path


def test_people_read_the_id_the_threshold_and_the_proof(
    taught: Taught, capsys: pytest.CaptureFixture[str]
) -> None:
    print_written(taught.manifest, argparse.Namespace(out=Path("x.bundle"), json=False))
    bundle, threshold, proof = capsys.readouterr().out.splitlines()
    assert bundle == f"bundle     x.bundle ({taught.manifest.bundle_id[:12]})"
    assert threshold.endswith(taught.manifest.threshold.method)
    assert proof.endswith("0 decisions differ")


def test_json_is_one_object(taught: Taught, capsys: pytest.CaptureFixture[str]) -> None:
    print_written(taught.manifest, argparse.Namespace(out=Path("x.bundle"), json=True))
    printed = json.loads(capsys.readouterr().out)
    assert printed["bundle_id"] == taught.manifest.bundle_id
    assert printed["threshold"] == taught.manifest.threshold.value
