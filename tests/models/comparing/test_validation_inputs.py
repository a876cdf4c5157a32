"""A validation needs the bundle's own source, and pictures that are new to the model."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.errors import DataError
from models.comparing.validation_inputs import open_validation_inputs
from models.publishing.source import keep_source, open_source, source_folder
from tests.models.conftest import N_TEST, N_TRAIN, TrainedBundle


def test_pictures_that_the_model_was_chosen_on_are_left_out(trained: TrainedBundle) -> None:
    inputs = open_validation_inputs(trained.bundle, trained.data, trained.weights_cache)
    assert inputs.n_seen == len(inputs.source.seen)
    assert len(inputs.pictures.samples) == N_TRAIN + 2 * N_TEST - inputs.n_seen
    assert inputs.source.seen.isdisjoint(inputs.pictures.sha256s)


def test_list_of_seen_pictures_only_is_an_empty_comparison(trained: TrainedBundle) -> None:
    seen = open_source(source_folder(trained.bundle)).seen
    lines = trained.data.read_text().splitlines()
    folder = trained.data.parent
    kept = [
        line
        for line in lines[1:]
        if hashlib.sha256((folder / line.split(",")[0]).read_bytes()).hexdigest() in seen
    ]
    (folder / "seen.csv").write_text("\n".join([lines[0], *kept]))
    with pytest.raises(DataError, match="an empty comparison proves nothing"):
        open_validation_inputs(trained.bundle, folder / "seen.csv", trained.weights_cache)


def test_source_of_another_model_is_refused(trained: TrainedBundle, tmp_path: Path) -> None:
    shutil.copytree(trained.bundle, tmp_path / "x.bundle")
    source = replace(open_source(source_folder(trained.bundle)), model_sha256="0" * 64)
    keep_source(source, source_folder(tmp_path / "x.bundle"))
    with pytest.raises(DataError, match="source of another model"):
        open_validation_inputs(tmp_path / "x.bundle", trained.data, trained.weights_cache)
