"""A finished graph with smaller matrices judges alike; a scaled one gives multiples."""

from collections import Counter

import numpy as np
import pytest

from inspector.inference.ort import OrtBackend
from models.quantization.graph_edits import packed, scaled
from tests.models.quantization.test_int8_graph import COLUMNS, DEEP, network, op_types, scores
from tests.support.bundles import brightness_model, draft_manifest


def test_large_matrix_is_stored_as_integers_and_judges_alike() -> None:
    saved = COLUMNS * (3 * DEEP - 4)
    model = packed(network())
    assert abs(len(network()) - len(model) - saved) < 2000  # names, and two nodes more
    expected = scores(network())
    assert np.abs(scores(model) - expected).max() < 0.01 * np.ptp(expected)


def test_graph_without_large_matrices_is_packed_to_itself() -> None:
    assert op_types(packed(brightness_model())) == op_types(brightness_model())


def test_score_and_heat_map_are_multiplied_and_nothing_else() -> None:
    model = brightness_model()
    pixels = np.random.default_rng(0).integers(0, 256, (1, 32, 48, 3), dtype=np.uint8)
    before, after = (
        OrtBackend(draft_manifest(), one).run(pixels) for one in (model, scaled(model, 1.5))
    )
    assert before.keys() == after.keys()
    for name in ("score", "heatmap"):
        assert after[name] == pytest.approx(1.5 * before[name], rel=1e-6)
    assert op_types(scaled(model, 1.5)) - op_types(model) == Counter({"Mul": len(before)})
