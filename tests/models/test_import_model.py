"""A model of another maker becomes a bundle that the line opens, proven against its own runtime."""

from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from inspector.assembly import build_inspection, canary_frame
from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.errors import BundleError, ConfigurationError, DataError
from inspector.inference.ort import OrtBackend
from inspector.recipe import DEFAULT_RECIPE
from models.dataset.pictures import load_picture
from models.dataset.reader import load_samples
from models.import_model import ImportRequest, import_model
from models.importing.readers.read_model import read_model
from models.validate import validate
from tests.support.foreign_models import EXPORTS, Exports, detector_of_change, segmenter
from tests.support.lots import inspector, rows_of

Ask = Callable[..., ImportRequest]
KINDS = {"keras": "Keras", "saved_model": "SavedModel", "tflite": "TFLite", "onnx": "ONNX"}


@pytest.mark.parametrize("road", list(KINDS))
def test_every_road_ends_in_a_proven_bundle(road: str, exports: Exports, request_of: Ask) -> None:
    request = request_of(getattr(exports, road))
    manifest = import_model(request)
    bundle = open_bundle(request.out)
    assert bundle.proof.shortcoming() is None
    assert bundle.proof.n_flips == 0
    assert bundle.manifest.labels == ("good", "dent", "scratch")
    assert manifest.validation["held_out_accuracy"] == 1.0
    origin = manifest.training["imported_from"]
    assert isinstance(origin, dict)
    assert origin["kind"] == KINDS[road]
    build_inspection(bundle, DEFAULT_RECIPE, SystemClock())  # it scores its canary as it says


@pytest.mark.parametrize(
    "name",
    [
        "scripted_free",
        "scripted_fixed",
        "dynamo_free",
        "dynamo_fixed",
        "quantized_dynamic",
        "half_out_of_order",
    ],
)
def test_classifier_of_pytorch_becomes_a_bundle(name: str, request_of: Ask) -> None:
    """Both exporters, the commonest fault of both (a batch of one), and what converters make."""
    request = request_of(EXPORTS / f"{name}.onnx")
    manifest = import_model(request)
    assert manifest.validation["held_out_accuracy"] == 1.0
    assert open_bundle(request.out).proof.n_flips == 0


def test_memory_that_merges_batch_and_places_is_run_one_picture_after_the_other(
    request_of: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    request = request_of(EXPORTS / "memory_fixed.onnx", task="anomaly", labels=())
    with caplog.at_level("INFO"):
        manifest = import_model(request)
    assert "one picture at a time: the bundle's graph repeats it" in caplog.text
    rejects = cast("dict[str, Any]", manifest.validation["rejects"])
    assert (rejects["auroc"], rejects["defects"]) == (1.0, "real")
    bundle = open_bundle(request.out)
    pictures = np.stack([canary_frame(bundle.canary_png).pixels] * 3)
    pictures[1] = 255 - pictures[1]
    outputs = OrtBackend(bundle.manifest, bundle.model).run(pictures[..., ::-1])
    assert outputs["score"].shape == (3,)
    assert outputs["score"][0] == outputs["score"][2] < outputs["score"][1]
    assert outputs["heatmap"].shape == (3, 64, 96)


def test_names_in_the_file_must_be_those_that_are_said(request_of: Ask, tmp_path: Path) -> None:
    import onnx

    named = onnx.load(EXPORTS / "dynamo_free.onnx")
    named.metadata_props.add(key="names", value="{0: 'dent', 1: 'good', 2: 'scratch'}")
    onnx.save(named, tmp_path / "named.onnx")
    request = request_of(tmp_path / "named.onnx")
    assert import_model(replace(request, labels=())).labels == ("good", "dent", "scratch")
    with pytest.raises(ConfigurationError, match="names its classes dent, good, scratch; --labels"):
        import_model(replace(request, labels=("good", "dent", "scratch")))


def test_model_that_rejects_nothing_is_not_written_until_a_reason_is_given(
    request_of: Ask, tmp_path: Path
) -> None:
    path = tmp_path / "net.keras"
    detector_of_change(sign=-1.0).save(path)
    request = request_of(path, task="anomaly", labels=())
    with pytest.raises(
        BundleError, match=r"not written: it passes 10 of 10 held-out defects .*--accept-weak"
    ):
        import_model(request)
    assert not request.out.exists()
    manifest = import_model(replace(request, accept_weak="to try the window"))
    accepted = cast("dict[str, str]", manifest.validation["accepted_although"])
    assert accepted["reason"] == "to try the window"


def test_bundle_judges_a_batch_on_the_line(exports: Exports, request_of: Ask) -> None:
    """Pictures it has not seen, through the program that the line runs."""
    request = request_of(exports.keras)
    import_model(request)
    lot, out = request.data.parent, request.out.with_name("out")
    done = inspector("batch", lot, "--bundle", request.out, "--out", out)
    assert done.returncode == 1, done.stderr
    rows = [row for row in rows_of(out) if row["image"].startswith("test-")]
    assert len(rows) == 26
    for row in rows:
        truth = row["image"].split("-")[1]
        assert (row["label"], row["decision"]) == (truth, "PASS" if truth == "good" else "FAIL")


def test_same_request_gives_the_same_bundle(exports: Exports, request_of: Ask) -> None:
    once = import_model(request_of(exports.onnx))
    assert import_model(request_of(exports.onnx)).bundle_id == once.bundle_id


def test_heat_map_of_another_scale_than_the_score_has_a_level_of_its_own(
    request_of: Ask, tmp_path: Path
) -> None:
    path = tmp_path / "net.keras"
    detector_of_change().save(path)
    request = request_of(path, task="anomaly", labels=())
    manifest = import_model(request)
    level = manifest.threshold.region_level
    assert level is not None
    assert level * 10 == pytest.approx(manifest.threshold.value, rel=0.1)
    assert sorted(manifest.outputs) == ["heatmap", "score"]
    assert manifest.validation["held_out_auroc"] == 1.0


def test_segmentation_marks_the_defect_and_names_its_kind(
    request_of: Ask, parts: Path, tmp_path: Path
) -> None:
    path = tmp_path / "net.keras"
    segmenter().save(path)
    request = request_of(path, task="segment", labels=("good", "scratch", "dent"))
    import_model(request)
    ready = build_inspection(open_bundle(request.out), DEFAULT_RECIPE, SystemClock())
    dents = [sample for sample in load_samples(parts) if sample.label == "dent"]
    verdict = ready.inspection.inspect(load_picture(dents[-1], None).frame).verdict
    assert verdict.label == "dent"
    (region,) = verdict.regions
    assert region.label == "dent"
    box = region.box_sensor_px
    assert astuple(box) == pytest.approx((40, 32, 20, 16), abs=4)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            {"labels": ("scratch", "good", "dent")},
            "names 0 of .* defects rightly, certainly fewer than by chance",
        ),
        (
            {"labels": ("good", "dent", "scratch")},
            r"it passes 5 of 10 held-out defects \(AUROC 0\.50\); is the output",
        ),
        (
            {"labels": ("dent", "good", "rust")},
            "does not know the label 'scratch' .6.; its classes",
        ),
        ({"normalisation": None}, "takes float32: say how it was trained to take pixels"),
        ({"size_px": (32, 32)}, "and no other size"),
        ({"labels": ("good", "bad")}, r"is \[N, 2\], one column for each of --labels; its outputs"),
        ({"outputs": {"logits": "classes"}}, "no such output; its outputs: "),
    ],
)
def test_what_was_said_wrongly_leaves_no_bundle(
    said: dict[str, Any], message: str, exports: Exports, request_of: Ask
) -> None:
    request = request_of(exports.onnx, **said)
    with pytest.raises(ConfigurationError, match=message):
        import_model(request)
    assert not request.out.exists()


def test_model_that_rounds_otherwise_than_its_bundle_is_not_sealed(
    exports: Exports, request_of: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source that is not what the graph was made from, as a converter's fault would make it."""
    from models import import_model as module

    def read_wrongly(path: Path, size_px: None) -> Any:
        source = read_model(path, size_px)
        return replace(source, run=lambda picture: source.run(picture * np.float32(1.01)))

    monkeypatch.setattr(module, "read_model", read_wrongly)
    request = request_of(exports.onnx)
    with pytest.raises(BundleError, match=r"not proven to judge as the ONNX model: .* float32"):
        import_model(request)
    assert not request.out.exists()


def test_validate_says_plainly_that_an_imported_bundle_carries_its_proof(
    exports: Exports, request_of: Ask, parts: Path, tmp_path: Path
) -> None:
    request = request_of(exports.onnx)
    import_model(request)
    with pytest.raises(DataError, match=r"was imported from 'net\.onnx' .* run `import`"):
        validate(request.out, parts, tmp_path)
