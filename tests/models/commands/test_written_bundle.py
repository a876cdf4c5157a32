"""What is said of a bundle that was just written."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest

from models.commands.written_bundle import bundle_place, print_rejection, print_written
from tests.models.conftest import TrainedBundle


def test_bundle_in_the_current_folder_has_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert bundle_place(Path()) == tmp_path


def test_people_read_the_id_the_threshold_and_the_proof(
    trained: TrainedBundle, capsys: pytest.CaptureFixture[str]
) -> None:
    print_written(trained.manifest, argparse.Namespace(out=Path("x.bundle"), json=False))
    bundle, threshold, overkill, escape, auroc, *painted, proof = (
        capsys.readouterr().out.splitlines()
    )
    assert bundle == f"bundle     x.bundle ({trained.manifest.bundle_id[:12]})"
    assert threshold.endswith(trained.manifest.threshold.method)
    assert overkill.startswith("overkill   ")
    assert "95 % interval" in overkill
    assert escape.startswith("escape     ")
    assert escape.endswith("pass of plainly painted defects, for too few real ones were held out")
    assert auroc.startswith("AUROC      ")
    assert [line.split("  ")[0] for line in painted[:1]] == ["painted"]
    assert len(painted) == 5
    assert proof.endswith("0 decisions differ")


def test_weak_bundle_is_called_so_with_the_reason_it_is_wanted_for(
    trained: TrainedBundle, capsys: pytest.CaptureFixture[str]
) -> None:
    accepted = {"shortcoming": "it passes all", "reason": "a inputs"}
    validation = {**trained.manifest.validation, "accepted_although": accepted}
    weak = replace(trained.manifest, validation=validation)
    print_written(weak, argparse.Namespace(out=Path("x.bundle"), json=False))
    assert "WEAK       it passes all; accepted: a inputs" in capsys.readouterr().out.splitlines()


def test_bundle_without_a_class_good_says_that_escapes_are_not_known(
    trained: TrainedBundle, capsys: pytest.CaptureFixture[str]
) -> None:
    print_rejection(replace(trained.manifest, validation={}))
    assert capsys.readouterr().out == (
        "escape     not known: none of the classes means free of defects\n"
    )


def test_json_is_one_object(trained: TrainedBundle, capsys: pytest.CaptureFixture[str]) -> None:
    print_written(trained.manifest, argparse.Namespace(out=Path("x.bundle"), json=True))
    printed = json.loads(capsys.readouterr().out)
    assert printed["bundle_id"] == trained.manifest.bundle_id
    assert printed["threshold"] == trained.manifest.threshold.value
