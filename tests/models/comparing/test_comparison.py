"""Two models are compared output by output, and decision by decision."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models.comparing.comparison import agreement_of, compare


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
    from models.graphs.training_library import tensorflow

    tf = tensorflow()
    scores = tf.constant([1.0, 2.0][: len(pixels)])
    return {"score": scores, "heatmap": scores[:, None, None] * tf.ones((1, 4, 4))}


@pytest.mark.parametrize(
    ("scores", "n_flips", "shortcoming"),
    [
        ([1.0, 2.0], 0, None),
        ([1.0, 2.00005], 0, None),
        ([1.0, 2.01], 0, "score: values differ by 0.00667 of the threshold; the limit is 0.0001"),
        ([1.6, 2.0], 1, "score: values differ by 0.4 of the threshold; the limit is 0.0001"),
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
        "heatmap: values differ by 2.67 of the threshold; the limit is 0.0001"
    )


def test_agreement_tells_largest_and_p99_difference_in_the_outputs_own_units() -> None:
    trained = np.linspace(0, 10, 101, dtype=np.float32)
    judged = trained.copy()
    judged[7] += np.float32(0.5)
    agreement = agreement_of(trained, judged)
    assert (agreement.dtype, agreement.shape, agreement.range) == ("float32", (101,), 10.0)
    assert agreement.max_abs == pytest.approx(0.5, rel=1e-6)
    assert agreement.p99_abs == 0.0
