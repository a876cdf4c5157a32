"""Maps of many pictures are those of each, whatever is joined and picked."""

from pathlib import Path

import numpy as np
import pytest

from models.backbones.weights import load_weights
from models.memory.taps import N_CHANNELS, STRIDES, Tapper, joined, strides_for
from tests.models.memory.stripes import striped, taps_of


def test_maps_have_the_side_over_their_stride_and_all_channels(tmp_path: Path) -> None:
    pictures = striped(18)  # two batches
    tapper = Tapper(load_weights(tmp_path), STRIDES)
    taps = tapper.taps(pictures)
    assert len(taps) == 18
    assert taps.grids == ((16, 12), (8, 6), (4, 3))
    assert tuple(maps.shape[-1] for maps in taps.maps) == N_CHANNELS
    alone = tapper.taps(pictures[17:])
    for maps, of_all in zip(alone.maps, taps.maps, strict=True):
        assert np.allclose(maps[0], of_all[17], atol=0.02)


def test_some_are_picked_and_joined_in_the_order_asked_for() -> None:
    taps = taps_of(5)
    again = joined([taps.some([3, 1]), taps.some([0])])
    for maps, of_all in zip(again.maps, taps.maps, strict=True):
        assert np.array_equal(maps, of_all[[3, 1, 0]])


def test_batches_hold_every_picture_once_in_full_precision() -> None:
    taps = taps_of(35)
    columns = zip(*taps.batches(), strict=True)
    for column, maps in zip(columns, taps.maps, strict=True):
        assert column[0].dtype == np.dtype(np.float32)
        assert np.array_equal(np.concatenate(column), maps.astype(np.float32))


@pytest.mark.parametrize(
    ("size_px", "strides"),
    [((320, 320), STRIDES), ((224, 544), STRIDES), ((256, 256), (8, 16)), ((288, 320), (8, 16))],
)
def test_last_map_describes_pictures_in_which_it_has_a_hundred_cells(
    size_px: tuple[int, int], strides: tuple[int, ...]
) -> None:
    assert strides_for(size_px) == strides
