"""A share, and how far it can be trusted."""

import pytest

from models.measures.rate import Rate


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [  # the tables of Clopper and Pearson's method
        (0, 10, 0.0, 0.3085),
        (10, 10, 0.6915, 1.0),
        (1, 20, 0.0013, 0.2487),
        (5, 50, 0.0333, 0.2181),
        (50, 1000, 0.0373, 0.0654),
    ],
)
def test_interval_is_the_exact_one(count: int, total: int, low: float, high: float) -> None:
    assert Rate(count=count, total=total).interval == pytest.approx((low, high), abs=5e-5)
