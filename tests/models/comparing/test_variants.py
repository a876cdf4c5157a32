"""Every way of running a model is tried, and what it changes is told."""

from dataclasses import replace

import pytest

from inspector.inference.ort import OrtBackend
from models.comparing.line_check import check_line
from models.comparing.model_results import results_of
from models.comparing.validation_inputs import ValidationInputs, open_validation_inputs
from models.comparing.variants import Variant, variants_of
from models.graphs.running import one_by_one
from tests.models.conftest import TrainedBundle


@pytest.fixture(scope="module")
def variants(trained: TrainedBundle) -> tuple[Variant, ...]:
    inputs: ValidationInputs = open_validation_inputs(
        trained.bundle, trained.data, trained.weights_cache
    )
    manifest, pictures = inputs.bundle.manifest, inputs.pictures
    outputs = one_by_one(OrtBackend(manifest, inputs.bundle.model).run, pictures.tensors)
    criteria = check_line(inputs).inspection.criteria
    results = results_of("float", outputs, pictures.samples, manifest, criteria)
    return tuple(variants_of(results, inputs.bundle.model, inputs, criteria))


def test_threads_batches_and_optimisation_change_no_verdict(
    variants: tuple[Variant, ...],
) -> None:
    assert len(variants) == 11
    assert [variant.comparison.changes for variant in variants] == [()] * 11


def test_threads_alone_change_no_bit(variants: tuple[Variant, ...]) -> None:
    alone = [one for one in variants if one.is_optimised and one.batch == 1]
    assert [(one.threads, one.is_same) for one in alone] == [(2, True), (4, True)]


def test_variant_is_named_in_words(variants: tuple[Variant, ...]) -> None:
    assert variants[0].name == "float, 1 thread, batch 8, optimised"
    assert variants[-1].name == "float, 4 threads, batch 8, not optimised"


def test_variant_that_differs_by_one_bit_is_not_the_same(variants: tuple[Variant, ...]) -> None:
    comparison = variants[0].comparison
    score = replace(comparison.outputs["score"], max_abs=1e-9)
    changed = replace(comparison, outputs={**comparison.outputs, "score": score})
    assert not replace(variants[0], comparison=changed).is_same
