"""How long a training is follows from how many pictures there are, within limits."""

import pytest

from models.marked.fitting import MAX_BATCHES, MIN_BATCHES, n_batches_for


@pytest.mark.parametrize(
    ("n_pictures", "n_batches"),
    [(10, MIN_BATCHES), (320, 20), (480, 30), (800, 50), (100_000, MAX_BATCHES)],
)
def test_round_has_enough_batches_and_not_too_many(n_pictures: int, n_batches: int) -> None:
    assert n_batches_for(n_pictures) == n_batches
