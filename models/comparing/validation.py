"""Whether a bundle judges as the model that was trained, in every way it may be run: a value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inspector.bundle import Proof
from inspector.bundle.int8_proof import MAX_LOSS
from models.comparing.line_check import LineCheck
from models.comparing.model_results import ModelResults, ResultsComparison, wrong_verdicts
from models.comparing.validation_inputs import ValidationInputs
from models.comparing.variants import Variant


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Validation:
    """A comparison made on request.

    Attributes:
        proof: The float model against TensorFlow, as the bundle carries one.
        trained: TensorFlow's results.
        judged: The runtime's: "float", and "int8" where the bundle has such a model.
        comparisons: Each of these against TensorFlow, by its name.
        variants: Each of these run in other ways, against itself.
        lines: Each of these on the line's own road, against itself.
    """

    inputs: ValidationInputs
    proof: Proof
    trained: ModelResults
    judged: tuple[ModelResults, ...]
    comparisons: Mapping[str, ResultsComparison]
    variants: tuple[Variant, ...]
    lines: tuple[LineCheck, ...]

    def shortcoming(self) -> str | None:
        """The first reason why this bundle is not proven; None when it is."""
        return next(self._shortcomings(), None)

    def gap(self) -> str | None:
        """What the pictures cannot show, though nothing speaks against the bundle; or None."""
        samples = self.inputs.pictures.samples
        if self.trained.has_good and all(sample.is_good for sample in samples):
            return "no defect is among them: this does not show that defects are found"
        if self.trained.has_good and not any(sample.is_good for sample in samples):
            return "no good part is among them: this does not show that good parts pass"
        return None

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
        for results in self.judged[1:]:
            lost = _lost_labels(self.judged[0], results)
            if lost > max(1.0, MAX_LOSS * len(results.verdicts)):  # one of few is chance
                yield f"{results.name}: {lost:.0f} labels more are wrong than by the float model"
            wrong = wrong_verdicts(self.judged[0], results, self.inputs.pictures.samples)
            for failed in () if wrong is None else wrong.shortcomings():
                yield f"{results.name}: {failed}"

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        score = self.proof.outputs["score"]
        compared = self.comparisons["float"].as_table()
        return {
            "passed": self.shortcoming() is None,
            "shortcoming": self.shortcoming(),
            "bundle_id": self.inputs.bundle.manifest.bundle_id,
            "model_sha256": self.proof.model_sha256,
            "n_images": self.proof.n_images,
            "n_left_out_as_seen": self.inputs.n_seen,
            "n_flips": self.proof.n_flips,
            "max_relative": self.proof.relative("score") if score.range > 0 else None,
            "max_relative_limit": self.proof.max_relative_limit,
            "outputs": compared["outputs"],
            "models": {
                results.name: {"auroc": results.auroc, "accuracy": results.accuracy}
                | ({} if results is self.trained else self.comparisons[results.name].as_table())
                for results in (self.trained, *self.judged)
            },
            "variants": [variant.as_table() for variant in self.variants],
            "lines": [line.as_table() for line in self.lines],
        }


def _lost_labels(reference: ModelResults, other: ModelResults) -> float:
    """How many right labels of a model that names classes its twin loses; 0 for others."""
    if reference.accuracy is None or other.accuracy is None:
        return 0.0
    return (reference.accuracy - other.accuracy) * len(reference.verdicts)
