"""The function is rebuilt from the bundle's own source or not at all."""

import shutil
from dataclasses import replace
from pathlib import Path

from inspector.bundle import open_bundle
from models.bench_runtimes.trained_graph import lacks_source
from models.publishing.source import keep_source, open_source, source_folder
from tests.models.conftest import TrainedBundle


def test_source_beside_the_bundle_is_all_it_takes(trained: TrainedBundle) -> None:
    assert lacks_source(trained.bundle, open_bundle(trained.bundle)) is None


def test_bundle_without_its_source_or_with_another_s_says_so(
    trained: TrainedBundle, tmp_path: Path
) -> None:
    alone = tmp_path / "x.bundle"
    shutil.copytree(trained.bundle, alone)
    assert "cannot be read" in str(lacks_source(alone, open_bundle(alone)))
    source = replace(open_source(source_folder(trained.bundle)), model_sha256="0" * 64)
    keep_source(source, source_folder(alone))
    assert "is the source of another model" in str(lacks_source(alone, open_bundle(alone)))
