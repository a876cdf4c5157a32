"""Proves that a bundle judges as the model that was trained, in every way that it may be run."""

import logging
from pathlib import Path

from inspector.assembly import model_bytes, models_of
from inspector.bundle import MODEL_FILE
from inspector.inference.ort import OrtBackend
from models.comparing.comparison import proof_of
from models.comparing.line_check import check_line
from models.comparing.model_results import compare_results, results_of
from models.comparing.validation import Validation
from models.comparing.validation_inputs import open_validation_inputs
from models.comparing.variants import variants_of
from models.graphs.running import one_by_one, run_graph

_log = logging.getLogger(__name__)


def validate(
    bundle_path: Path, data: Path, weights_cache: Path | None, good_label: str | None = None
) -> Validation:
    """Compare a bundle on disk with its TensorFlow source, on pictures it was not chosen on.

    Raises:
        BundleError: The bundle is refused.
        DataError: Its source is not beside it or is another model's, or no picture of the list
            is new to it, or one cannot be judged.
    """
    inputs = open_validation_inputs(bundle_path, data, weights_cache, good_label)
    bundle, pictures = inputs.bundle, inputs.pictures
    manifest = bundle.manifest
    _log.info("judging %d pictures on the line's road", len(pictures.samples))
    models = models_of(bundle)
    lines = tuple(check_line(inputs, model) for model in models)
    criteria = lines[0].inspection.criteria
    _log.info("comparing TensorFlow and ONNX Runtime")
    outputs = {"tensorflow": run_graph(inputs.function, pictures.tensors)}
    for model in models:
        backend = OrtBackend(manifest, model_bytes(bundle, model))
        outputs[model] = one_by_one(backend.run, pictures.tensors)
    trained, *judged = (
        results_of(name, values, pictures.samples, manifest, criteria, pictures.pictures)
        for name, values in outputs.items()
    )
    _log.info("running it with other threads and batches, and without optimisation")
    variants = tuple(
        variant
        for results, model in zip(judged, models, strict=True)
        for variant in variants_of(results, model_bytes(bundle, model), inputs, criteria)
    )
    return Validation(
        inputs=inputs,
        proof=proof_of(
            outputs["tensorflow"],
            outputs["float"],
            pictures.sha256s,
            pictures=pictures.pictures,
            threshold=manifest.threshold.value,
            model_sha256=manifest.files[MODEL_FILE],
        ),
        trained=trained,
        judged=tuple(judged),
        comparisons={
            results.name: compare_results(trained, results, pictures.samples) for results in judged
        },
        variants=variants,
        lines=lines,
    )
