"""The coreset covers what it was chosen from."""

import numpy as np

from models.memory.coreset import greedy_coreset


def rng() -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(0))


def test_one_patch_of_each_far_cluster_is_taken() -> None:
    centres = np.eye(8, dtype=np.float32) * 100
    patches = np.repeat(centres, 50, axis=0) + rng().normal(0, 0.1, (400, 8)).astype(np.float32)
    chosen = greedy_coreset(patches, 8, rng())
    assert sorted(chosen // 50) == list(range(8))


def test_no_patch_is_taken_twice_even_when_all_are_equal() -> None:
    chosen = greedy_coreset(np.ones((20, 4), dtype=np.float32), 10, rng())
    assert len(set(chosen.tolist())) == 10


def test_fewer_patches_than_asked_for_are_all_taken() -> None:
    patches = rng().normal(size=(5, 4)).astype(np.float32)
    assert sorted(greedy_coreset(patches, 100, rng())) == [0, 1, 2, 3, 4]


def test_choice_repeats_exactly_for_one_seed() -> None:
    patches = rng().normal(size=(500, 16)).astype(np.float32)
    first, second = (greedy_coreset(patches, 50, rng()).tolist() for _ in range(2))
    assert first == second
