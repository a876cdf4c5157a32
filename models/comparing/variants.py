"""Runs one model in every way that a machine may run it, and shows what that changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from inspector.inference.ort import OrtBackend
from inspector.inference.some_at_a_time import some_at_a_time
from inspector.verdict import Criteria
from models.comparing.model_results import (
    ModelResults,
    ResultsComparison,
    compare_results,
    results_of,
)
from models.comparing.validation_inputs import ValidationInputs

THREADS = (1, 2, 4)
BATCHES = (1, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way of running a model, against one thread, one picture at a time, optimised.

    Attributes:
        model: "float" or "int8".
        is_optimised: Whether the runtime may rewrite the graph; on the line it always may.
        batch: Pictures in one run.
    """

    model: str
    is_optimised: bool
    threads: int
    batch: int
    comparison: ResultsComparison

    @property
    def name(self) -> str:
        """In words."""
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        how = "optimised" if self.is_optimised else "not optimised"
        return f"{self.model}, {threads}, batch {self.batch}, {how}"

    @property
    def is_same(self) -> bool:
        """Whether every output is the same, bit for bit."""
        return all(agreement.max_abs == 0 for agreement in self.comparison.outputs.values())

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        return {
            "model": self.model,
            "is_optimised": self.is_optimised,
            "threads": self.threads,
            "batch": self.batch,
            **self.comparison.as_table(),
        }


def variants_of(
    results: ModelResults, model: bytes, inputs: ValidationInputs, criteria: Criteria
) -> Iterator[Variant]:
    """Every other way than the one that gave `results`.

    Args:
        model: The bytes that gave it.
    """
    manifest, pictures = inputs.bundle.manifest, inputs.pictures
    for is_optimised, threads in product((True, False), THREADS):
        backend = OrtBackend(manifest, model, threads=threads, is_optimised=is_optimised)
        for batch in BATCHES:
            if (is_optimised, threads, batch) == (True, 1, 1):
                continue
            outputs = some_at_a_time(backend.run, pictures.tensors, batch)
            other = results_of(
                results.name, outputs, pictures.samples, manifest, criteria, pictures.pictures
            )
            yield Variant(
                model=results.name,
                is_optimised=is_optimised,
                threads=threads,
                batch=batch,
                comparison=compare_results(results, other, pictures.samples),
            )
