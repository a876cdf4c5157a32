"""Task `segment`: outlines defects and names their kinds; see `models.tasks.mixed`."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from inspector.bundle import InputSpec
from inspector.errors import DataError
from models.backbones.weights import Weights
from models.dataset.labels import label_counts_text
from models.dataset.sample import GOOD, Sample, of_split
from models.dataset.splits import Division
from models.tasks.mixed import (
    MAX_KINDS,
    divided,
    learn_mixed,
    mixed_graph,
    mixed_in_size,
    mixed_input_spec,
    mixed_outputs,
)
from models.tasks.task import TrainedParameters, TrainingInputs, TrainingOutcome
from models.training.config import TrainingConfig

MIN_GOOD = 20  # pictures; below that nobody can tell what is usual
MIN_PER_KIND = 4  # pictures, of which some are learnt from and others judged
MIN_OUTLINED = 4  # defects
_log = logging.getLogger(__name__)


class Segment:
    """The task; see `models.tasks.task.Task`."""

    def outputs(self, parameters: TrainedParameters) -> Mapping[str, str]:
        """See `Task.outputs`."""
        return mixed_outputs(parameters.settings)

    def choose(self, samples: Sequence[Sample], where: str) -> tuple[Sample, ...]:
        """See `Task.choose`: all of them."""
        training = of_split(samples, "train")
        counts = Counter(kind for sample in training for kind in sample.kinds)
        n_good, there = counts.pop(GOOD, 0), label_counts_text(training) or "none"
        if n_good < MIN_GOOD:
            raise DataError(
                f"{where}: good pictures in the train split: {n_good}; at least {MIN_GOOD} are "
                f"needed (it has: {there})"
            )
        if not counts:
            raise DataError(
                f"{where}: the train split has good pictures alone ({there}); to outline defects "
                "it must show some: for good parts alone there is the task anomaly"
            )
        if len(counts) > MAX_KINDS:
            raise DataError(f"{where}: {len(counts)} kinds of defects; at most {MAX_KINDS}")
        for kind, count in sorted(counts.items()):
            if count < MIN_PER_KIND:
                raise DataError(
                    f"{where}: pictures of the kind {kind!r} in the train split: {count}; at least "
                    f"{MIN_PER_KIND} are needed, dozens are better: list more, give it the label "
                    "of a kind that is like it, or take it out"
                )
        n_outlined = sum(bool(sample.masks) for sample in training)
        if n_outlined < MIN_OUTLINED:
            raise DataError(
                f"{where}: defects with a mask in the train split: {n_outlined}; at least "
                f"{MIN_OUTLINED} are needed; without masks there are the tasks anomaly and classify"
            )
        unknown = _kinds(samples) - {GOOD, *counts}
        if unknown:
            raise DataError(
                f"{where}: the val split shows {', '.join(map(repr, sorted(unknown)))}, of which "
                "the train split has no picture"
            )
        n_unmarked = sum(not one.is_good and not one.masks for one in training)
        if n_unmarked:
            _log.warning(
                "%s: defects without a mask: %d; they teach whether a part is bad, but not where: "
                "where a recipe tolerates a kind, such a defect beside it may pass",
                where,
                n_unmarked,
            )
        return tuple(samples)

    def divide(self, samples: Sequence[Sample], seed: int) -> Division:
        """See `Task.divide`."""
        return divided(samples, seed)

    def labels(self, samples: Sequence[Sample]) -> tuple[str, ...]:
        """See `Task.labels`: `good`, and the kinds by name."""
        return (GOOD, *sorted(_kinds(samples) - {GOOD}))

    def input_spec(
        self, config: TrainingConfig, samples: Sequence[Sample], kept: InputSpec | None
    ) -> InputSpec:
        """See `Task.input_spec`."""
        return mixed_input_spec(config, samples, kept)

    def learn(self, inputs: TrainingInputs) -> TrainingOutcome:
        """See `Task.learn`."""
        return learn_mixed(inputs, inputs.labels[1:])

    def scaled(self, outcome: TrainingOutcome, _threshold: float) -> TrainingOutcome:
        """See `Task.scaled`: a chance stays one."""
        return outcome

    def in_size(self, parameters: TrainedParameters, spec: InputSpec) -> TrainedParameters:
        """See `Task.in_size`."""
        return mixed_in_size(parameters, spec)

    def graph(self, parameters: TrainedParameters, spec: InputSpec, weights: Weights) -> Any:
        """See `Task.graph`."""
        return mixed_graph(parameters, spec, weights)


TASK = Segment()


def _kinds(samples: Sequence[Sample]) -> set[str]:
    return {kind for sample in samples for kind in sample.kinds}
