"""Matrices that smooth and enlarge: levels stay levels, slopes stay slopes."""

import numpy as np
import pytest

from models.graphs.resampling import enlarging_matrix, smoothing_matrix


def test_smoothing_keeps_what_is_level_and_spreads_a_peak_evenly() -> None:
    matrix = smoothing_matrix(9, 1.0)
    assert matrix.sum(axis=1) == pytest.approx(np.ones(9), abs=1e-6)
    peak = matrix @ np.eye(9, dtype=np.float32)[4]
    assert peak.argmax() == 4
    assert peak == pytest.approx(peak[::-1], abs=1e-7)


def test_enlarging_follows_a_slope_and_holds_at_the_border() -> None:
    matrix = enlarging_matrix(3, 6)
    assert (matrix @ np.array([0.0, 1.0, 2.0])).tolist() == [0.0, 0.25, 0.75, 1.25, 1.75, 2.0]


def test_enlarging_one_place_fills_all() -> None:
    assert (enlarging_matrix(1, 4) @ np.array([7.0])).tolist() == [7.0] * 4
