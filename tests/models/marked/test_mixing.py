"""Batches hold defects and good parts, and marks go where their maps go."""

from dataclasses import replace

import numpy as np
import pytest

from models.marked.maps import LowMaps
from models.marked.mixing import N_DEFECTS, N_GOOD, Mixer

KINDS = np.array([0] * 12 + [1] * 6 + [2] * 3, np.intp)
ALL_OUTLINED = np.ones(len(KINDS), np.bool_)


def maps() -> LowMaps:
    """Each cell says of which picture it is and where, so that nothing can move unseen."""
    count, rows, columns = len(KINDS), 16, 24
    whose = np.arange(count, dtype=np.float16)[None, :, None, None]
    stride_4 = np.broadcast_to(whose, (1, count, rows, columns))
    stride_8 = stride_4[:, :, ::2, ::2]
    marked = np.zeros((1, count, rows, columns), np.uint8)
    marked[0, KINDS > 0, 4:12, 4:20] = 1
    kinds = marked * KINDS.astype(np.uint8)[None, :, None, None]
    return LowMaps(
        stride_4=np.repeat(stride_4[..., None], 2, axis=-1),
        stride_8=np.repeat(stride_8[..., None], 3, axis=-1),
        covers=marked * 255,
        kinds=kinds,
    )


def mixer(outlined: np.ndarray = ALL_OUTLINED, places: range = range(len(KINDS))) -> Mixer:
    return Mixer(maps(), KINDS, outlined, places, seed=5)


def whose(stride: np.ndarray) -> np.ndarray:
    """The picture that each cell is of; noise is a few tenths of what pictures differ by."""
    owner: np.ndarray = stride.mean(axis=-1)
    return owner


def test_round_repeats_and_the_next_is_another() -> None:
    first, again, other = (list(mixer().batches(number, 3)) for number in (0, 0, 1))
    for one, two in zip(first, again, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(first[0][0], other[0][0])


def test_batches_have_their_defects_and_good_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.marked.mixing._MIXED_SHARE", 0.0)
    for batch in mixer().batches(0, 4):
        kinds = batch[4]
        assert ((kinds > 0).sum(), (kinds == 0).sum()) == (N_DEFECTS, N_GOOD)


def test_every_picture_comes_about_as_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.marked.mixing._MIXED_SHARE", 0.0)
    monkeypatch.setattr("models.marked.mixing._NOISE", 0.0)
    seen = np.concatenate([batch[0][:, 0, 0, 0] for batch in mixer().batches(0, 9)]).astype(int)
    counts = np.bincount(seen, minlength=len(KINDS))
    assert set(counts[KINDS > 0]) == {7}
    assert set(counts[KINDS == 0]) <= {6, 7}


def test_marks_move_with_the_maps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.marked.mixing._NOISE", 0.0)
    n_mixed = 0
    for stride_4, stride_8, covers, kind_map, kinds, _ in mixer().batches(0, 6):
        owner = whose(stride_4).astype(int)
        assert np.array_equal(owner[:, ::2, ::2], whose(stride_8).astype(int))
        assert np.array_equal(kind_map, np.where(covers > 0, KINDS[owner], 0))
        assert not (kinds > 0)[~covers.any(axis=(1, 2))].any()
        assert (kinds > 0)[covers.mean(axis=(1, 2)) > 0.17].all()  # half of a spot, of a third
        n_mixed += sum(len(np.unique(each)) > 1 for each in owner)
    assert n_mixed > 10


def test_picture_that_nobody_outlined_is_neither_pasted_nor_pasted_into(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("models.marked.mixing._NOISE", 0.0)
    monkeypatch.setattr("models.marked.mixing._MIXED_SHARE", 1.0)
    outlined = KINDS != 1
    for stride_4, _, _, _, _, is_outlined in mixer(outlined).batches(0, 6):
        for owner, said in zip(whose(stride_4).astype(int), is_outlined, strict=True):
            is_alone = (KINDS[owner] == 1).all()
            assert is_alone == (said == 0)
            assert is_alone or not (KINDS[owner] == 1).any()


def test_noise_is_a_share_of_each_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.marked.mixing._MIXED_SHARE", 0.0)
    noisy = next(mixer().batches(0, 1))[0]
    monkeypatch.setattr("models.marked.mixing._NOISE", 0.0)
    plain = next(mixer().batches(0, 1))[0]
    assert np.std(noisy - plain) == pytest.approx(0.3 * np.arange(len(KINDS)).std(), rel=0.05)


def test_only_the_chosen_pictures_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.marked.mixing._NOISE", 0.0)
    for batch in mixer(places=range(3, 15)).batches(0, 4):
        assert set(np.unique(whose(batch[0]))) <= set(range(3, 15))


def test_defect_smaller_than_a_cell_stays_one_until_it_is_covered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("models.marked.mixing._NOISE", 0.0)
    small = maps()
    covers, kinds = np.zeros_like(small.covers), np.zeros_like(small.kinds)
    covers[0, KINDS > 0, 7, 11], kinds[0, :, 7, 11] = 60, KINDS
    mixer = Mixer(
        replace(small, covers=covers, kinds=kinds), KINDS, ALL_OUTLINED, range(len(KINDS)), seed=5
    )
    for _, _, marked, _, said, _ in mixer.batches(0, 6):
        assert np.array_equal(said > 0, marked.any(axis=(1, 2)))
