"""How a model judged the pictures of a comparison, and where it judged differently than another."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import Manifest, OutputAgreement, WrongVerdicts
from inspector.flow import Decision, Prediction, Verdict
from inspector.geometry import AxisMap
from inspector.inference.some_at_a_time import Outputs
from inspector.verdict import Criteria, judge
from models.comparing.comparison import agreements
from models.dataset.pictures import worst_places
from models.dataset.sample import GOOD, Sample
from models.measures.metrics import auroc, rates

_NO_MAP = AxisMap(scale_x=1.0, scale_y=1.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelResults:
    """What a model gave for every picture, and what the line would say to that.

    Attributes:
        name: "tensorflow", "float" or "int8".
        has_good: Whether one of the classes means free of defects.
        outputs: By name; empty where only the verdicts were kept.
        scores: One for each picture; infinite where it could not be judged.
        auroc: Of the scores; None where there are not both good pictures and defects.
        accuracy: Share of right labels; None where the model does not name classes.
    """

    name: str
    has_good: bool
    outputs: Outputs
    verdicts: tuple[Verdict, ...]
    scores: tuple[float, ...]
    auroc: float | None
    accuracy: float | None

    @property
    def metric_name(self) -> str:
        """Which metric tells best how good such a model is: "auroc" or "accuracy"."""
        return "auroc" if self.accuracy is None else "accuracy"

    @property
    def metric(self) -> float | None:
        """That metric; None where the pictures do not give it."""
        return self.auroc if self.accuracy is None else self.accuracy


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A picture that two models judge differently, in the decision or in the label.

    Attributes:
        picture: Its name in the list.
        label: What it shows.
        was, became: What the reference says and what the other says: decision and label.
    """

    picture: str
    label: str
    was: str
    became: str
    score_was: float
    score_became: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsComparison:
    """How far a model's results are from those of its reference.

    Attributes:
        outputs: Agreement by output name.
        n_flips: Decisions that came out differently; the other changes are of labels only.
        n_new_escapes: Defects that the reference rejects and this one passes; None where none
            of the classes means free of defects.
    """

    outputs: Mapping[str, OutputAgreement]
    changes: tuple[Change, ...]
    n_flips: int
    n_new_escapes: int | None

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        return {
            "n_flips": self.n_flips,
            "n_new_escapes": self.n_new_escapes,
            "changes": [asdict(change) for change in self.changes],
            "outputs": {name: asdict(agreement) for name, agreement in self.outputs.items()},
        }


def results_of(
    name: str,
    outputs: Outputs,
    samples: Sequence[Sample],
    manifest: Manifest,
    criteria: Criteria,
    pictures: NDArray[np.intp] | None = None,
) -> ModelResults:
    """Judge what a model gave for the pictures, in their order, as the line does.

    Args:
        pictures: Of which sample each of the outputs is of a tile; None: each is of a whole one.

    Raises:
        InferenceError: A score is not finite.
    """
    said = outputs
    if pictures is not None:
        worst = worst_places(outputs["score"], pictures)
        names = ("score", "probabilities")
        said = {name: outputs[name][worst] for name in names if name in outputs}
    probabilities = said.get("probabilities")
    verdicts = [
        judge(
            Prediction(
                frame_id=index,
                score=float(score),
                heatmap=None,  # it tells where, not whether
                bundle_id=manifest.bundle_id,
                probabilities=None if probabilities is None else probabilities[index],
            ),
            _NO_MAP,
            criteria,
        )
        for index, score in enumerate(said["score"])
    ]
    scores = [float(score) for score in said["score"]]
    return judged_results(name, verdicts, scores, samples, manifest, outputs)


def judged_results(
    name: str,
    verdicts: Sequence[Verdict],
    scores: Sequence[float],
    samples: Sequence[Sample],
    manifest: Manifest,
    outputs: Outputs | None = None,
) -> ModelResults:
    """The results for pictures that were judged already, in their order.

    Args:
        outputs: Absent where they are too large to be kept.
    """
    has_good = manifest.labels[0] == GOOD
    is_defect = [not sample.is_good for sample in samples]
    labels = zip(verdicts, samples, strict=True)
    accuracy = float(np.mean([one.label == sample.label for one, sample in labels]))
    return ModelResults(
        name=name,
        has_good=has_good,
        outputs=outputs or {},
        verdicts=tuple(verdicts),
        scores=tuple(scores),
        auroc=auroc(scores, is_defect) if has_good else None,
        accuracy=accuracy if manifest.task == "classify" else None,
    )


def wrong_verdicts(
    reference: ModelResults, other: ModelResults, samples: Sequence[Sample]
) -> WrongVerdicts | None:
    """What a model and its twin judge wrongly; None where no class means free of defects."""
    if not reference.has_good:
        return None
    is_defect = [not sample.is_good for sample in samples]
    was, became = (
        rates([verdict.decision for verdict in results.verdicts], is_defect)
        for results in (reference, other)
    )
    return WrongVerdicts(
        n_defects=was.n_defect,
        n_good=was.n_good,
        float_passed=was.n_defect_passed,
        int8_passed=became.n_defect_passed,
        float_rejected=was.n_good_rejected,
        int8_rejected=became.n_good_rejected,
    )


def compare_results(
    reference: ModelResults, other: ModelResults, samples: Sequence[Sample]
) -> ResultsComparison:
    """Compare results with those of a reference, picture by picture in their order."""
    changes, n_flips, n_escapes = [], 0, 0
    rows = zip(
        samples, reference.verdicts, other.verdicts, reference.scores, other.scores, strict=True
    )
    for sample, was, became, score_was, score_became in rows:
        if (was.decision, was.label) == (became.decision, became.label):
            continue
        n_flips += was.decision is not became.decision
        passes_now = was.decision is not Decision.PASS and became.decision is Decision.PASS
        n_escapes += passes_now and not sample.is_good
        changes.append(
            Change(
                picture=sample.name,
                label=sample.label,
                was=f"{was.decision} {was.label}",
                became=f"{became.decision} {became.label}",
                score_was=score_was,
                score_became=score_became,
            )
        )
    return ResultsComparison(
        outputs=agreements(reference.outputs, other.outputs),
        changes=tuple(changes),
        n_flips=n_flips,
        n_new_escapes=n_escapes if reference.has_good else None,
    )
