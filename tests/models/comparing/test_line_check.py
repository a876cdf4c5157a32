"""The line, with what lies on the disk, judges as the bytes that were compared."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inspector.bundle import CANARY_FILE, MODEL_FILE, REPORT_FILE, open_bundle, seal_bundle
from models.comparing.line_check import LineCheck, check_line
from models.comparing.validation_inputs import ValidationInputs, open_validation_inputs
from tests.models.conftest import TrainedBundle


@pytest.fixture(scope="module")
def inputs(trained: TrainedBundle) -> ValidationInputs:
    return open_validation_inputs(trained.bundle, trained.data, trained.weights_cache)


@pytest.fixture(scope="module")
def check(inputs: ValidationInputs) -> LineCheck:
    return check_line(inputs)


def test_untouched_bundle_judges_alike(check: LineCheck) -> None:
    assert (check.is_same_file, check.score_max_abs, check.changed) == (True, 0.0, ())
    assert check.shortcoming() is None


def test_bundle_that_was_replaced_since_is_found(inputs: ValidationInputs, tmp_path: Path) -> None:
    """Another model of the same place, whole and proven: only its bytes tell."""
    path = shutil.copytree(inputs.path, tmp_path / "part.bundle")
    reseal(path, with_note)
    check = check_line(replace(inputs, path=path))
    assert check.shortcoming() == (
        "float: the model on the disk is not the one that was compared: it was changed since"
    )


def test_what_differs_is_named(check: LineCheck) -> None:
    assert replace(check, changed=("a.png",)).shortcoming() == (
        "float: the line judges 1 pictures differently: a.png ..."
    )
    worse = replace(check, score_max_abs=0.25)
    assert worse.shortcoming() == "float: the line's scores differ by 0.25"


def with_note(model: bytes) -> bytes:
    from onnx import load_model_from_string

    loaded: Any = load_model_from_string(model)
    loaded.graph.doc_string = "another"
    return bytes(loaded.SerializeToString())


def reseal(path: Path, change: Any) -> None:
    bundle = open_bundle(path)
    model = change(bundle.model)
    proof = replace(bundle.proof, model_sha256=hashlib.sha256(model).hexdigest())
    contents = {
        MODEL_FILE: model,
        REPORT_FILE: proof.to_json(),
        CANARY_FILE: bundle.canary_png,
    }
    seal_bundle(bundle.manifest, contents, path)
