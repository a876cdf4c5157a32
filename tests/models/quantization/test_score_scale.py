"""Scores that are off as a whole are scaled back, and others are left as they are."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inspector.bundle import Manifest
from inspector.flow import Decision
from inspector.recipe import DEFAULT_RECIPE
from inspector.verdict import Criteria
from models.comparing.model_results import ModelResults, results_of
from models.dataset.sample import Sample
from models.quantization.score_scale import rescored, score_scale
from tests.support.bundles import draft_manifest

MANIFEST = draft_manifest(threshold=1.0)
N_GOOD, N = 40, 50
SAMPLES = [
    Sample(
        name=f"{number}",
        image=Path("x"),
        label="good" if number < N_GOOD else "dent",
        masks=(),
        split="val",
        part=f"{number}",
    )
    for number in range(N)
]
SCORES = np.exp(np.random.default_rng(0).normal(-0.3, 0.1, N)).astype(np.float32)
SCORES[N_GOOD:] = 1.5


def results(scores: np.ndarray) -> ModelResults:
    criteria = Criteria(
        recipe=DEFAULT_RECIPE, threshold=1.0, region_level=1.0, labels=MANIFEST.labels
    )
    return results_of("int8", {"score": scores}, SAMPLES, MANIFEST, criteria)


def test_scores_that_are_some_percent_higher_are_brought_back() -> None:
    reference, higher = results(SCORES), results(SCORES * np.float32(1.06))
    scale = score_scale(MANIFEST, reference, higher, SAMPLES)
    assert scale == pytest.approx(1 / 1.06)
    back = rescored(higher, scale, MANIFEST)
    assert back.scores == pytest.approx(reference.scores)
    assert [one.decision for one in back.verdicts] == [one.decision for one in reference.verdicts]
    assert [one.label for one in back.verdicts] == [one.label for one in reference.verdicts]


def test_wider_scores_get_a_threshold_as_many_deviations_above() -> None:
    wider = np.exp(2 * np.log(SCORES))  # each logarithm twice as far from 0
    reference, other = results(SCORES), results(wider)
    scale = score_scale(MANIFEST, reference, other, SAMPLES)
    back = rescored(other, scale, MANIFEST)
    assert back.scores[:N_GOOD] != pytest.approx(reference.scores[:N_GOOD])
    assert [one.decision for one in back.verdicts] == [one.decision for one in reference.verdicts]
    assert scale == pytest.approx(1.0)  # the limit 1 is where both have their logarithm 0


def test_threshold_far_above_the_good_parts_stays_as_far() -> None:
    manifest = replace(MANIFEST, threshold=replace(MANIFEST.threshold, value=3.0))
    wider = SCORES**1.5
    scale = score_scale(manifest, results(SCORES), results(wider), SAMPLES)
    assert scale == pytest.approx(3.0 / 3.0**1.5, rel=1e-5)


@pytest.mark.parametrize(
    ("manifest", "scores", "n_samples"),
    [
        (replace(MANIFEST, task="classify"), SCORES, N),
        (MANIFEST, SCORES - 1, N),
        (MANIFEST, SCORES, 5),
    ],
)
def test_what_is_no_distance_or_too_few_is_left(
    manifest: Manifest, scores: np.ndarray, n_samples: int
) -> None:
    reference, higher = (
        replace(one, scores=one.scores[:n_samples])
        for one in (results(SCORES), results(scores * np.float32(1.06)))
    )
    assert score_scale(manifest, reference, higher, SAMPLES[:n_samples]) == 1.0


def test_error_stays_an_error() -> None:
    known = results(SCORES)
    lost = replace(known.verdicts[0], decision=Decision.ERROR, label="")
    again = rescored(replace(known, verdicts=(lost, *known.verdicts[1:])), 0.5, MANIFEST)
    assert again.verdicts[0] == lost
    assert {verdict.decision for verdict in again.verdicts[1:]} == {Decision.PASS}
