"""What every bundle ends with: a canary that is small and good, and the versions that made it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inspector import __version__
from inspector.bundle import CANARY_FILE, MODEL_FILE, REPORT_FILE, InputSpec, open_bundle
from inspector.errors import BundleError
from inspector.preprocess import preprocess
from inspector.store.images import write_png
from models.dataset.pictures import load_set
from models.dataset.sample import Sample
from models.publishing.sealing import canary_frame_of, judge_as_the_line, library_versions, seal
from models.publishing.source import Source, open_source, source_folder
from models.tasks.task import TrainedParameters
from tests.support.bundles import brightness_model, write_bundle

SPEC = InputSpec(height_px=32, width_px=48, color="rgb", resize="stretch")


def sample(folder: Path, name: str, label: str, size_px: tuple[int, int]) -> Sample:
    image = folder / f"{name}.png"
    write_png(image, np.full((*size_px, 3), 10 * len(name), np.uint8))
    return Sample(name=name, image=image, label=label, masks=(), split="train", part=name)


@pytest.mark.parametrize(
    ("labels", "size_px", "chosen", "kept_px"),
    [
        (("rust", "good"), (16, 16), 20, (16, 16)),
        (("rust", "good"), (100, 16), 20, (32, 48)),
        (("rust", "dent"), (16, 16), 10, (16, 16)),
    ],
)
def test_canary_is_the_first_good_picture_no_larger_than_the_input(
    labels: tuple[str, str],
    size_px: tuple[int, int],
    chosen: int,
    kept_px: tuple[int, int],
    tmp_path: Path,
) -> None:
    samples = [
        sample(tmp_path, "a" * count, label, size_px) for count, label in enumerate(labels, 1)
    ]
    frame = canary_frame_of(load_set(samples, SPEC), SPEC)
    assert (frame.pixels.shape[:2], int(frame.pixels.max())) == (kept_px, chosen)


@pytest.mark.parametrize(
    ("size_px", "kept_px"), [((200, 300), (64, 96)), ((40, 300), (40, 96)), ((20, 20), (20, 20))]
)
def test_canary_of_tiles_is_what_one_of_them_sees(
    size_px: tuple[int, int], kept_px: tuple[int, int], tmp_path: Path
) -> None:
    spec = replace(SPEC, resize="tile", overlap_px=8, scale=0.5)
    frame = canary_frame_of(load_set([sample(tmp_path, "a", "good", size_px)], spec), spec)
    assert frame.pixels.shape[:2] == kept_px
    assert len(preprocess(frame, spec).places) == 1


def test_versions_name_what_made_the_bundle() -> None:
    versions = library_versions("tf2onnx")
    assert versions["inspector"] == __version__
    assert {"python", "numpy", "onnx", "onnxruntime", "opencv-python", "tf2onnx"} < set(versions)


def test_bundle_with_a_wrong_canary_is_not_let_out(tmp_path: Path) -> None:
    judge_as_the_line(write_bundle(tmp_path / "right.bundle"))
    with pytest.raises(BundleError, match="canary"):
        judge_as_the_line(write_bundle(tmp_path / "wrong.bundle", canary_score_offset=0.1))
    twin = brightness_model(white=256.0)
    path = write_bundle(tmp_path / "twin.bundle", int8_model=twin, int8_canary_offset=0.1)
    with pytest.raises(BundleError, match="canary"):
        judge_as_the_line(path)


def test_source_lies_beside_the_bundle_and_nothing_is_left_of_one_that_is_refused(
    tmp_path: Path,
) -> None:
    parameters = TrainedParameters(arrays={"a": np.zeros(1, np.float32)}, settings={})
    source = Source(task="anomaly", parameters=parameters, model_sha256="0" * 64, roles={})
    bundle = open_bundle(write_bundle(tmp_path / "first" / "x.bundle"))
    contents = {
        MODEL_FILE: bundle.model,
        REPORT_FILE: bundle.proof.to_json(),
        CANARY_FILE: bundle.canary_png,
    }
    out = tmp_path / "y.bundle"
    seal(bundle.manifest, contents, out, source)
    assert open_source(source_folder(out)).model_sha256 == source.model_sha256
    off = replace(bundle.manifest, canary=replace(bundle.manifest.canary, score=9.0))
    before = sorted(entry.name for entry in tmp_path.iterdir())
    with pytest.raises(BundleError, match="canary"):
        seal(off, contents, tmp_path / "z.bundle", source)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == before
