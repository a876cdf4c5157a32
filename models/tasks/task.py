"""What a kind of model must be able to do; each kind is one folder in `models/tasks/`."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import InputSpec
from models.backbones.weights import Weights
from models.dataset.pictures import LoadedSet
from models.dataset.sample import Sample
from models.dataset.splits import Division
from models.measures.painted_escape import PaintedScores
from models.training.config import TrainingConfig
from models.training.kept_maps import KeptMaps
from models.training.progress import Listener


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainedParameters:
    """What was learnt: with the backbone's weights, all that the graph is rebuilt from.

    Attributes:
        settings: JSON values; what the task decided by itself is among them.
        arrays: What came out of the pictures, by name.
    """

    settings: Mapping[str, object]
    arrays: Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingOutcome:
    """What was learnt, and how pictures came out that it was not fitted to.

    Attributes:
        judged: Pictures of `TrainingInputs`, at least one of them good if one class is.
        scores: float32, one for each of `judged`: what the finished model would give such a picture
            if it had never seen its part.
        painted: Pictures with painted defects, so scored; None: the task does not paint.
        region_level, faint_level: See `inspector.bundle.Threshold`.
        are_distances: Whether scores are distances from good parts, whose unit means nothing.
        are_chances: Whether scores are chances of a defect.
        doubts: What speaks against trusting the scores, for people.
        is_complete: False when a person ended the training early; these are the best so far.
    """

    parameters: TrainedParameters
    judged: tuple[Sample, ...]
    scores: NDArray[np.float32]
    painted: PaintedScores | None = None
    region_level: float | None = None
    faint_level: float | None = None
    are_distances: bool = False
    are_chances: bool = False
    doubts: tuple[str, ...] = ()
    is_complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingInputs:
    """What a task gets to learn from.

    Attributes:
        fit: The network or memory is fitted to these.
        held_out: Other parts: for choices and the threshold.
        checkpoint: A folder for the state of a long training, to resume it; not made yet.
        kept_maps: What frozen layers make of pictures, for this training and the next.
    """

    config: TrainingConfig
    spec: InputSpec
    labels: tuple[str, ...]
    fit: LoadedSet
    held_out: LoadedSet
    weights: Weights
    checkpoint: Path
    kept_maps: KeptMaps
    listener: Listener


class Task(Protocol):
    """One kind of model. Stateless; used from one thread."""

    def outputs(self, parameters: TrainedParameters, /) -> Mapping[str, str]:
        """What each output of the graph means, by its name."""
        ...

    def choose(self, samples: Sequence[Sample], where: str) -> tuple[Sample, ...]:
        """The pictures of a train split that this task can learn from.

        Raises:
            DataError: They are too few, or not labelled as the task needs them.
        """
        ...

    def divide(self, samples: Sequence[Sample], seed: int, /) -> Division:
        """Which of the chosen pictures are used for what.

        Raises:
            DataError: They show too few parts for it.
        """
        ...

    def labels(self, samples: Sequence[Sample], /) -> tuple[str, ...]:
        """The names a verdict can carry."""
        ...

    def input_spec(
        self, config: TrainingConfig, samples: Sequence[Sample], kept: InputSpec | None, /
    ) -> InputSpec:
        """The form in which the network takes pictures, chosen by the pictures' own.

        Args:
            kept: That of the bundle that learns more; it stays unless small defects came for which
                it is too coarse. None: there is none. `max_sample` is not looked at.
        """
        ...

    def learn(self, inputs: TrainingInputs) -> TrainingOutcome:
        """Learn. The same inputs give the same parameters on one machine.

        Raises:
            ConfigurationError: The network does not learn: its loss is not a number.
        """
        ...

    def scaled(self, outcome: TrainingOutcome, threshold: float, /) -> TrainingOutcome:
        """The same with scores over the threshold; unchanged where scores have a unit."""
        ...

    def in_size(self, parameters: TrainedParameters, spec: InputSpec, /) -> TrainedParameters:
        """Parameters for a graph of another size of input, only to tell what time it would take."""
        ...

    def graph(self, parameters: TrainedParameters, spec: InputSpec, weights: Weights) -> Any:
        """The model as a `tf.function`: uint8 (N, H, W, C) pixels to a dictionary of outputs."""
        ...


def load_task(name: str) -> Task:
    """The task of that name; importing it brings no training library yet."""
    task: Task = importlib.import_module(f"models.tasks.{name}").TASK
    return task
