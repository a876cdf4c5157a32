"""The runtime behind its protocol: real graphs, and what becomes of graphs that misbehave."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from inspector.bundle import InputSpec
from inspector.errors import BundleError, InferenceError
from inspector.flow import Preprocessed, TilePlace
from inspector.inference.ort import OrtBackend, runtime_version
from tests.support.bundles import write_bundle
from tests.support.graphs import (
    ALL_OUTPUTS,
    BRIGHTNESS,
    COLUMN_OF_SCORES,
    INFINITE_HEAT_IF_BLACK,
    KIND_OUTPUTS,
    KINDS,
    NAN_IF_BLACK,
    NARROW_HEAT,
    ONE_SCORE_FOR_ALL,
    SPEC,
    full_of,
    manifest,
    model,
    prepared,
)
from tests.support.picture_files import textured


def test_score_and_heat_are_those_of_the_graph() -> None:
    pixels = textured(8, 12)
    prediction = OrtBackend(manifest(), model()).infer(prepared(pixels))
    assert prediction.score == pytest.approx(pixels.mean() / 255, rel=1e-6)
    assert prediction.heatmap is not None
    assert prediction.heatmap.dtype == np.float32
    assert np.abs(prediction.heatmap - pixels.mean(axis=2) / 255).max() < 1e-6
    assert (prediction.frame_id, prediction.bundle_id) == (6, "c" * 64)


@pytest.mark.parametrize(("value", "score"), [(0, 0.0), (51, 0.2), (255, 1.0)])
def test_score_is_a_plain_number(value: int, score: float) -> None:
    prediction = OrtBackend(manifest(), model()).infer(full_of(value))
    assert type(prediction.score) is float
    assert prediction.score == np.float32(score)


def test_graph_without_a_heat_map_gives_none() -> None:
    backend = OrtBackend(manifest(outputs=("score",)), model(outputs="float[N] score"))
    assert backend.infer(full_of(10)).heatmap is None


def test_heat_map_that_the_manifest_does_not_name_is_not_asked_for() -> None:
    assert OrtBackend(manifest(outputs=("score",)), model()).infer(full_of(10)).heatmap is None


def test_probabilities_and_classes_are_those_of_the_graph() -> None:
    backend = OrtBackend(
        manifest(outputs=ALL_OUTPUTS, labels=("good", "dent", "hole")),
        model(KINDS, outputs=KIND_OUTPUTS),
    )
    pixels = np.zeros((8, 12, 3), dtype=np.uint8)  # as cameras give them: blue, green, red
    pixels[:, :4, 2] = 255
    pixels[4:, 4:, 1] = 51
    prediction = backend.infer(prepared(pixels))
    assert prediction.probabilities is not None
    assert prediction.probabilities == pytest.approx([1 / 3, 0.2 / 3, 0.0], abs=1e-6)
    assert prediction.class_map is not None
    assert prediction.class_map.dtype == np.uint8
    rows = [[1] * 12, [1] * 4 + [2] * 8]
    assert prediction.class_map.tolist() == [rows[0]] * 4 + [rows[1]] * 4


def test_probabilities_are_those_of_the_worst_tile() -> None:
    spec = InputSpec(height_px=8, width_px=12, color="rgb", resize="tile")
    backend = OrtBackend(
        manifest(spec, ALL_OUTPUTS, ("good", "dent", "hole")), model(KINDS, outputs=KIND_OUTPUTS)
    )
    pixels = np.zeros((8, 24, 3), dtype=np.uint8)
    pixels[:, 12:, 0] = 255
    prediction = backend.infer(prepared(pixels, spec))
    assert prediction.probabilities is not None
    assert prediction.probabilities.tolist() == [0.0, 0.0, 1.0]


def test_classes_that_do_not_fit_the_labels_are_an_error() -> None:
    backend = OrtBackend(manifest(outputs=ALL_OUTPUTS), model(KINDS, outputs=KIND_OUTPUTS))
    with pytest.raises(InferenceError, match=r"probabilities has the shape \(1, 3\); \(1, 2\)"):
        backend.infer(full_of(9))
    outputs = ("score", "heatmap", "class_map")
    backend = OrtBackend(manifest(outputs=outputs), model(KINDS, outputs=KIND_OUTPUTS))
    with pytest.raises(InferenceError, match=r"class_map has the shape \(1, 2, 3, 2\)"):
        backend.infer(full_of(9))


def test_part_is_as_bad_as_its_worst_tile() -> None:
    spec = InputSpec(height_px=8, width_px=12, color="rgb", resize="tile", overlap_px=2)
    pixels = np.full((8, 22, 3), 51, dtype=np.uint8)
    pixels[:, 12:] = 204
    prediction = OrtBackend(manifest(spec), model()).infer(prepared(pixels, spec))
    assert prediction.score == pytest.approx((204 * 10 + 51 * 2) / 12 / 255, rel=1e-6)
    assert prediction.heatmap is not None
    expected = [np.float32(0.2)] * 12 + [np.float32(0.8)] * 10
    assert prediction.heatmap.tolist() == [[float(value) for value in expected]] * 8


@pytest.mark.parametrize("n_at_once", [0, 1, 2, 3, 7])
def test_tiles_give_the_same_some_at_a_time(
    n_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiles = np.random.default_rng(0).integers(0, 256, (7, 8, 12, 3), dtype=np.uint8)
    backend = OrtBackend(manifest(), model())
    expected = backend.run(tiles)
    monkeypatch.setattr("inspector.inference.ort.PIXELS_AT_ONCE", n_at_once * 8 * 12)
    given = backend.run(tiles)
    assert given.keys() == expected.keys()
    for name, values in expected.items():
        assert (given[name] == values).all()


def test_every_number_of_tiles_is_taken() -> None:
    backend = OrtBackend(manifest(), model())
    for count in (1, 2, 7):
        places = tuple(TilePlace(x_px=12 * number, y_px=0) for number in range(count))
        tensor = np.zeros((count, 8, 12, 3), dtype=np.uint8)
        tensor[-1] = 255
        several = Preprocessed(
            frame_id=0,
            tensor=tensor,
            places=places,
            canvas_size_px=(8, 12 * count),
            to_sensor=full_of(0).to_sensor,
        )
        prediction = backend.infer(several)
        assert prediction.heatmap is not None
        assert (prediction.score, prediction.heatmap.shape) == (1.0, (8, 12 * count))


def test_same_frame_gets_the_same_score_every_time_and_from_every_thread() -> None:
    rng = np.random.default_rng(2)
    frames = [prepared(rng.integers(0, 256, (8, 12, 3), dtype=np.uint8)) for _ in range(40)]
    alone = OrtBackend(manifest(), model())
    scores = [alone.infer(each).score for each in frames]
    shared = OrtBackend(manifest(), model(), threads=2)
    with ThreadPoolExecutor(max_workers=4) as pool:
        together = list(pool.map(lambda each: shared.infer(each).score, frames * 5))
    assert together == scores * 5


def test_threads_and_spinning_do_not_change_a_score() -> None:
    pixels = textured(8, 12)
    ways = [{}, {"threads": 2}, {"threads": 2, "has_spinning": True}]
    scores = {
        OrtBackend(manifest(), model(), **way).infer(prepared(pixels)).score  # type: ignore[arg-type]
        for way in ways
    }
    assert len(scores) == 1


def test_nan_score_is_an_error_of_this_frame_only() -> None:
    backend = OrtBackend(manifest(), model(NAN_IF_BLACK))
    with pytest.raises(InferenceError, match="score holds a value that is not finite"):
        backend.infer(full_of(0))
    assert backend.infer(full_of(9)).score == 1.0


def test_infinite_heat_is_an_error_of_this_frame_only() -> None:
    backend = OrtBackend(manifest(), model(INFINITE_HEAT_IF_BLACK))
    with pytest.raises(InferenceError, match="heatmap holds a value that is not finite"):
        backend.infer(full_of(0))
    assert backend.infer(full_of(255)).score == 1.0


@pytest.mark.parametrize(
    ("body", "outputs", "words"),
    [
        (ONE_SCORE_FOR_ALL, "float score, float[N, 8, 12] heatmap", r"score has the shape \(\)"),
        (
            COLUMN_OF_SCORES,
            "float[N, 1] score, float[N, 8, 12] heatmap",
            r"score has the shape \(1, 1\); \(1,\) was asked for",
        ),
        (
            NARROW_HEAT,
            "float[N] score, float[N, 8, 3] heatmap",
            r"heatmap has the shape \(1, 8, 3\); \(1, 8, 12\) was asked for",
        ),
    ],
)
def test_output_of_another_shape_is_an_inference_error(body: str, outputs: str, words: str) -> None:
    with pytest.raises(InferenceError, match=words):
        OrtBackend(manifest(), model(body, outputs=outputs)).infer(full_of(9))


def test_tensor_of_another_size_is_an_inference_error() -> None:
    other = InputSpec(height_px=9, width_px=12, color="rgb", resize="stretch")
    backend = OrtBackend(manifest(), model())
    with pytest.raises(InferenceError, match="the runtime failed: ") as caught:
        backend.infer(prepared(textured(9, 12), other))
    assert len(str(caught.value).splitlines()) == 1
    assert backend.infer(full_of(255)).score == 1.0


@pytest.mark.parametrize(
    "given",
    [
        "float[N, 8, 12, 3] pixels",
        "uint8[N, 12, 8, 3] pixels",
        "uint8[N, 8, 12, 1] pixels",
        "uint8[N, 3, 8, 12] pixels",
        "uint8[1, 8, 12, 3] pixels",  # more tiles than one would be refused in the middle of a run
        "uint8[N, H, W, C] pixels",
    ],
)
def test_graph_of_another_input_is_refused_at_the_start(given: str) -> None:
    with pytest.raises(BundleError, match=r"the graph takes tensor.*; the manifest says"):
        OrtBackend(manifest(), model(given=given, outputs="float[N] score, float[N, A, B] heatmap"))


def test_graph_of_free_height_and_width_takes_the_size_of_the_manifest() -> None:
    free = model(given="uint8[N, H, W, 3] pixels", outputs="float[N] score, float[N, H, W] heatmap")
    for spec in (SPEC, InputSpec(height_px=9, width_px=16, color="rgb", resize="stretch")):
        white = np.full((spec.height_px, spec.width_px, 3), 255, dtype=np.uint8)
        prediction = OrtBackend(manifest(spec), free).infer(prepared(white, spec))
        assert prediction.heatmap is not None
        assert prediction.heatmap.shape == (spec.height_px, spec.width_px)
        assert prediction.score == 1.0


def test_runtime_may_be_kept_from_rewriting_the_graph() -> None:
    plain = OrtBackend(manifest(), model(), is_optimised=False)
    assert plain.infer(full_of(255)).score == 1.0


def test_graph_of_two_inputs_is_refused_at_the_start() -> None:
    data = model(given="uint8[N, 8, 12, 3] pixels, float[N] more")
    with pytest.raises(BundleError, match="the graph takes 2 inputs; a bundle's takes one"):
        OrtBackend(manifest(), data)


def test_graph_without_a_promised_output_is_refused_at_the_start() -> None:
    with pytest.raises(BundleError, match="the graph has no float output 'heatmap'"):
        OrtBackend(manifest(), model(outputs="float[N] score"))
    with pytest.raises(BundleError, match="the graph has no float output 'score'"):
        OrtBackend(manifest(), model(outputs="float[N, 8, 12] heatmap"))


def test_output_that_is_no_float_is_refused_at_the_start() -> None:
    body = BRIGHTNESS.replace("score = Div (mean, full)", "score = Cast <to = 11> (mean)")
    with pytest.raises(BundleError, match=r"no float output 'score'; it has .*tensor\(double\)"):
        OrtBackend(manifest(), model(body, outputs="double[N] score, float[N, 8, 12] heatmap"))


def test_bytes_that_are_no_model_are_refused_at_the_start() -> None:
    for data in (b"", b"no model", bytes(1000), model()[:-40], model() * 2):
        with pytest.raises(BundleError) as caught:
            OrtBackend(manifest(), data)
        assert str(caught.value).startswith("the runtime refuses the model: ")
        assert len(str(caught.value).splitlines()) == 1


def test_model_that_wants_another_file_is_refused_at_the_start() -> None:
    """A session of bytes has no folder, so its weights cannot be led to a file of the machine."""
    from onnx import TensorProto, load_from_string

    graph = load_from_string(model())
    weights = graph.graph.initializer[0]
    weights.ClearField("float_data")
    weights.ClearField("raw_data")
    weights.data_location = TensorProto.EXTERNAL
    entry = weights.external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"
    with pytest.raises(BundleError, match="the runtime refuses the model"):
        OrtBackend(manifest(), graph.SerializeToString())


def test_version_of_the_runtime_is_told() -> None:
    assert [part.isdigit() for part in runtime_version().split(".")[:2]] == [True, True]


def test_runtime_keeps_no_identifier_of_the_machine_and_reports_to_nobody(tmp_path: Path) -> None:
    """It would write one into the cache folder as soon as it is loaded."""
    bundle = write_bundle(tmp_path / "b")
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("CI", "ORT_DISABLE_TELEMETRY", "ORT_TELEMETRY_DISABLED")
    }
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "inspector", "bundle", "verify", bundle],
        env={**environment, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(home.rglob("*")) == []
