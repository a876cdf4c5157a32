"""A defect that nobody outlined teaches by the tile that shows it, and by no other."""

from dataclasses import replace

import numpy as np

from inspector.flow import TilePlace
from models.backbones.weights import Weights
from models.marked.likely import with_likely_tiles
from models.marked.pictures import MarkedPictures
from tests.models.marked.pictures import SPOT_PX
from tests.models.memory.stripes import striped

N_GOOD, N_TILES = 24, 3
SHOWN_ON = (0, 2, None, 1)  # which tile of each defective picture; None: nothing is to be seen
KINDS = (1, 2, 1, 2)


def plates() -> MarkedPictures:
    """Good ones, and defective ones without an outline."""
    n_pictures = N_GOOD + len(SHOWN_ON)
    tensors = striped(n_pictures * N_TILES, seed=4).copy()
    for place, tile in enumerate(SHOWN_ON):
        if tile is not None:
            tensors[(N_GOOD + place) * N_TILES + tile, 40 : 40 + SPOT_PX, 30 : 30 + SPOT_PX] = 0
    count, height_px, width_px = tensors.shape[:3]
    return MarkedPictures(
        tensors=tensors,
        pictures=np.repeat(np.arange(n_pictures), N_TILES),
        label_maps=np.zeros((count, height_px, width_px), np.uint8),
        said=np.array([0] * N_GOOD + list(KINDS)),
        kinds=np.zeros(count, np.intp),
        is_outlined=np.arange(count) < N_GOOD * N_TILES,
        learnt=np.arange(N_GOOD * N_TILES),
        places=tuple(TilePlace(x_px=0, y_px=0) for _ in range(count)),
    )


def test_tile_most_unlike_good_ones_teaches_what_the_list_says(weights: Weights) -> None:
    before = plates()
    after = with_likely_tiles(before, weights, bank_size=100, seed=0)
    expected = {
        (N_GOOD + place) * N_TILES + tile: KINDS[place]
        for place, tile in enumerate(SHOWN_ON)
        if tile is not None
    }
    assert after.learnt.tolist() == [*before.learnt, *sorted(expected)]
    assert {place: int(after.kinds[place]) for place in np.flatnonzero(after.kinds)} == expected
    assert (after.is_outlined == before.is_outlined).all()  # nobody knows where on the tile


def test_without_enough_good_tiles_nothing_is_guessed(weights: Weights) -> None:
    few = replace(plates(), learnt=np.arange(12))
    assert with_likely_tiles(few, weights, bank_size=100, seed=0).learnt.tolist() == list(range(12))


def test_whole_pictures_and_outlined_ones_stay_as_they_are(weights: Weights) -> None:
    whole = replace(plates(), places=())
    assert with_likely_tiles(whole, weights, bank_size=100, seed=0) is whole
    outlined = replace(plates(), is_outlined=np.ones(len(whole.tensors), np.bool_))
    assert with_likely_tiles(outlined, weights, bank_size=100, seed=0) is outlined
