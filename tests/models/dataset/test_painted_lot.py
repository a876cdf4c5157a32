"""A lot of painted defects: strong and weak ones, each with its size and contrast."""

import numpy as np

from models.dataset.painted_lot import painted_lot
from tests.models.dataset.test_painted_defects import surface

GOOD = np.stack([surface(seed) for seed in range(4)])


def test_every_second_defect_is_small_and_all_say_how_plain_they_are() -> None:
    lot = painted_lot(GOOD, 60, np.random.default_rng(0))
    assert lot.tensors.shape == (len(lot.areas), *GOOD.shape[1:])
    assert lot.tensors.dtype == np.uint8
    assert len(lot.areas) == len(lot.contrasts) >= 50
    assert ((lot.areas > 0) & (lot.areas <= 1)).all()
    assert (lot.contrasts >= 4).all()
    assert 0.4 <= (lot.areas < 0.02).mean() <= 0.95
    assert lot.areas.max() > 0.05


def test_same_numbers_paint_the_same_lot() -> None:
    first, second = (painted_lot(GOOD, 8, np.random.default_rng(2)) for _ in range(2))
    assert np.array_equal(first.tensors, second.tensors)


def test_nothing_is_painted_where_nothing_can_be_seen() -> None:
    lot = painted_lot(np.zeros((2, 4, 4, 1), np.uint8), 10, np.random.default_rng(0))
    assert lot.tensors.shape == (0, 4, 4, 1)
    assert len(lot.areas) == len(lot.contrasts) == 0
