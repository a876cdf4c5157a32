"""Sides are compared by the verdicts of the line, with the names of the pictures."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from inspector.recipe import DEFAULT_RECIPE
from inspector.verdict import Criteria
from models.comparing.model_results import (
    Change,
    ModelResults,
    compare_results,
    results_of,
    wrong_verdicts,
)
from models.dataset.sample import Sample
from tests.support.bundles import draft_manifest

MANIFEST = draft_manifest(threshold=0.5)
SORTING = replace(
    MANIFEST,
    task="classify",
    labels=("good", "dent", "scratch"),
    outputs={"score": "", "probabilities": ""},
)


def sample(name: str, label: str) -> Sample:
    return Sample(name=name, image=Path(name), label=label, masks=(), split="test", part=name)


SAMPLES = (sample("a.png", "good"), sample("b.png", "good"), sample("c.png", "dent"))


def criteria_for(labels: tuple[str, ...]) -> Criteria:
    return Criteria(recipe=DEFAULT_RECIPE, threshold=0.5, region_level=0.5, labels=labels)


def scored(*scores: float) -> ModelResults:
    outputs = {"score": np.array(scores, np.float32)}
    return results_of("float", outputs, SAMPLES, MANIFEST, criteria_for(MANIFEST.labels))


def sorted_by(*probabilities: tuple[float, float, float]) -> ModelResults:
    values = np.array(probabilities, np.float32)
    outputs = {"score": 1 - values[:, 0], "probabilities": values}
    return results_of("float", outputs, SAMPLES, SORTING, criteria_for(SORTING.labels))


def test_side_has_the_figure_of_its_task() -> None:
    results = scored(0.25, 1.0, 0.75)
    assert (results.auroc, results.accuracy, results.scores[2]) == (0.5, None, 0.75)
    names = sorted_by((0.9, 0.1, 0.0), (0.2, 0.7, 0.1), (0.1, 0.3, 0.6))
    assert (names.auroc, names.accuracy) == (1.0, 1 / 3)


def test_picture_in_tiles_is_judged_by_its_worst_one() -> None:
    values = np.array(
        [(0.9, 0.1, 0.0), (0.2, 0.7, 0.1), (0.3, 0.7, 0.0), (0.8, 0.1, 0.1), (0.1, 0.3, 0.6)],
        np.float32,
    )
    results = results_of(
        "float",
        {"score": 1 - values[:, 0], "probabilities": values},
        SAMPLES,
        SORTING,
        criteria_for(SORTING.labels),
        np.array([0, 1, 1, 2, 2]),
    )
    assert results.scores == tuple(float(1 - values[place, 0]) for place in (0, 1, 4))
    assert [verdict.label for verdict in results.verdicts] == ["good", "dent", "scratch"]


def test_equal_sides_differ_in_nothing() -> None:
    comparison = compare_results(scored(0.1, 0.2, 0.9), scored(0.1, 0.2, 0.9), SAMPLES)
    assert (comparison.changes, comparison.n_flips, comparison.n_new_escapes) == ((), 0, 0)
    assert comparison.outputs["score"].max_abs == 0


def test_flips_are_told_by_the_names_of_their_pictures() -> None:
    comparison = compare_results(scored(0.25, 0.25, 0.75), scored(0.25, 1.0, 0.5), SAMPLES)
    assert comparison.changes == (
        Change(
            picture="b.png",
            label="good",
            was="PASS good",
            became="FAIL defect",
            score_was=0.25,
            score_became=1.0,
        ),
        Change(
            picture="c.png",
            label="dent",
            was="FAIL defect",
            became="PASS good",
            score_was=0.75,
            score_became=0.5,
        ),
    )
    assert (comparison.n_flips, comparison.n_new_escapes) == (2, 1)


def test_label_that_changes_is_no_flip_but_is_told() -> None:
    was = sorted_by((0.9, 0.1, 0.0), (0.9, 0.1, 0.0), (0.1, 0.6, 0.3))
    became = sorted_by((0.9, 0.1, 0.0), (0.9, 0.1, 0.0), (0.1, 0.3, 0.6))
    comparison = compare_results(was, became, SAMPLES)
    assert [(one.was, one.became) for one in comparison.changes] == [("FAIL dent", "FAIL scratch")]
    assert (comparison.n_flips, comparison.n_new_escapes) == (0, 0)


def test_model_that_only_sorts_has_no_escapes() -> None:
    sorting = replace(SORTING, labels=("bolt", "dent", "nut"))
    results = results_of(
        "float", {"score": np.zeros(3, np.float32)}, SAMPLES, sorting, criteria_for(sorting.labels)
    )
    assert results.auroc is None
    assert compare_results(results, results, SAMPLES).n_new_escapes is None


def test_wrong_verdicts_of_both_are_counted_and_those_near_the_threshold_cancel_out() -> None:
    wrong = wrong_verdicts(scored(0.25, 0.75, 0.75), scored(0.75, 0.25, 0.25), SAMPLES)
    assert wrong is not None
    assert (wrong.n_good, wrong.n_defects) == (2, 1)
    assert (wrong.float_rejected, wrong.int8_rejected) == (1, 1)
    assert (wrong.float_passed, wrong.int8_passed) == (0, 1)
