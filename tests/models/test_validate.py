"""Validation holds every side and every way of running a bundle against the model taught."""

from dataclasses import replace

import numpy as np

from models.sides import compare_sides, side_of
from models.validate import Validation, validate
from tests.models.conftest import N_TEST, N_TRAIN, Taught


def test_seen_pictures_are_left_out_and_the_rest_agrees(taught: Taught) -> None:
    table = validate(taught.bundle, taught.data, taught.weights_cache).as_table()
    assert (table["passed"], table["n_flips"], table["shortcoming"]) == (True, 0, None)
    assert table["n_images"] == N_TRAIN + 2 * N_TEST - int(str(table["n_left_out_as_seen"]))
    assert table["lines"] == [
        {"model": "float", "is_same_file": True, "score_max_abs": 0.0, "changed": []}
    ]


def test_int8_model_of_quantising_is_proven_on_the_line_too(validation: Validation) -> None:
    assert validation.shortcoming() is None
    assert [(line.model, line.is_same_file) for line in validation.lines] == [
        ("float", True), ("int8", True)
    ]  # fmt: skip


def test_every_side_has_its_figure_and_its_differences(validation: Validation) -> None:
    sides = validation.as_table()["sides"]
    assert isinstance(sides, dict)
    assert list(sides) == ["tensorflow", "float", "int8"]
    assert [side["auroc"] for side in sides.values()] == [1.0, 1.0, 1.0]
    assert sides["float"]["outputs"]["score"]["max_abs"] < 1e-4
    assert sides["int8"]["outputs"]["score"]["max_abs"] > 1e-3
    assert sides["int8"]["outputs"]["heatmap"]["shape"][1:] == (96, 96)


def test_each_model_is_run_in_every_other_way(validation: Validation) -> None:
    ways = [
        (variant.model, variant.is_optimised, variant.threads, variant.batch)
        for variant in validation.variants
    ]
    assert len(set(ways)) == 22
    assert ("float", True, 1, 1) not in ways
    assert ("int8", False, 4, 8) in ways


def test_defect_that_only_the_int8_model_passes_is_a_shortcoming(validation: Validation) -> None:
    trial, float_side = validation.trial, validation.judged[0]
    outputs = {name: values.copy() for name, values in float_side.outputs.items()}
    defect = next(
        index for index, sample in enumerate(trial.pictures.samples) if not sample.is_good
    )
    outputs["score"][defect] = np.float32(0.0)
    int8 = side_of(
        "int8",
        outputs,
        trial.pictures.samples,
        trial.bundle.manifest,
        validation.lines[0].inspection.criteria,
    )
    comparison = compare_sides(validation.taught, int8, trial.pictures.samples)
    worse = replace(validation, comparisons={**validation.comparisons, "int8": comparison})
    assert worse.shortcoming() == "int8: 1 of the defects that TensorFlow rejects would pass"
    (change,) = comparison.changes
    assert change.picture == trial.pictures.samples[defect].name
    assert (change.was, change.became) == ("FAIL defect", "PASS good")


def test_verdict_that_threads_change_is_a_shortcoming_and_without_optimisation_is_not(
    validation: Validation,
) -> None:
    variant, side = validation.variants[0], validation.taught
    samples = validation.trial.pictures.samples
    outputs = {name: -values for name, values in side.outputs.items()}
    criteria = validation.lines[0].inspection.criteria
    flipped = side_of("float", outputs, samples, validation.trial.bundle.manifest, criteria)
    comparison = compare_sides(validation.taught, flipped, samples)
    changed = replace(variant, comparison=comparison)
    n_changed = len(changed.comparison.changes)
    assert replace(validation, variants=(changed,)).shortcoming() == (
        f"float, 1 thread, batch 8, optimised: {n_changed} verdicts differ from those of one "
        "thread and one picture at a time"
    )
    harmless = replace(changed, is_optimised=False)
    assert replace(validation, variants=(harmless,)).shortcoming() is None


def test_line_that_reads_another_file_is_a_shortcoming(validation: Validation) -> None:
    stale = replace(validation, lines=(replace(validation.lines[1], is_same_file=False),))
    assert stale.shortcoming() == (
        "int8: the model on the disk is not the one that was compared: it was changed since"
    )
