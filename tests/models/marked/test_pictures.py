"""Pictures and their marks become what the network is shown, whole or in tiles."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inspector.bundle import InputSpec
from inspector.store.images import write_png
from models.dataset.pictures import LoadedSet, load_set
from models.dataset.sample import GOOD, Sample
from models.marked.pictures import marked_pictures

WHOLE = InputSpec(height_px=32, width_px=48, color="rgb", resize="stretch")
TILES = InputSpec(height_px=32, width_px=32, color="rgb", resize="tile", overlap_px=16)
NAMES = ("dent", "scratch")


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    """32 x 48 px: a good one, a dent at the left end, and a scratch that nobody outlined."""
    mask = np.zeros((32, 48), np.uint8)
    mask[8:16, 4:12] = 255
    write_png(tmp_path / "m.png", mask)
    write_png(tmp_path / "a.png", np.full((32, 48, 3), 100, np.uint8))
    good = Sample(
        name="a.png", image=tmp_path / "a.png", label=GOOD, masks=(), split="train", part="a"
    )
    return [
        good,
        replace(good, label="dent", masks=(tmp_path / "m.png",)),
        replace(good, label="scratch"),
    ]


def test_whole_pictures_are_all_learnt_from_by_the_kind_the_list_says(
    samples: list[Sample],
) -> None:
    marked = marked_pictures(load_set(samples, WHOLE), WHOLE, NAMES, seed=0)
    assert marked.kinds.tolist() == [0, 1, 2]
    assert marked.is_outlined.tolist() == [True, True, False]
    assert marked.are_all_learnt
    assert marked.places == ()
    assert np.unique(marked.label_maps[1]).tolist() == [0, 1]
    assert marked_pictures(load_set(samples, WHOLE), WHOLE, (), seed=0).kinds.tolist() == [0, 1, 1]


def test_of_tiles_only_what_somebody_spoke_of_is_learnt_from(
    samples: list[Sample],
) -> None:
    loaded: LoadedSet = load_set(samples, TILES)
    assert loaded.pictures.tolist() == [0, 0, 1, 1, 2, 2]
    marked = marked_pictures(loaded, TILES, NAMES, seed=0)
    assert marked.said.tolist() == [0, 1, 2]
    assert marked.learnt.tolist() == [0, 1, 2]  # the good part, and the tile that shows the dent
    assert marked.kinds.tolist() == [0, 0, 1, 0, 0, 0]
    assert marked.is_outlined.tolist() == [True] * 4 + [False] * 2
    assert [place.x_px for place in marked.places] == [0, 16] * 3


def test_tile_is_of_the_kind_of_which_it_shows_most(samples: list[Sample], tmp_path: Path) -> None:
    second = np.zeros((32, 48), np.uint8)
    second[24:, 8:48] = 255
    write_png(tmp_path / "s.png", second)
    both = replace(
        samples[1],
        masks=(*samples[1].masks, tmp_path / "s.png"),
        mask_labels=("dent", "scratch"),
    )
    marked = marked_pictures(load_set([both], TILES), TILES, NAMES, seed=0)
    assert marked.kinds.tolist() == [2, 2]
    assert set(np.unique(marked.label_maps[0])) == {0, 1, 2}
    assert set(np.unique(marked.label_maps[1])) == {0, 2}
