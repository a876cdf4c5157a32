"""The same heat has the same strength everywhere."""

import numpy as np
import pytest

from inspector.report.heat import heat_strength


def strengths(*values: float, threshold: float) -> list[float]:
    heat = np.array([values], dtype=np.float32)
    return [round(float(value), 4) for value in heat_strength(heat, threshold)[0]]


def test_heat_is_clear_up_to_the_threshold_and_full_well_above() -> None:
    assert strengths(0.0, 0.4, 0.5, 0.65, 0.8, 9.0, threshold=0.5) == [0, 0, 0, 0.5, 1, 1]


@pytest.mark.parametrize("threshold", [0.0, -2.0])
def test_threshold_that_is_not_positive_is_the_lower_end(threshold: float) -> None:
    assert strengths(threshold - 1, threshold, 3.0, threshold=threshold) == [0, 0, 1]


def test_what_is_not_a_number_is_not_hot() -> None:
    assert strengths(float("nan"), 1.0, threshold=0.5) == [0, 1]
