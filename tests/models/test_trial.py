"""A trial needs the bundle's own source, and pictures that are new to the model."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.errors import DataError
from models.source import keep_source, open_source, source_folder
from models.trial import set_trial
from tests.models.conftest import N_TEST, N_TRAIN, Taught


def test_pictures_that_the_model_was_chosen_on_are_left_out(taught: Taught) -> None:
    trial = set_trial(taught.bundle, taught.data, taught.weights_cache)
    assert trial.n_seen == len(trial.source.seen)
    assert len(trial.pictures.samples) == N_TRAIN + 2 * N_TEST - trial.n_seen
    assert trial.source.seen.isdisjoint(trial.pictures.sha256s)


def test_list_of_seen_pictures_only_is_an_empty_comparison(taught: Taught) -> None:
    seen = open_source(source_folder(taught.bundle)).seen
    lines = taught.data.read_text().splitlines()
    folder = taught.data.parent
    kept = [
        line
        for line in lines[1:]
        if hashlib.sha256((folder / line.split(",")[0]).read_bytes()).hexdigest() in seen
    ]
    (folder / "seen.csv").write_text("\n".join([lines[0], *kept]))
    with pytest.raises(DataError, match="an empty comparison proves nothing"):
        set_trial(taught.bundle, folder / "seen.csv", taught.weights_cache)


def test_source_of_another_model_is_refused(taught: Taught, tmp_path: Path) -> None:
    shutil.copytree(taught.bundle, tmp_path / "x.bundle")
    source = replace(open_source(source_folder(taught.bundle)), model_sha256="0" * 64)
    keep_source(source, source_folder(tmp_path / "x.bundle"))
    with pytest.raises(DataError, match="source of another model"):
        set_trial(tmp_path / "x.bundle", taught.data, taught.weights_cache)
