"""A bundle in another opset is proven again, or there is none."""

import shutil
from dataclasses import replace
from pathlib import Path

import onnxruntime
import pytest

from inspector.bundle import open_bundle
from inspector.errors import BundleError, DataError, UsageError
from models.change_opset import change_opset, with_opset
from models.publishing import sealing
from models.publishing.source import keep_source, open_source, source_folder
from models.validate import validate
from tests.models.conftest import TrainedBundle


@pytest.mark.parametrize("opset", [15, 18])
def test_bundle_of_another_opset_is_whole_and_can_be_proven_again(
    trained: TrainedBundle, tmp_path: Path, opset: int
) -> None:
    out = tmp_path / "other.bundle"
    manifest = change_opset(trained.bundle, opset, trained.data, out, trained.weights_cache)
    bundle = open_bundle(out)
    assert bundle.manifest == manifest
    assert (manifest.opset, manifest.threshold) == (opset, trained.manifest.threshold)
    assert manifest.training["converted_from"] == {
        "bundle_id": trained.manifest.bundle_id,
        "opset": trained.manifest.opset,
    }
    onnxruntime.InferenceSession(bundle.model)
    assert validate(out, trained.data, trained.weights_cache).shortcoming() is None


def test_same_model_gives_the_same_bytes(trained: TrainedBundle) -> None:
    model = open_bundle(trained.bundle).model
    assert with_opset(model, 18) == with_opset(model, 18)


@pytest.mark.parametrize(
    ("opset", "reason"),
    [(9, "No Adapter From Version"), (90, "invalid version")],
)
def test_opset_that_cannot_be_reached_is_refused_with_what_to_do(
    trained: TrainedBundle, tmp_path: Path, opset: int, reason: str
) -> None:
    with pytest.raises(DataError, match="choose an opset nearer to the bundle's") as caught:
        change_opset(trained.bundle, opset, trained.data, tmp_path / "x", trained.weights_cache)
    assert reason in str(caught.value)
    assert "/" not in str(caught.value)  # no path of the library's own source
    assert list(tmp_path.iterdir()) == []


def test_model_that_is_not_proven_leaves_nothing(trained: TrainedBundle, tmp_path: Path) -> None:
    """The source has other parameters than the model: so the proof must fail."""
    path = shutil.copytree(trained.bundle, tmp_path / "part.bundle")
    source = open_source(source_folder(trained.bundle))
    arrays = {**source.parameters.arrays, "drift": source.parameters.arrays["drift"] + 0.1}
    keep_source(
        replace(source, parameters=replace(source.parameters, arrays=arrays)), source_folder(path)
    )
    before = sorted(entry.name for entry in tmp_path.iterdir())
    with pytest.raises(BundleError, match="with opset 18 the model is not proven") as caught:
        change_opset(path, 18, trained.data, tmp_path / "x.bundle", trained.weights_cache)
    assert "keep opset 17, or try one nearer to it" in str(caught.value)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == before


def test_bundle_that_the_line_refuses_leaves_nothing(
    trained: TrainedBundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise BundleError("the canary is off")

    monkeypatch.setattr(sealing, "judge_as_the_line", refuse)
    with pytest.raises(BundleError, match="the canary is off"):
        change_opset(trained.bundle, 18, trained.data, tmp_path / "x", trained.weights_cache)
    assert list(tmp_path.iterdir()) == []


def test_wrong_requests_are_refused_before_any_work(trained: TrainedBundle, tmp_path: Path) -> None:
    def request(opset: int, out: Path) -> None:
        change_opset(trained.bundle, opset, trained.data, out, trained.weights_cache)

    with pytest.raises(UsageError, match="is the bundle itself"):
        request(18, trained.bundle)
    with pytest.raises(UsageError, match="has that opset already"):
        request(17, tmp_path / "x")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("")
    with pytest.raises(BundleError, match="is not a bundle"):
        request(18, tmp_path / "full")
