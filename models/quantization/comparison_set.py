"""The pictures and rules by which a float model and its INT8 twin are compared."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from inspector.assembly import criteria_of
from inspector.bundle import InputSpec, Manifest
from inspector.errors import DataError, InspectionError
from inspector.flow import Preprocessed
from inspector.inference.ort import OrtBackend
from inspector.recipe import DEFAULT_RECIPE
from inspector.verdict import judge, unjudged
from models.comparing.model_results import ModelResults, judged_results
from models.dataset.painted_defects import paint_defects
from models.dataset.pictures import load_picture, prepare
from models.dataset.sample import Sample
from models.dataset.some_of_each import some_of_each

_PAINT_SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ComparisonSet:
    """The pictures both models are compared on, as the network takes them.

    Attributes:
        samples: What each shows; a painted one has the label "painted".
        sha256s: Of the file that each is of.
        n_painted: The last so many are painted.
    """

    prepared: tuple[Preprocessed, ...]
    samples: tuple[Sample, ...]
    sha256s: tuple[str, ...]
    n_painted: int

    def half(self) -> "ComparisonSet":
        """Half of each kind, to choose by: all of them then tell whether the choice holds."""
        labels = [sample.label for sample in self.samples]
        places = some_of_each(labels, (len(labels) + 1) // 2)
        n_real = len(self.samples) - self.n_painted
        return ComparisonSet(
            prepared=tuple(self.prepared[place] for place in places),
            samples=tuple(self.samples[place] for place in places),
            sha256s=tuple(self.sha256s[place] for place in places),
            n_painted=sum(place >= n_real for place in places),
        )


def comparison_set_of(
    spec: InputSpec, samples: Sequence[Sample], *, has_good: bool, fewest: int = 1
) -> ComparisonSet:
    """Read the pictures; where defects could escape and few are among them, good ones are spoiled.

    Args:
        has_good: Whether one of the model's classes means free of defects.
        fewest: Defects that need no painted ones beside them.

    Raises:
        DataError: A picture cannot be read.
    """
    prepared, sha256s = [], []
    for sample in samples:
        picture = load_picture(sample, spec.max_sample)
        prepared.append(prepare(picture, spec))
        sha256s.append(picture.sha256)
    good = {place: one for place, one in enumerate(prepared) if samples[place].is_good}
    has_few = len(prepared) - len(good) < fewest
    painted = _painted(good) if has_good and has_few else {}
    return ComparisonSet(
        prepared=(*prepared, *painted.values()),
        samples=(*samples, *(replace(samples[index], label="painted") for index in painted)),
        sha256s=(*sha256s, *(sha256s[index] for index in painted)),
        n_painted=len(painted),
    )


def _painted(good: Mapping[int, Preprocessed]) -> dict[int, Preprocessed]:
    """By place, with a defect on one of its tiles; without those on which none would be seen."""
    rng = np.random.Generator(np.random.PCG64(_PAINT_SEED))
    spoiled = {}
    others = [*good.values()]
    for number, (index, one) in enumerate(good.items()):
        tile = int(rng.integers(len(one.tensor))) if len(one.tensor) > 1 else 0
        painted = paint_defects(one.tensor[tile], others[number - 1].tensor[0], rng)
        if painted.mask.any():
            tensor = one.tensor.copy()
            tensor[tile] = painted.pixels
            spoiled[index] = replace(one, tensor=tensor)
    return spoiled


def evaluate_model(
    name: str, manifest: Manifest, model: bytes, comparison_set: ComparisonSet
) -> ModelResults:
    """Judge the comparison set with the line's own code; the outputs are not kept.

    Args:
        name: "float" or "int8".

    Raises:
        BundleError: The runtime refuses the model.
    """
    backend = OrtBackend(manifest, model)
    criteria = criteria_of(DEFAULT_RECIPE, manifest)
    verdicts, scores = [], []
    for prepared in comparison_set.prepared:
        try:
            prediction = backend.infer(prepared)
            verdicts.append(judge(prediction, prepared.to_sensor, criteria))
            scores.append(prediction.score)
        except InspectionError as error:  # rejected, and so worse than all that can be judged
            verdicts.append(unjudged(error, criteria))
            scores.append(math.inf)
    return judged_results(name, verdicts, scores, comparison_set.samples, manifest)


def metric_of(results: ModelResults) -> float:
    """The metric that a model is measured by.

    Raises:
        DataError: It needs good pictures and defects, and there is one kind only.
    """
    if results.metric is None:
        raise DataError(
            "the pictures to compare on are all defects, or no defect can be painted on them; "
            "list good ones and defects"
        )
    return results.metric


def distance(results: ModelResults, other: ModelResults) -> float:
    """The mean difference of scores, over the pictures that both can judge; 0 without such."""
    pairs = zip(results.scores, other.scores, strict=True)
    differences = [abs(a - b) for a, b in pairs if math.isfinite(a) and math.isfinite(b)]
    return float(np.mean(differences)) if differences else 0.0
