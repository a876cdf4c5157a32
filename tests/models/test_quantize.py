"""Quantising: what passes the gate is kept, what does not is explained, and the rest is as it was.

Tests do not judge speed: its limit is set so low, or so high, that a busy machine decides alike.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.bundle import int8_proof, open_bundle
from inspector.errors import BundleError, DataError, UsageError
from models import quantize as module
from models.__main__ import main
from models.evaluate import evaluate
from models.publishing.source import open_source, source_folder
from models.quantize import Quantized, quantize
from tests.models.conftest import N_TEST, TrainedBundle, low_int8_limits
from tests.support.bundles import write_bundle


@pytest.fixture
def _low_limits() -> Iterator[None]:
    with low_int8_limits():
        yield


@pytest.mark.usefixtures("_low_limits")
def test_twin_is_kept_with_its_proof_and_the_float_model_as_it_was(
    trained: TrainedBundle, twin: tuple[Path, Quantized]
) -> None:
    before, after = open_bundle(trained.bundle), open_bundle(twin[0])
    proof = twin[1].proof
    assert after.int8_model is not None
    assert (after.model, after.proof.int8) == (before.model, proof)
    assert after.manifest.canary == before.manifest.canary
    assert after.manifest.threshold == before.manifest.threshold
    assert after.manifest.bundle_id == twin[1].manifest.bundle_id != before.manifest.bundle_id
    assert set(proof.outputs) == {"score", "heatmap"}
    assert proof.size_share == len(after.int8_model) / len(after.model)
    assert proof.metric == "auroc"
    assert proof.wrong is not None
    assert proof.wrong.shortcomings() == ()
    assert 0.9 < proof.scale < 1.1


def test_held_out_pictures_are_compared_on_and_the_others_calibrate(
    trained: TrainedBundle, twin: tuple[Path, Quantized]
) -> None:
    roles = list(open_source(source_folder(trained.bundle)).roles.values())
    proof = twin[1].proof
    assert proof.n_calibration == roles.count("fit")
    assert proof.n_images - proof.n_painted == len(roles) - roles.count("fit")
    assert proof.n_painted > 0


@pytest.mark.usefixtures("_low_limits")
def test_twin_finds_the_defects_of_the_test_split_too(
    trained: TrainedBundle, twin: tuple[Path, Quantized]
) -> None:
    table = evaluate(twin[0], trained.data, "test", "int8").as_table()
    assert (table["n_defect"], table["image_auroc"]) == (N_TEST, 1.0)


@pytest.mark.usefixtures("_low_limits")
def test_new_bundle_can_be_validated_as_the_old_one(twin: tuple[Path, Quantized]) -> None:
    source = open_source(source_folder(twin[0]))
    assert source.model_sha256 == open_bundle(twin[0]).manifest.files["model.onnx"]


@pytest.mark.usefixtures("_low_limits")
def test_bundle_that_has_an_int8_model_is_refused(
    trained: TrainedBundle, twin: tuple[Path, Quantized], tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="has an INT8 model already"):
        quantize(twin[0], trained.data, tmp_path / "again")


@pytest.mark.usefixtures("_low_limits")
def test_what_fails_the_gate_is_explained_and_the_float_model_goes_on(
    trained: TrainedBundle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(int8_proof, "MIN_SPEED_RATIO", 1000.0)
    monkeypatch.setattr(module, "CALIBRATIONS", ("minmax",))
    monkeypatch.setattr(module, "FLOAT_CONVOLUTIONS", (6,))
    out = tmp_path / "out"
    assert main(["quantize", str(trained.bundle), "--data", str(trained.data), "--out", str(out),
                 "--json"]) == 0  # fmt: skip
    table = json.loads(capsys.readouterr().out)
    assert table["kept"] is False
    assert [text.split(":")[0] for text in table["shortcomings"]] == ["speed"]
    bundle = open_bundle(out)
    assert (bundle.int8_model, bundle.manifest.int8_canary) == (None, None)
    assert bundle.model == open_bundle(trained.bundle).model
    assert bundle.proof.int8 is not None
    assert list(bundle.proof.int8.shortcomings()) == table["shortcomings"]


def test_bundle_is_not_replaced_by_its_own_twin(trained: TrainedBundle) -> None:
    with pytest.raises(UsageError, match="is the bundle itself"):
        quantize(trained.bundle, trained.data, trained.bundle)


def test_list_without_train_pictures_is_refused(trained: TrainedBundle, tmp_path: Path) -> None:
    lines = trained.data.read_text().splitlines()
    tests_only = trained.data.with_name("tests-only.csv")
    tests_only.write_text("\n".join([lines[0], *(line for line in lines if ",test" in line)]))
    with pytest.raises(DataError, match="no picture in the split 'train'"):
        quantize(trained.bundle, tests_only, tmp_path / "out")


def test_list_of_strangers_without_a_val_split_leaves_nothing_to_compare_on(
    trained: TrainedBundle, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    strangers = trained.data.with_name("strangers.csv")
    strangers.write_text("image,label,mask,split\ngood-044.png,good,,train\n")
    with pytest.raises(DataError, match="no picture to compare on"):
        quantize(trained.bundle, strangers, tmp_path / "out")
    assert caplog.messages == [
        f"the model was trained on none of the train pictures of {str(strangers)!r}"
    ]


def test_model_without_convolutions_is_refused(trained: TrainedBundle, tmp_path: Path) -> None:
    listed = trained.data.with_name("with-val.csv")
    listed.write_text("image,label,mask,split\ngood-000.png,good,,train\ngood-001.png,good,,val\n")
    with pytest.raises(BundleError, match="the model has no convolution"):
        quantize(write_bundle(tmp_path / "b"), listed, tmp_path / "out", accept_weak="a test")
    assert not (tmp_path / "out").exists()


def candidate(
    name: str, rank: tuple[bool, bool, int], speed_ratio: float, distance: float
) -> module._Candidate:
    return module._Candidate(
        model=name.encode(),
        calibration="minmax",
        n_float_convolutions=0,
        has_reduced_range=False,
        rank=rank,
        speed_ratio=speed_ratio,
        distance=distance,
    )


@pytest.mark.parametrize("moods", [(2.0, 1.99), (1.99, 2.0), (1.82, 2.0)])
def test_of_candidates_about_as_fast_the_nearest_is_kept_whatever_the_clock_says(
    moods: tuple[float, float],
) -> None:
    best = module._best(
        (
            candidate("near", (False, False, 1), moods[0], 0.1),
            candidate("far", (False, False, 1), moods[1], 0.2),
            candidate("slow", (False, False, 1), 1.4, 0.01),
            candidate("more wrong", (False, False, 2), 3.0, 0.0),
            candidate("refused", (False, True, 0), 3.0, 0.0),
        )
    )
    assert best.model == b"near"
