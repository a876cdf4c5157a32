"""From maps to score: each step against the plain arithmetic that it stands for."""

from dataclasses import replace

import numpy as np
import pytest

from models.graphs.training_library import tensorflow
from models.memory import judging
from models.memory.learning import learn_memory
from models.memory.memory import Bank
from models.memory.taps import N_CHANNELS
from tests.models.memory.stripes import GRID, taps_of

tf = tensorflow()
RNG = np.random.default_rng(3)


def bank_of(entries: np.ndarray, usual: np.ndarray) -> Bank:
    n_dims = entries.shape[1]
    return Bank(
        mixing=np.empty((0, n_dims), np.float32),
        shift=np.zeros(n_dims, np.float32),
        entries=entries.astype(np.float32),
        usual=usual.astype(np.float32),
        usual_at=np.ones((1, 1), np.float32),
        peak=np.array(1.0, np.float32),
    )


def test_descriptions_are_both_taps_each_of_unit_length() -> None:
    taps, *_ = taps_of(2).batches()
    fine, coarse, coarsest = judging.descriptions(tf, taps)
    assert fine.shape == (2, 2 * GRID[0], 2 * GRID[1], 152)
    assert coarse.shape == (2, *GRID, 152)
    assert coarsest.shape == (2, GRID[0] // 2, GRID[1] // 2, 320)
    assert np.linalg.norm(coarsest.numpy(), axis=-1) == pytest.approx(1.0, abs=1e-5)
    for described in (fine.numpy(), coarse.numpy()):
        for tap in (described[..., :40], described[..., 40:]):
            assert np.linalg.norm(tap, axis=-1) == pytest.approx(1.0, abs=1e-5)


def test_description_of_nothing_is_nothing() -> None:
    sides = zip((8, 4, 2), N_CHANNELS, strict=True)
    nothing = [np.zeros((1, side, side, channels), np.float32) for side, channels in sides]
    assert not any(grid.numpy().any() for grid in judging.descriptions(tf, nothing))


def test_distance_is_the_least_of_all_over_what_is_usual_around_each() -> None:
    entries, usual = RNG.normal(0, 1, (30, 7)), RNG.uniform(0.5, 2, 30)
    described = RNG.normal(0, 1, (2, 3, 5, 7)).astype(np.float32)
    plain = np.linalg.norm(described[..., None, :] - entries, axis=-1) / usual
    found = judging.over_usual(tf, described, bank_of(entries, usual)).numpy()
    assert found == pytest.approx(plain.min(axis=-1), rel=1e-5)


def test_distance_does_not_jump_where_two_entries_are_equally_near() -> None:
    entries, usual = np.array([[-1.0, 0.0], [1.0, 0.0]]), np.array([0.5, 2.0])
    line = np.stack([np.linspace(-2, 2, 4001), np.full(4001, 0.3)], axis=-1)
    found = judging.over_usual(tf, line[None, None].astype(np.float32), bank_of(entries, usual))
    assert np.abs(np.diff(found.numpy()[0, 0])).max() < 0.003


def test_remembered_patch_is_near_and_not_a_matter_of_rounding() -> None:
    entries = RNG.normal(0, 1, (30, 7))
    found = judging.over_usual(
        tf, entries.reshape(1, 5, 6, 7).astype(np.float32), bank_of(entries, np.ones(30))
    )
    assert (found.numpy() == np.float32(0.05)).all()


def test_terms_are_logarithms_of_the_highest_cells_and_of_a_broad_mean() -> None:
    fine, coarse = RNG.uniform(0.5, 1, (1, 40, 40)), RNG.uniform(0.5, 1, (1, 20, 20))
    coarse[:] = 1.0
    fine[0, 7, :3] = 31.0
    coarsest = np.ones((1, 10, 10))
    coarsest[0, :2] = 3.0
    maps = (fine, coarse, coarsest)
    values = judging.terms(tf, [each.astype(np.float32) for each in maps]).numpy()
    n_cells = round(0.006 * 1600)
    highest = np.sort(((2 * fine + 1) / 3).ravel())[-n_cells:]
    assert values[0] == pytest.approx([np.log(highest.mean()), 0.0, np.log(3.0)], abs=1e-5)


def test_drift_is_counted_in_deviations_and_limited() -> None:
    coarse = np.array([[[[1.0, 5.0]]], [[[2.0, 5.0]]], [[[99.0, 5.0]]]], np.float32)
    mean, axis = np.array([1.0, 4.0], np.float32), np.array([0.5, 0.0], np.float32)
    assert judging.drift_of(tf, coarse, mean, axis).numpy().ravel().tolist() == [0.0, 0.5, 2.5]


def test_score_is_one_at_the_limit_and_heat_at_its_own() -> None:
    pictures = taps_of(2, seed=5)
    memory = learn_memory(taps_of(8), taps_of(4, seed=1), 40, np.random.default_rng(0))
    (taps,) = pictures.batches()
    bare = judging.judge(tf, taps, memory, (96, 64))
    score, heat = bare["score"].numpy()[0], bare["heatmap"].numpy()[0].max()
    limited = replace(
        memory,
        log_limit=np.log(score).astype(np.float32),
        heat_limit=np.array(heat, np.float32),
    )
    outputs = judging.judge(tf, taps, limited, (96, 64))
    assert outputs["heatmap"].shape == (2, 96, 64)
    assert outputs["score"].numpy()[0] == pytest.approx(1.0, rel=1e-5)
    assert outputs["heatmap"].numpy()[0].max() == pytest.approx(1.0, rel=1e-5)
    assert outputs["score"].numpy()[1] == pytest.approx(bare["score"].numpy()[1] / score, rel=1e-5)
