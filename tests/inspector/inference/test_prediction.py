"""What a graph gives is checked before it is a prediction; the runtime's tests see the rest."""

from dataclasses import replace

import numpy as np
import pytest

from inspector.errors import InferenceError
from inspector.inference.prediction import prediction_of, read_outputs
from inspector.preprocess import preprocess
from tests.support.fakes import frame
from tests.support.graphs import full_of, manifest


def test_outputs_that_are_read_come_in_one_order_and_no_others() -> None:
    named = manifest(outputs=("class_map", "heatmap", "score"))
    assert read_outputs(named) == ["score", "heatmap", "class_map"]


def test_prediction_is_made_of_what_the_graph_gave() -> None:
    heat = np.full((1, 8, 12), 0.25, dtype=np.float32)
    given = {"score": np.array([0.5], dtype=np.float32), "heatmap": heat}
    prediction = prediction_of(given, full_of(9), manifest())
    assert (prediction.score, prediction.bundle_id, prediction.frame_id) == (0.5, "c" * 64, 6)
    assert prediction.heatmap is not None
    assert prediction.heatmap.tolist() == heat[0].tolist()
    assert (prediction.probabilities, prediction.class_map) == (None, None)


def test_part_is_as_unexplained_as_its_worst_tile() -> None:
    named = manifest(outputs=("score", "unexplained"))
    given = {name: np.array([0.5], np.float32) for name in ("score", "unexplained")}
    assert prediction_of(given, full_of(9), named).unexplained == 0.5
    with pytest.raises(InferenceError, match="unexplained holds a value that is not finite"):
        prediction_of(given | {"unexplained": np.array([np.nan], "f4")}, full_of(9), named)


def test_part_in_tiles_is_unexplained_where_no_tile_explains_it() -> None:
    base = manifest(outputs=("score", "heatmap", "unexplained"))
    spec = replace(base.input, resize="tile", overlap_px=4)
    named = replace(base, input=spec)
    pixels = np.zeros((8, 20, 3), np.uint8)
    prepared = preprocess(frame(pixels), spec)
    assert len(prepared.places) == 2
    given = {
        "score": np.array([0.5, 0.5], np.float32),
        "heatmap": np.zeros((2, 8, 12), np.float32),
        "unexplained": np.zeros((2, 2, 3), np.float32),
    }
    given["unexplained"][0, 0, 2] = 3.0
    assert prediction_of(given, prepared, named).unexplained == 3.0
    given["heatmap"][1] = 0.75
    assert prediction_of(given, prepared, named).unexplained == 0.75
    for wrong in (np.zeros(2, "f4"), np.zeros((2, 3, 3), "f4"), np.zeros((1, 2, 3), "f4")):
        with pytest.raises(InferenceError, match="unexplained has"):
            prediction_of(given | {"unexplained": wrong}, prepared, named)
    with pytest.raises(InferenceError, match="unexplained holds a value that is not finite"):
        prediction_of(given | {"unexplained": np.full((2, 2, 3), np.nan, "f4")}, prepared, named)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_number_that_is_not_finite_is_an_inference_error(value: float) -> None:
    with pytest.raises(InferenceError, match="score holds a value that is not finite"):
        prediction_of({"score": np.array([value], np.float32)}, full_of(9), manifest())
