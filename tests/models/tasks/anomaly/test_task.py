"""The memory of good patches: what is far from it scores high, in both libraries alike."""

from typing import Any

import numpy as np
import pytest

from inspector.errors import DataError
from models.backbones.weights import load_weights
from models.graphs.running import run_graph
from models.tasks.anomaly.task import (
    AnomalySettings,
    learn_memory,
    memory_graph,
    scores_without_own_part,
)

SETTINGS = AnomalySettings(height_px=128, width_px=96, bank_size=200)


def good_pictures(count: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Vertical stripes with noise, of one kind but never equal."""
    rng = np.random.default_rng(1)
    stripes = 120 + 60 * np.sin(np.arange(96) / 3)[None, None, :, None]
    noisy = stripes + rng.normal(0, 4, (count, 128, 96, 3))
    return noisy.clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    weights = load_weights(tmp_path_factory.mktemp("weights"))
    pictures = good_pictures(24)
    rng = np.random.Generator(np.random.PCG64(0))
    parts = [str(number // 2) for number in range(8)]
    memory, scores = learn_memory(pictures[:16], pictures[16:], parts, SETTINGS, weights, rng)
    spoiled = pictures[16:17].copy()
    spoiled[:, 40:60, 70:90] = 10
    tried = np.concatenate([pictures[:17], spoiled])
    outputs = run_graph(memory_graph(memory, SETTINGS, weights), tried)
    return {"memory": memory, "held_out": scores, **outputs}


def test_blot_scores_higher_than_every_good_picture(judged: dict[str, Any]) -> None:
    assert judged["score"][-1] > judged["score"][:-1].max()


def test_heat_is_highest_where_the_blot_is(judged: dict[str, Any]) -> None:
    row, column = np.unravel_index(judged["heatmap"][-1].argmax(), (128, 96))
    assert 40 - 16 <= row <= 60 + 16
    assert 70 - 16 <= column <= 90 + 16


def test_heat_map_never_exceeds_the_score_by_more_than_rounding(judged: dict[str, Any]) -> None:
    assert (judged["heatmap"].max(axis=(1, 2)) <= judged["score"] * (1 + 1e-6)).all()


def test_remembered_picture_scores_lower_than_one_never_seen(judged: dict[str, Any]) -> None:
    assert judged["score"][:16].mean() < judged["score"][16]


def test_memory_has_one_typical_distance_for_each_place(judged: dict[str, Any]) -> None:
    assert judged["held_out"].shape == (8,)
    assert judged["memory"].typical.shape == (8, 6)
    assert judged["memory"].bank.shape == (200, 40 + 112)


def test_score_of_a_held_out_part_is_over_what_is_usual_among_the_others() -> None:
    maps = np.array([2, 4, 8], dtype=np.float32).reshape(3, 1, 1)
    scores = scores_without_own_part(maps, ["a", "a", "b"])
    assert scores.tolist() == [2 / 8, 4 / 8, pytest.approx(8 / 3)]


def test_one_part_alone_cannot_tell_what_is_usual() -> None:
    with pytest.raises(DataError, match="show one part"):
        scores_without_own_part(np.ones((2, 1, 1), np.float32), ["a", "a"])
