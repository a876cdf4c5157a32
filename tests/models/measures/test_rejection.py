"""A bundle that rejects nothing is found out, and not written unless a person says why."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.errors import BundleError
from models.measures.painted_escape import painted_scores
from models.measures.rate import Rate
from models.measures.rejection import (
    Rejection,
    accepted,
    counted,
    rejection_in,
    rejection_of,
    stand_ins,
)
from tests.support.bundles import INPUT, draft_manifest

RNG = np.random.default_rng(0)
PARTS = RNG.normal(120, 6, (8, 64, 64, 3)).astype(np.uint8)


def difference(tensors: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """A judge who sees what is unlike the middle grey."""
    away = np.abs(tensors.astype(np.float32) - 120).max(axis=3)
    return {"score": np.sort(away.reshape(len(away), -1), axis=1)[:, -8:].mean(axis=1)}


def blind(tensors: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    return {"score": tensors[:, 0, 0, 0].astype(np.float32)}


def sighted(tensors: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    return {"score": np.full(len(tensors), 2000.0, np.float32)}


def rejection(passed: int, total: int, auroc: float) -> Rejection:
    return Rejection(
        overkill=Rate(count=1, total=20),
        escape=Rate(count=passed, total=total),
        auroc=auroc,
        is_painted=False,
    )


@pytest.mark.parametrize(
    ("passed", "auroc", "shortcoming"),
    [
        (9, 0.99, None),
        (10, 0.99, "it passes 10 of 20 held-out defects (AUROC 0.99)"),
        (20, 0.99, "it passes 20 of 20 held-out defects (AUROC 0.99)"),
        (0, 0.61, None),
        (0, 0.6, "it hardly tells held-out defects from good parts (AUROC 0.60)"),
        (0, 0.2, "it hardly tells held-out defects from good parts (AUROC 0.20)"),
    ],
)
def test_half_of_the_defects_or_a_useless_score_is_a_shortcoming(
    passed: int, auroc: float, shortcoming: str | None
) -> None:
    assert rejection(passed, 20, auroc).shortcoming() == shortcoming


def test_shortcoming_is_an_error_until_a_reason_is_given() -> None:
    weak = rejection(20, 20, 0.9)
    with pytest.raises(BundleError) as caught:
        accepted(weak, None, "is it the right model?")
    assert str(caught.value) == (
        "the bundle is not written: it passes 20 of 20 held-out defects (AUROC 0.90); is it the "
        "right model?; or say why it is wanted all the same: --accept-weak REASON"
    )
    assert accepted(weak, "to show the window", "") == {
        "rejects": weak.as_table(),
        "accepted_although": {
            "shortcoming": "it passes 20 of 20 held-out defects (AUROC 0.90)",
            "reason": "to show the window",
        },
    }
    sound = rejection(0, 20, 0.9)
    assert accepted(sound, "no need", "") == {"rejects": sound.as_table()}


def test_real_defects_are_counted_at_the_threshold() -> None:
    scores, is_defect = np.array([0.1, 0.5, 0.6, 0.5, 0.9], np.float32), np.array([0, 0, 0, 1, 1])
    found = rejection_of(scores, is_defect.astype(np.bool_), 0.5, None)
    assert (found.overkill, found.escape) == (Rate(count=1, total=3), Rate(count=1, total=2))
    assert found.auroc == 0.75
    assert not found.is_painted
    assert list(found.lines()) == [
        f"overkill   {found.overkill.text()} of held-out good pictures are rejected",
        f"escape     {Rate(count=1, total=2).text()} pass of held-out defects",
        "AUROC      0.7500 on held-out defects",
    ]


def test_painted_defects_stand_in_where_there_are_none_and_are_called_so() -> None:
    scores = difference(PARTS)["score"]
    no_defect = np.zeros(len(PARTS), np.bool_)
    found = rejection_of(scores, no_defect, float(scores.max()), painted_scores(PARTS, difference))
    assert found.is_painted
    assert found.escape is not None
    assert found.escape.total >= 10
    assert found.shortcoming() is None
    assert (
        "pass of plainly painted defects, for too few real ones were held out"
        in list(found.lines())[1]
    )
    fooled = rejection_of(blind(PARTS)["score"], no_defect, 1000.0, painted_scores(PARTS, blind))
    assert (fooled.shortcoming() or "").startswith("it passes ")
    assert "plainly painted defects, for too few real ones were held out (AUROC" in (
        fooled.shortcoming() or ""
    )


def test_too_few_painted_defects_say_nothing() -> None:
    black = np.zeros((1, 4, 4, 3), np.uint8)
    no_defect = np.zeros(1, np.bool_)
    painted = stand_ins(no_defect, black, blind)
    found = rejection_of(np.zeros(1, np.float32), no_defect, 1.0, painted)
    assert (found.escape, found.shortcoming()) == (None, None)
    assert list(found.lines())[1].startswith("escape     not known")


def test_nothing_is_painted_where_there_are_enough_real_defects_or_no_good_part() -> None:
    enough = np.array([False] + [True] * 10)
    assert stand_ins(enough, np.repeat(PARTS[:1], 11, axis=0), blind) is None
    assert stand_ins(np.array([True]), PARTS[:1], blind) is None


def test_a_defect_that_is_caught_does_not_make_up_for_painted_ones_that_pass() -> None:
    scores = np.append(blind(PARTS)["score"], np.float32(2000.0))
    is_defect = np.arange(len(scores)) == len(PARTS)
    painted = painted_scores(PARTS, blind)
    found = rejection_of(scores, is_defect, 1000.0, painted)
    assert found.is_painted
    assert (found.shortcoming() or "").startswith("it passes ")
    seen = rejection_of(scores, is_defect, 1000.0, painted_scores(PARTS, sighted))
    assert not seen.is_painted
    assert seen.escape == Rate(count=0, total=1)


def test_bundle_that_rejects_good_parts_is_not_written_unasked() -> None:
    found = counted([2.0] * 10 + [3.0] * 10, [False] * 10 + [True] * 10, 1.0, is_painted=False)
    assert found.shortcoming() == "it rejects 10 of 10 held-out good pictures"


def test_scores_that_could_not_be_told_count_as_rejected() -> None:
    found = counted([0.1, np.inf], [False, True], 0.5, is_painted=False)
    assert found.escape == Rate(count=0, total=1)


@pytest.mark.parametrize(
    "found",
    [
        rejection(3, 20, 0.9),
        replace(rejection(3, 20, 0.9), is_painted=True),
        replace(rejection(3, 20, 0.9), escape=None, auroc=None),
    ],
)
def test_bundle_says_it_again(found: Rejection) -> None:
    manifest = draft_manifest(INPUT)
    assert rejection_in(manifest) is None
    said = replace(manifest, validation={"rejects": found.as_table()})
    assert rejection_in(said) == found
