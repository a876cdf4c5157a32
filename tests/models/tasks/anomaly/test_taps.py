"""Maps of many pictures are those of each, whatever is joined and picked."""

from pathlib import Path

import numpy as np

from models.backbones.weights import load_weights
from models.tasks.anomaly.taps import N_DIMS, Tapper, joined
from tests.models.tasks.anomaly.stripes import striped, taps_of


def test_maps_have_an_eighth_and_a_sixteenth_of_the_side_and_all_channels(tmp_path: Path) -> None:
    pictures = striped(18)  # two batches
    tapper = Tapper(load_weights(tmp_path))
    taps = tapper.taps(pictures)
    assert len(taps) == 18
    assert taps.grids == ((16, 12), (8, 6))
    assert taps.stride_8.shape[-1] + taps.stride_16.shape[-1] == N_DIMS
    alone = tapper.taps(pictures[17:])
    assert np.allclose(alone.stride_16[0], taps.stride_16[17], atol=0.02)


def test_some_are_picked_and_joined_in_the_order_asked_for() -> None:
    taps = taps_of(5)
    again = joined([taps.some([3, 1]), taps.some([0])])
    assert np.array_equal(again.stride_8, taps.stride_8[[3, 1, 0]])
    assert np.array_equal(again.stride_16, taps.stride_16[[3, 1, 0]])


def test_batches_hold_every_picture_once_in_full_precision() -> None:
    taps = taps_of(35)
    eight, sixteen = (np.concatenate(maps) for maps in zip(*taps.batches(), strict=True))
    assert eight.dtype == sixteen.dtype == np.dtype(np.float32)
    assert np.array_equal(eight, taps.stride_8.astype(np.float32))
    assert len(sixteen) == 35
