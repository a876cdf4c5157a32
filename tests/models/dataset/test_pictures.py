"""Labelled pictures reach the workshop as the line would see them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inspector.bundle import InputSpec
from inspector.errors import DataError
from inspector.preprocess import preprocess
from inspector.store.images import write_png
from models.dataset.pictures import (
    check_masks,
    load_kind_maps,
    load_mask,
    load_picture,
    load_set,
    mask_size_px,
    plainness_text,
    worst_tiles,
)
from models.dataset.sample import Sample

PIXELS = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def sample_at(image: Path, mask: Path | None = None) -> Sample:
    return Sample(
        name=image.name,
        image=image,
        label="good" if mask is None else "scratch",
        masks=() if mask is None else (mask,),
        split="train",
        part=image.name,
    )


def test_set_is_what_the_line_would_hand_to_the_network(tmp_path: Path) -> None:
    sha256 = write_png(tmp_path / "a.png", PIXELS)
    spec = InputSpec(height_px=32, width_px=32, color="rgb", resize="stretch")
    loaded = load_set([sample_at(tmp_path / "a.png")] * 2, spec)
    expected = preprocess(load_picture(sample_at(tmp_path / "a.png"), None).frame, spec).tensor
    assert loaded.tensors.shape == (2, 32, 32, 3)
    assert (loaded.tensors[1] == expected[0]).all()
    assert loaded.sha256s == (sha256, sha256)


def test_unreadable_picture_is_named_with_its_fault(tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"picture 'b\.png': .*empty"):
        load_picture(sample_at(tmp_path / "b.png"), None)


def test_mask_marks_what_is_brighter_than_127(tmp_path: Path) -> None:
    mask = np.zeros((40, 60), dtype=np.uint8)
    mask[3, 4], mask[5, 6] = 128, 127
    write_png(tmp_path / "m.png", mask)
    loaded = load_mask(sample_at(tmp_path / "a.png", tmp_path / "m.png"), (40, 60))
    assert np.argwhere(loaded).tolist() == [[3, 4]]


def test_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    write_png(tmp_path / "m.png", np.zeros((20, 60), dtype=np.uint8))
    with pytest.raises(DataError, match="60 x 20 px; its picture has 60 x 40"):
        load_mask(sample_at(tmp_path / "a.png", tmp_path / "m.png"), (40, 60))


def test_part_without_a_mask_has_no_marked_pixel(tmp_path: Path) -> None:
    assert not load_mask(sample_at(tmp_path / "a.png"), (4, 5)).any()


def test_mask_on_a_good_part_is_a_contradiction(tmp_path: Path) -> None:
    write_png(tmp_path / "m.png", np.full((40, 60), 255, dtype=np.uint8))
    sample = replace(sample_at(tmp_path / "a.png", tmp_path / "m.png"), label="good")
    with pytest.raises(DataError, match="marks a defect, but the label says 'good'"):
        load_mask(sample, (40, 60))
    write_png(tmp_path / "m.png", np.zeros((40, 60), dtype=np.uint8))
    assert not load_mask(sample, (40, 60)).any()


def test_pictures_that_hardly_differ_are_said_to() -> None:
    rng = np.random.default_rng(0)
    part = rng.integers(60, 200, (1, 16, 16, 3), dtype=np.uint8)
    copies = np.repeat(part, 9, axis=0)
    copies[:, 3, 3] += np.arange(9, dtype=np.uint8)[:, None]
    assert "the good pictures hardly differ: by 0.0" in (plainness_text(copies) or "")
    assert plainness_text(copies[:1]) is None
    assert plainness_text(rng.integers(60, 200, (9, 16, 16, 3), dtype=np.uint8)) is None


def test_mask_that_does_not_fit_its_picture_is_found_before_anything_is_learnt(
    tmp_path: Path,
) -> None:
    write_png(tmp_path / "a.png", PIXELS)
    write_png(tmp_path / "m.png", np.zeros((40, 60), dtype=np.uint8))
    spec = InputSpec(height_px=32, width_px=32, color="rgb", resize="stretch")
    loaded = load_set([sample_at(tmp_path / "a.png", tmp_path / "m.png")], spec)
    check_masks(loaded)
    write_png(tmp_path / "m.png", np.zeros((60, 40), dtype=np.uint8))
    with pytest.raises(DataError, match=r"'a.png': 40 x 60 px; its picture has 60 x 40"):
        check_masks(loaded)


def test_mask_on_the_input_counts_a_third_of_a_pixel(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", PIXELS)
    mask = np.zeros((40, 60), dtype=np.uint8)
    mask[:8, :2] = 255  # 2 of 6 columns of the input's first pixel
    mask[20:28, 30:31] = 255  # 1 of 6
    write_png(tmp_path / "m.png", mask)
    sample = sample_at(tmp_path / "a.png", tmp_path / "m.png")
    assert mask_size_px(sample) == (40, 60)
    spec = InputSpec(height_px=5, width_px=10, color="rgb", resize="stretch")
    loaded = load_set([sample, replace(sample, masks=())], spec)
    masks = load_kind_maps(loaded, spec, ())
    assert np.argwhere(masks).tolist() == [[0, 0, 0]]


def test_masks_of_several_kinds_keep_their_kinds(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", PIXELS)
    for name, row in (("scratch.png", 0), ("dent.png", 20)):
        mask = np.zeros((40, 60), dtype=np.uint8)
        mask[row : row + 8, :12] = 255
        write_png(tmp_path / name, mask)
    sample = replace(
        sample_at(tmp_path / "a.png", tmp_path / "scratch.png"),
        masks=(tmp_path / "scratch.png", tmp_path / "dent.png"),
        mask_labels=("scratch", "dent"),
    )
    spec = InputSpec(height_px=5, width_px=5, color="rgb", resize="stretch")
    kinds = load_kind_maps(load_set([sample], spec), spec, ("dent", "scratch"))[0]
    assert kinds[:, 0].tolist() == [2, 0, 1, 1, 0]
    assert not kinds[:, 1:].any()


TILES = InputSpec(height_px=16, width_px=16, color="rgb", resize="tile", overlap_px=4, scale=0.5)


def test_pictures_in_tiles_keep_which_tile_is_of_which(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", PIXELS)
    write_png(tmp_path / "b.png", PIXELS[:20, :20])
    samples = [sample_at(tmp_path / "a.png"), sample_at(tmp_path / "b.png", tmp_path / "m.png")]
    loaded = load_set(samples, TILES)
    assert loaded.pictures.tolist() == [0, 0, 0, 0, 0, 0, 1]
    assert loaded.is_good.tolist() == [True] * 6 + [False]
    for place, sample in enumerate(samples):
        expected = preprocess(load_picture(sample, None).frame, TILES).tensor
        assert (loaded.tensors[loaded.pictures == place] == expected).all()
    turned = loaded.part_of([1, 0])
    assert turned.pictures.tolist() == [0, 1, 1, 1, 1, 1, 1]
    assert (turned.tensors[0] == loaded.tensors[6]).all()


def test_picture_of_too_many_tiles_is_named(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", np.zeros((900, 900), np.uint8))
    with pytest.raises(DataError, match=r"picture 'a\.png': .*at most 256 are judged"):
        load_set([sample_at(tmp_path / "a.png")], TILES)


def test_mask_is_cut_as_its_picture_is(tmp_path: Path) -> None:
    shown = np.zeros((40, 60), np.uint8)
    shown[10:30, 20:36] = 255  # two tiles below and beside each other show the middle of it
    write_png(tmp_path / "a.png", shown)
    write_png(tmp_path / "m.png", shown)
    sample = sample_at(tmp_path / "a.png", tmp_path / "m.png")
    loaded = load_set([replace(sample, masks=()), sample], TILES)
    maps = load_kind_maps(loaded, TILES, ())
    assert not maps[loaded.pictures == 0].any()
    seen = loaded.tensors[loaded.pictures == 1][..., 0]
    assert (maps[loaded.pictures == 1] == (seen > 85)).all()


def test_mask_goes_on_beyond_a_small_picture_as_the_picture_does(tmp_path: Path) -> None:
    shown = np.zeros((20, 20), np.uint8)
    shown[12:, 4:8] = 255
    write_png(tmp_path / "a.png", shown)
    write_png(tmp_path / "m.png", shown)
    loaded = load_set([sample_at(tmp_path / "a.png", tmp_path / "m.png")], TILES)
    assert (load_kind_maps(loaded, TILES, ())[0] == (loaded.tensors[0, ..., 0] > 85)).all()


def test_thinnest_defect_does_not_vanish(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", PIXELS)
    mask = np.zeros((40, 60), np.uint8)
    mask[7, 12:50] = 255
    write_png(tmp_path / "m.png", mask)
    sample = sample_at(tmp_path / "a.png", tmp_path / "m.png")
    for spec in (TILES, InputSpec(height_px=5, width_px=10, color="rgb", resize="stretch")):
        marked = load_kind_maps(load_set([sample], spec), spec, ())
        assert 0 < marked.mean() < 0.2


def test_part_of_a_set_may_be_empty(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", PIXELS)
    nothing = load_set([sample_at(tmp_path / "a.png")], TILES).part_of([])
    assert (nothing.samples, len(nothing.tensors), len(nothing.pictures)) == ((), 0, 0)


def test_picture_is_as_bad_as_its_worst_tile() -> None:
    values = np.array([3, 1, 2, 9, 8], np.float32)
    assert worst_tiles(values, np.array([0, 0, 4, 5, 5])).tolist() == [3, 2, 9]
    assert worst_tiles(values > 2, np.array([7, 7, 3, 4, 4])).tolist() == [True, False, True]
    assert worst_tiles(values[:0], np.array([], np.intp)).tolist() == []
