"""Proves that a bundle judges as the model that was taught, in every way that it may be run."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from inspector.assembly import model_bytes, models_of
from inspector.bundle import MODEL_FILE, Proof
from inspector.inference.ort import OrtBackend
from models.comparison import one_by_one, proof_of
from models.line_check import LineCheck, check_line
from models.sides import Side, SideComparison, compare_sides, side_of
from models.task_graph import run_graph
from models.trial import Trial, set_trial
from models.variants import Variant, variants_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Validation:
    """A comparison made on request.

    Attributes:
        proof: The float model against TensorFlow, as the bundle carries one.
        taught: TensorFlow's side.
        judged: The runtime's: "float", and "int8" where the bundle has such a model.
        comparisons: Each of these against TensorFlow, by its name.
        variants: Each of these run in other ways, against itself.
        lines: Each of these on the line's own road, against itself.
    """

    trial: Trial
    proof: Proof
    taught: Side
    judged: tuple[Side, ...]
    comparisons: Mapping[str, SideComparison]
    variants: tuple[Variant, ...]
    lines: tuple[LineCheck, ...]

    def shortcoming(self) -> str | None:
        """The first reason why this bundle is not proven; None when it is."""
        return next(self._shortcomings(), None)

    def _shortcomings(self) -> Iterator[str]:
        if (failed := self.proof.shortcoming()) is not None:
            yield failed
        for line in self.lines:
            if (failed := line.shortcoming()) is not None:
                yield failed
        for variant in self.variants:
            # A line always optimises; how many threads and tiles it runs is chosen there.
            if variant.is_optimised and variant.comparison.changes:
                n_changed = len(variant.comparison.changes)
                yield (
                    f"{variant.name}: {n_changed} verdicts differ from those of one thread and one "
                    "picture at a time"
                )
        for side in self.judged[1:]:
            if n_escapes := self.comparisons[side.name].n_new_escapes:
                yield f"{side.name}: {n_escapes} of the defects that TensorFlow rejects would pass"

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        score = self.proof.outputs["score"]
        compared = self.comparisons["float"].as_table()
        return {
            "passed": self.shortcoming() is None,
            "shortcoming": self.shortcoming(),
            "bundle_id": self.trial.bundle.manifest.bundle_id,
            "model_sha256": self.proof.model_sha256,
            "n_images": self.proof.n_images,
            "n_left_out_as_seen": self.trial.n_seen,
            "n_flips": self.proof.n_flips,
            "max_relative": self.proof.relative("score") if score.range > 0 else None,
            "max_relative_limit": self.proof.max_relative_limit,
            "outputs": compared["outputs"],
            "sides": {
                side.name: {"auroc": side.auroc, "accuracy": side.accuracy}
                | ({} if side is self.taught else self.comparisons[side.name].as_table())
                for side in (self.taught, *self.judged)
            },
            "variants": [variant.as_table() for variant in self.variants],
            "lines": [line.as_table() for line in self.lines],
        }


def validate(
    bundle_path: Path, data: Path, weights_cache: Path | None, good_label: str | None = None
) -> Validation:
    """Compare a bundle on disk with its TensorFlow source, on pictures it was not chosen on.

    Raises:
        BundleError: The bundle is refused.
        DataError: Its source is not beside it or is another model's, or no picture of the list
            is new to it, or one cannot be judged.
    """
    return hold(set_trial(bundle_path, data, weights_cache, good_label))


def hold(trial: Trial) -> Validation:
    """Run every side, and every way of running them.

    Raises:
        BundleError: The runtime or the line refuses the bundle.
        DataError: A picture cannot be judged.
    """
    bundle, pictures = trial.bundle, trial.pictures
    manifest = bundle.manifest
    _log.info("judging %d pictures on the line's road", len(pictures.samples))
    models = models_of(bundle)
    lines = tuple(check_line(trial, model) for model in models)
    criteria = lines[0].inspection.criteria
    _log.info("comparing TensorFlow and ONNX Runtime")
    outputs = {"tensorflow": run_graph(trial.function, pictures.tensors)}
    for model in models:
        backend = OrtBackend(manifest, model_bytes(bundle, model))
        outputs[model] = one_by_one(backend.run, pictures.tensors)
    taught, *judged = (
        side_of(name, values, pictures.samples, manifest, criteria)
        for name, values in outputs.items()
    )
    _log.info("running it with other threads and batches, and without optimisation")
    variants = tuple(
        variant
        for side, model in zip(judged, models, strict=True)
        for variant in variants_of(side, model_bytes(bundle, model), trial, criteria)
    )
    return Validation(
        trial=trial,
        proof=proof_of(
            outputs["tensorflow"],
            outputs["float"],
            pictures.sha256s,
            threshold=manifest.threshold.value,
            model_sha256=manifest.files[MODEL_FILE],
        ),
        taught=taught,
        judged=tuple(judged),
        comparisons={side.name: compare_sides(taught, side, pictures.samples) for side in judged},
        variants=variants,
        lines=lines,
    )
