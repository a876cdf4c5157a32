"""A validation has a shortcoming for everything that makes the line judge differently."""

from dataclasses import replace

import numpy as np

from models.comparing.model_results import compare_results, results_of
from models.comparing.validation import Validation
from models.validate import validate
from tests.models.conftest import N_TEST, N_TRAIN, TrainedBundle


def test_seen_pictures_are_left_out_and_the_rest_agrees(trained: TrainedBundle) -> None:
    table = validate(trained.bundle, trained.data, trained.weights_cache).as_table()
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


def test_defect_that_only_the_int8_model_passes_is_a_shortcoming(validation: Validation) -> None:
    inputs, float_side = validation.inputs, validation.judged[0]
    outputs = {name: values.copy() for name, values in float_side.outputs.items()}
    defect = next(
        index for index, sample in enumerate(inputs.pictures.samples) if not sample.is_good
    )
    outputs["score"][defect] = np.float32(0.0)
    int8 = results_of(
        "int8",
        outputs,
        inputs.pictures.samples,
        inputs.bundle.manifest,
        validation.lines[0].inspection.criteria,
    )
    comparison = compare_results(validation.trained, int8, inputs.pictures.samples)
    worse = replace(validation, comparisons={**validation.comparisons, "int8": comparison})
    worse = replace(worse, judged=(float_side, int8))
    assert worse.shortcoming() == (
        f"int8: escapes: 1 of {N_TEST} defects pass instead of 0; at most 1% of them may be more"
    )
    (change,) = comparison.changes
    assert change.picture == inputs.pictures.samples[defect].name
    assert (change.was, change.became) == ("FAIL defect", "PASS good")


def test_verdict_that_threads_change_is_a_shortcoming_and_without_optimisation_is_not(
    validation: Validation,
) -> None:
    variant, results = validation.variants[0], validation.trained
    samples = validation.inputs.pictures.samples
    outputs = {name: -values for name, values in results.outputs.items()}
    criteria = validation.lines[0].inspection.criteria
    flipped = results_of("float", outputs, samples, validation.inputs.bundle.manifest, criteria)
    comparison = compare_results(validation.trained, flipped, samples)
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
