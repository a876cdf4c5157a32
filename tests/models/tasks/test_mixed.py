"""What the tasks with marked defects share: which pictures serve for what, and what is doubted."""

from pathlib import Path

import numpy as np
import pytest

from models.dataset.sample import Sample
from models.dataset.splits import fold_places
from models.marked.learning import N_FOLDS
from models.tasks.mixed import _doubts, _foldable, divided


def sample(number: int, label: str = "good", split: str = "train", part: str = "") -> Sample:
    name = f"{label}-{number}.png"
    return Sample(
        name=name, image=Path(name), label=label, masks=(), split=split, part=part or name
    )


def lot(n_parts: int) -> tuple[Sample, ...]:
    """A good picture and a defect of each part."""
    return tuple(
        sample(number, label, part=f"part {number % n_parts}")
        for number in range(24)
        for label in ("good", "dent")
    )


def test_proof_has_good_ones_and_defects_and_nothing_else_is_kept_from_learning() -> None:
    samples = [*lot(24), sample(0, "dent", "val"), sample(1, split="val")]
    division = divided(samples, seed=0)
    assert {one.is_good for one in division.proof} == {True, False}
    assert len(division.proof) == 4
    assert [one.split for one in division.held_out] == ["val", "val"]
    assert {*division.fit, *division.held_out, *division.proof} == set(samples)


@pytest.mark.parametrize(("n_parts", "is_torn"), [(24, False), (3, False), (2, True), (1, True)])
def test_parts_are_torn_only_where_there_are_too_few(n_parts: int, is_torn: bool) -> None:
    samples, doubts = _foldable(lot(n_parts), seed=0)
    assert len({one.part for one in samples}) == (48 if is_torn else n_parts)
    assert bool(doubts) is is_torn
    assert [one.name for one in samples] == [one.name for one in lot(n_parts)]


def test_defects_of_one_part_alone_do_not_leave_a_fold_without_any() -> None:
    samples, doubts = _foldable(
        (
            *(sample(number) for number in range(20)),
            *(sample(number, "dent", part="the only one") for number in range(8)),
        ),
        seed=0,
    )
    assert len({one.part for one in samples}) == 28
    assert "list more parts" in doubts[0]


def test_few_defects_are_all_learnt_from() -> None:
    samples = [*(sample(number) for number in range(40)), *(sample(n, "dent") for n in range(19))]
    division = divided(samples, seed=0)
    assert len(division.proof) == 2
    assert all(one.is_good for one in division.proof)


def test_rare_kinds_do_not_all_come_into_one_fold() -> None:
    kinds = [sample(0, f"kind {number}") for number in range(6)]
    samples, doubts = _foldable((*(sample(number) for number in range(20)), *kinds), seed=0)
    assert doubts == ()
    for fold in fold_places(samples, 0, N_FOLDS):
        assert sum(not samples[place].is_good for place in fold) == 2


def test_good_pictures_that_look_defective_are_named_the_surest_first() -> None:
    judged = [sample(0), sample(1), sample(2), sample(3, "dent")]
    (doubt,) = _doubts(judged, np.array([0.96, 0.2, 0.99, 1.0], np.float32))
    assert "look defective: 2" in doubt
    assert doubt.index("good-2.png") < doubt.index("good-0.png")
    assert _doubts(judged, np.zeros(4, np.float32)) == ()
