"""Training ends in a bundle that opens, is proven, and is the same each time."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.bundle import InputSpec, open_bundle
from inspector.errors import BundleError, DataError, TooDark
from inspector.inference.ort import OrtBackend
from inspector.quality import PictureForm, check_quality, quality_of
from inspector.store.images import write_png
from models.backbones.weights import load_weights
from models.dataset.hashes import file_sha256
from models.dataset.pictures import load_set
from models.dataset.reader import PictureList, load_samples
from models.evaluate import evaluate
from models.publishing.source import open_source, source_folder
from models.tasks.task import TrainingInputs, TrainingOutcome, load_task
from models.train import TrainingRequest, _prove, _say_odd_sizes, train
from models.training.config import TrainingConfig
from tests.models.conftest import N_TRAIN, SIZE_PX, Ears, TrainedBundle, request_for
from tests.support.shared_data import SHARED_DATA, needs_shared_data


def test_bundle_is_proven_on_pictures_it_has_not_seen(trained: TrainedBundle) -> None:
    bundle = open_bundle(trained.bundle)
    source = open_source(source_folder(trained.bundle))
    roles = list(source.roles.values())
    assert bundle.proof.shortcoming() is None
    assert bundle.proof.n_flips == 0
    assert bundle.proof.n_images == roles.count("proof") == trained.manifest.data["n_proof"]
    assert len(roles) == N_TRAIN
    assert bundle.manifest.threshold.n_images == N_TRAIN - roles.count("proof")
    assert bundle.manifest.threshold.value == 1.0


def test_nothing_of_the_test_split_was_touched(trained: TrainedBundle) -> None:
    import hashlib

    touched = open_source(source_folder(trained.bundle)).roles
    for sample in load_samples(trained.data):
        sha256 = hashlib.sha256(sample.image.read_bytes()).hexdigest()
        assert (sha256 in touched) == (sample.split == "train")


def test_same_seed_gives_the_same_bundle_and_another_does_not(
    trained: TrainedBundle, tmp_path: Path
) -> None:
    again = train(request_for(trained.data, tmp_path / "a.bundle", trained.weights_cache)).manifest
    other = train(
        request_for(trained.data, tmp_path / "b.bundle", trained.weights_cache, seed=1)
    ).manifest
    assert again.bundle_id == trained.manifest.bundle_id
    assert other.bundle_id != trained.manifest.bundle_id


def test_what_a_picture_must_be_like_is_learnt_and_sealed(trained: TrainedBundle) -> None:
    quality = open_bundle(trained.bundle).manifest.quality
    assert quality is not None
    assert (quality.size_px, quality.channels) == (SIZE_PX, 3)
    tests = [sample for sample in load_samples(trained.data) if sample.split == "test"]
    for tensor in load_set(tests, trained.manifest.input).tensors:
        check_quality(quality_of(tensor[np.newaxis]), quality)
        with pytest.raises(TooDark):
            check_quality(quality_of(tensor[np.newaxis] // 12), quality)


def test_too_few_good_pictures_are_refused(trained: TrainedBundle, tmp_path: Path) -> None:
    lines = trained.data.read_text().splitlines()
    short = trained.data.with_name("short.csv")
    short.write_text("\n".join([lines[0], *lines[1:15]]))
    with pytest.raises(
        DataError, match=r"good pictures in the train split: 14; at least 20 .*\(.* good 14\)$"
    ):
        train(request_for(short, tmp_path / "x.bundle", trained.weights_cache))
    assert not (tmp_path / "x.bundle").exists()


def test_masks_that_mark_nothing_are_noticed_before_anything_is_learnt(
    trained: TrainedBundle, tmp_path: Path
) -> None:
    rows = ["image,label,mask,split"]
    rng = np.random.default_rng(3)
    write_png(tmp_path / "blank.png", np.zeros((96, 128), np.uint8))
    for place in range(30):
        write_png(tmp_path / f"{place}.png", rng.integers(0, 255, (96, 128), np.uint8))
        is_good = place < 22
        rows.append(f"{place}.png," + ("good,,train" if is_good else "dent,blank.png,train"))
    (tmp_path / "blank.csv").write_text("\n".join(rows))
    request = request_for(tmp_path / "blank.csv", tmp_path / "x.bundle", trained.weights_cache)
    segment = replace(request, config=TrainingConfig(task="segment"))
    with pytest.raises(DataError, match="defects with a mask in the train split: 0; at least"):
        train(segment)


@pytest.mark.parametrize(("across_px", "side_px"), [(6, None), (60, 320)])
def test_bundle_that_learns_more_gets_a_finer_input_where_small_defects_came(
    across_px: int,
    side_px: int | None,
    trained: TrainedBundle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.Generator(np.random.PCG64(5))
    rows = ["image,label,mask,split"]
    for number in range(34):
        pixels = rng.integers(90, 110, (600, 600), dtype=np.uint8)
        mask = np.zeros_like(pixels)
        if number < 14:
            mask[300 : 300 + across_px, 300 : 300 + across_px] = 255
            write_png(tmp_path / f"m{number}.png", mask)
        write_png(tmp_path / f"{number}.png", pixels)
        rows.append(
            f"{number}.png,dent,m{number}.png,train" if mask.any() else f"{number}.png,good,,train"
        )
    (tmp_path / "list.csv").write_text("\n".join(rows))
    seen: list[InputSpec] = []

    def stop(inputs: TrainingInputs) -> TrainingOutcome:
        seen.append(inputs.spec)
        raise KeyboardInterrupt

    monkeypatch.setattr(load_task("anomaly"), "learn", stop, raising=False)
    kept = replace(trained.manifest.input, height_px=320, width_px=320, max_sample=4095)
    request = replace(
        request_for(tmp_path / "list.csv", tmp_path / "b.bundle", trained.weights_cache),
        config=TrainingConfig(task="anomaly"),
        kept_input=kept,
    )
    with pytest.raises(KeyboardInterrupt):
        train(request)
    assert seen[0].max_sample == 4095
    if side_px is None:
        assert seen[0].is_in_tiles
    else:
        assert seen == [kept]


def test_picture_of_another_size_than_all_others_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    form = PictureForm(size_px=(96, 128), channels=3)
    _say_odd_sizes([form] * 5)
    assert caplog.text == ""
    _say_odd_sizes([form] * 9 + [form._replace(size_px=(200, 640))])
    assert "9 of 10 pictures are 128 x 96 px, others 640 x 200: a line will take" in caplog.text


@needs_shared_data
def test_magnetic_tiles_are_told_apart_after_a_short_training(
    tmp_path: Path, trained: TrainedBundle, caplog: pytest.LogCaptureFixture
) -> None:
    """Every fourth picture, small; what the defaults reach is measured by `make accuracy`."""
    caplog.set_level(logging.ERROR)
    folder = SHARED_DATA / "magnetic-tile"
    head, *rows = (folder / "good-only.csv").read_text().splitlines()
    data = tmp_path / "tiles.csv"
    data.write_text("\n".join([head, *rows[::4]]))
    for name in ("images", "masks"):
        (tmp_path / name).symlink_to(folder / name)
    manifest = train(
        TrainingRequest(
            lists=(PictureList(path=data),),
            out=tmp_path / "mt.bundle",
            name="tile",
            config=TrainingConfig(
                task="anomaly", height_px=192, width_px=192, hyperparameters={"bank_size": 500}
            ),
            weights_cache=trained.weights_cache,
            listener=Ears(),
        )
    ).manifest
    figures = evaluate(tmp_path / "mt.bundle", data, "test").as_table()
    assert manifest.validation["n_flips"] == 0
    assert isinstance(figures["image_auroc"], float)
    assert figures["image_auroc"] >= 0.78


def test_converted_model_that_can_only_pass_is_not_proven(trained: TrainedBundle) -> None:
    """On good parts it agrees with the trained one to the last bit."""
    bundle = open_bundle(trained.bundle)
    source = open_source(source_folder(trained.bundle))
    spec = bundle.manifest.input
    unseen = [
        sample
        for sample in load_samples(trained.data)
        if source.roles.get(file_sha256(sample.image)) == "proof"
    ]
    function = load_task("anomaly").graph(
        source.parameters, spec, load_weights(trained.weights_cache)
    )
    backend = OrtBackend(bundle.manifest, bundle.model)

    class Blind:
        def run(self, pixels: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
            outputs = backend.run(pixels)
            return outputs | {"score": np.minimum(outputs["score"], np.float32(1.0))}

    proof = load_set(unseen, spec)
    assert _prove(function, backend, bundle.manifest, bundle.model, proof).n_painted > 0
    with pytest.raises(BundleError, match="not proven to be the one that was trained: score"):
        _prove(function, Blind(), bundle.manifest, bundle.model, proof)  # type: ignore[arg-type]
