"""Real defects where there are any, painted ones where not; the metrics of both models."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inspector.errors import DataError
from inspector.store.images import write_png
from models.comparing.model_results import compare_results
from models.dataset.sample import Sample
from models.quantization.comparison_set import (
    ComparisonSet,
    comparison_set_of,
    distance,
    evaluate_model,
    metric_of,
)
from tests.support.bundles import INPUT, brightness_model, draft_manifest


def samples(folder: Path, labels_by_level: dict[int, str]) -> list[Sample]:
    """Pictures of one level each, textured a little, so that paint can be seen."""
    rng = np.random.Generator(np.random.PCG64(0))
    made = []
    for level, label in labels_by_level.items():
        path = folder / f"{level}.png"
        noise = rng.integers(-3, 4, (32, 48))
        write_png(path, np.clip(level + noise, 0, 255).astype(np.uint8))
        made.append(
            Sample(name=path.name, image=path, label=label, masks=(), split="val", part=path.name)
        )
    return made


def labels(comparison_set: ComparisonSet) -> list[str]:
    return [one.label for one in comparison_set.samples]


@pytest.fixture
def comparison_set(tmp_path: Path) -> ComparisonSet:
    """Good parts are dark, defects bright; one good part is brighter than one defect."""
    return comparison_set_of(
        INPUT, samples(tmp_path, {40: "good", 160: "good", 150: "dent", 230: "dent"}), has_good=True
    )


def test_real_defects_need_no_painted_ones(comparison_set: ComparisonSet) -> None:
    assert labels(comparison_set) == ["good", "good", "dent", "dent"]
    assert comparison_set.n_painted == 0
    assert len(set(comparison_set.sha256s)) == 4


def test_each_good_part_is_spoiled_where_there_is_no_defect(tmp_path: Path) -> None:
    comparison_set = comparison_set_of(
        INPUT, samples(tmp_path, {90: "good", 120: "good"}), has_good=True
    )
    assert labels(comparison_set) == ["good", "good", "painted", "painted"]
    assert comparison_set.n_painted == 2
    assert comparison_set.sha256s[:2] == comparison_set.sha256s[2:]
    assert all(
        (good.tensor != bad.tensor).any()
        for good, bad in zip(comparison_set.prepared[:2], comparison_set.prepared[2:], strict=True)
    )
    again = comparison_set_of(INPUT, samples(tmp_path, {90: "good", 120: "good"}), has_good=True)
    assert [one.tensor.tobytes() for one in again.prepared] == [
        one.tensor.tobytes() for one in comparison_set.prepared
    ]


def test_classes_without_a_good_one_are_not_painted(tmp_path: Path) -> None:
    comparison_set = comparison_set_of(
        INPUT, samples(tmp_path, {90: "good", 120: "good"}), has_good=False
    )
    assert (len(comparison_set.prepared), comparison_set.n_painted) == (2, 0)


def test_half_has_half_of_each_kind_in_whatever_order_they_come(tmp_path: Path) -> None:
    by_turns = {60 + 10 * number: "dent" if number % 2 else "good" for number in range(8)}
    half = comparison_set_of(INPUT, samples(tmp_path, by_turns), has_good=True).half()
    assert sorted(labels(half)) == ["dent", "dent", "good", "good"]


def test_half_of_spoiled_pictures_are_good_ones_and_spoiled_ones(tmp_path: Path) -> None:
    comparison_set = comparison_set_of(
        INPUT, samples(tmp_path, {80 + 10 * number: "good" for number in range(6)}), has_good=True
    )
    half = comparison_set.half()
    assert (sorted(labels(half)), half.n_painted) == (["good"] * 3 + ["painted"] * 3, 3)
    assert all(
        half.prepared[place]
        is comparison_set.prepared[
            [id(one) for one in comparison_set.samples].index(id(half.samples[place]))
        ]
        for place in range(6)
    )


def test_figure_flips_and_escapes_are_those_of_the_verdicts(comparison_set: ComparisonSet) -> None:
    """The twin sees all a quarter darker: 150 and 160 pass with it, of which one is a dent."""
    reference = evaluate_model("float", draft_manifest(), brightness_model(), comparison_set)
    twin = evaluate_model("int8", draft_manifest(), brightness_model(white=340.0), comparison_set)
    assert [one.decision.value for one in reference.verdicts] == ["PASS", "FAIL", "FAIL", "FAIL"]
    assert (metric_of(reference), metric_of(twin)) == (0.75, 0.75)
    comparison = compare_results(reference, twin, comparison_set.samples)
    assert (comparison.n_flips, comparison.n_new_escapes) == (2, 1)
    assert compare_results(twin, reference, comparison_set.samples).n_new_escapes == 0


def test_distance_is_the_mean_over_what_both_can_judge(comparison_set: ComparisonSet) -> None:
    results = replace(
        evaluate_model("float", draft_manifest(), brightness_model(), comparison_set),
        scores=(0.0, 0.5),
    )
    assert distance(results, replace(results, scores=(0.25, 0.5))) == 0.125
    assert distance(results, replace(results, scores=(0.25, math.inf))) == 0.25
    assert distance(results, replace(results, scores=(math.inf, math.inf))) == 0.0


def test_picture_that_a_model_cannot_judge_is_an_error_and_the_worst(
    comparison_set: ComparisonSet,
) -> None:
    results = evaluate_model("int8", draft_manifest(), brightness_model(white=0.0), comparison_set)
    assert {one.decision.value for one in results.verdicts} == {"ERROR"}
    assert set(results.scores) == {math.inf}


def test_classes_are_measured_by_accuracy(comparison_set: ComparisonSet) -> None:
    manifest = replace(draft_manifest(), task="classify", labels=("good", "dent"))
    results = evaluate_model("float", manifest, brightness_model(), comparison_set)
    assert (results.metric_name, results.metric) == ("accuracy", 0.75)


def test_defects_alone_give_no_figure(tmp_path: Path) -> None:
    comparison_set = comparison_set_of(
        INPUT, samples(tmp_path, {90: "dent", 120: "dent"}), has_good=True
    )
    with pytest.raises(DataError, match="list good ones and defects"):
        metric_of(evaluate_model("float", draft_manifest(), brightness_model(), comparison_set))
