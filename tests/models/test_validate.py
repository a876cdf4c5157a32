"""Validation compares both sides, or says why it proves nothing."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.errors import DataError
from models.source import keep_source, open_source, source_folder
from models.validate import compare, validate
from tests.models.conftest import N_TEST, N_TRAIN, Taught


def test_seen_pictures_are_left_out_and_the_rest_agrees(taught: Taught) -> None:
    validation = validate(taught.bundle, taught.data, taught.weights_cache)
    seen = open_source(source_folder(taught.bundle)).seen
    assert validation.n_seen == len(seen)
    assert validation.proof.n_images == N_TRAIN + 2 * N_TEST - len(seen)
    assert validation.proof.shortcoming() is None
    table = validation.as_table()
    assert (table["passed"], table["n_flips"], table["shortcoming"]) == (True, 0, None)


def test_list_of_seen_pictures_only_is_an_empty_comparison(taught: Taught) -> None:
    import hashlib

    seen = open_source(source_folder(taught.bundle)).seen
    lines = taught.data.read_text().splitlines()
    folder = taught.data.parent
    kept = [
        line
        for line in lines[1:]
        if hashlib.sha256((folder / line.split(",")[0]).read_bytes()).hexdigest() in seen
    ]
    (folder / "seen.csv").write_text("\n".join([lines[0], *kept]))
    with pytest.raises(DataError, match="an empty comparison proves nothing"):
        validate(taught.bundle, folder / "seen.csv", taught.weights_cache)


def test_source_of_another_model_is_refused(taught: Taught, tmp_path: Path) -> None:
    shutil.copytree(taught.bundle, tmp_path / "x.bundle")
    source = replace(open_source(source_folder(taught.bundle)), model_sha256="0" * 64)
    keep_source(source, source_folder(tmp_path / "x.bundle"))
    with pytest.raises(DataError, match="source of another model"):
        validate(tmp_path / "x.bundle", taught.data, taught.weights_cache)


class ShiftedBackend:
    """A runtime whose scores, and perhaps heat maps, are off."""

    def __init__(self, scores: list[float], *, is_map_right: bool = True) -> None:
        self._scores = iter(scores)
        self._is_map_right = is_map_right

    def run(self, _tensor: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        score = np.full(1, next(self._scores), dtype=np.float32)
        heat = score if self._is_map_right else -score
        return {"score": score, "heatmap": heat[:, None, None] * np.ones((1, 4, 4), np.float32)}


def two_scores(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> dict[str, object]:
    from models.training_library import tensorflow

    tf = tensorflow()
    scores = tf.constant([1.0, 2.0][: len(pixels)])
    return {"score": scores, "heatmap": scores[:, None, None] * tf.ones((1, 4, 4))}


@pytest.mark.parametrize(
    ("scores", "n_flips", "shortcoming"),
    [
        ([1.0, 2.0], 0, None),
        ([1.0, 2.00005], 0, None),
        ([1.0, 2.01], 0, "score: values differ by 0.01 of their range; the limit is 0.0001"),
        ([1.6, 2.0], 1, "score: values differ by 0.6 of their range; the limit is 0.0001"),
    ],
)
def test_comparison_finds_what_differs(
    scores: list[float], n_flips: int, shortcoming: str | None
) -> None:
    proof = compare(
        two_scores,
        ShiftedBackend(scores).run,
        np.zeros((2, 4, 4, 3), dtype=np.uint8),
        ["a", "b"],
        threshold=1.5,
        model_sha256="0" * 64,
    )
    assert proof.n_flips == n_flips
    assert proof.shortcoming() == shortcoming


def test_comparison_finds_a_heat_map_that_differs() -> None:
    proof = compare(
        two_scores,
        ShiftedBackend([1.0, 2.0], is_map_right=False).run,
        np.zeros((2, 4, 4, 3), dtype=np.uint8),
        ["a", "b"],
        threshold=1.5,
        model_sha256="0" * 64,
    )
    assert proof.shortcoming() == (
        "heatmap: values differ by 4 of their range; the limit is 0.0001"
    )
