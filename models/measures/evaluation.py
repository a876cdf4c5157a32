"""What was measured on labelled pictures, as a value."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from inspector.flow import Decision
from inspector.store.summary import Percentiles
from models.dataset.sample import GOOD, Sample
from models.measures.metrics import auroc, average_precision, macro_f1, rates

_DEFECT = "defect"
_DECISIONS = (Decision.PASS.value, Decision.FAIL.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One picture's truth and verdict.

    Attributes:
        label: What the verdict says it is.
        score, latency_ms: None where it could not be judged.
        reason: Why not; empty where it could.
    """

    sample: Sample
    decision: Decision
    label: str
    score: float | None
    latency_ms: float | None
    reason: str = ""

    @property
    def is_passed(self) -> bool:
        """FAIL and ERROR both reject a part."""
        return self.decision is Decision.PASS

    @property
    def is_mistake(self) -> bool:
        """A defect that passed or a good part that did not."""
        return self.sample.is_good is not self.is_passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What was measured; None where a figure does not apply.

    Attributes:
        has_good: Whether one of the classes means free of defects.
        pixel_auroc, aupro, miou: Over the pictures as they are on disk, with the heat map enlarged
            to them.
        latency_ms: From a decoded picture in memory to its verdict, one at a time.

    A picture that could not be judged is rejected, as on the line; figures of scores are of the
    others.
    """

    task: str
    has_good: bool
    bundle_id: str
    threshold: float
    data_sha256: str
    judged: tuple[Judged, ...]
    pixel_auroc: float | None
    aupro: float | None
    miou: float | None
    latency_ms: Percentiles

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        scored = [one for one in self.judged if one.score is not None]
        scores = np.array([one.score for one in scored])
        is_defect = np.array([not one.sample.is_good for one in scored])
        wrong = rates(
            [one.decision for one in self.judged], [not one.sample.is_good for one in self.judged]
        )
        return {
            "task": self.task,
            "n_images": len(self.judged),
            "n_good": wrong.n_good,
            "n_defect": wrong.n_defect if self.has_good else 0,
            "threshold": self.threshold,
            "image_auroc": auroc(scores, is_defect) if self.has_good else None,
            "image_ap": average_precision(scores, is_defect) if self.has_good else None,
            "pixel_auroc": self.pixel_auroc,
            "aupro": self.aupro,
            "accuracy": sum(map(self._is_right, self.judged)) / len(self.judged),
            "macro_f1": self._macro_f1(),
            "miou": self.miou,
            "map50": None,
            "escape_rate": wrong.escape_rate if self.has_good else None,
            "overkill_rate": wrong.overkill_rate,
            "confusion": self.confusion(),
            "latency_ms": asdict(self.latency_ms),
            "bundle_id": self.bundle_id,
            "data_sha256": self.data_sha256,
        }

    @property
    def n_errors(self) -> int:
        """Pictures that could not be judged."""
        return sum(one.decision is Decision.ERROR for one in self.judged)

    @property
    def names_classes(self) -> bool:
        """Whether the model is measured by the names it gives, not by passing and failing."""
        return self.task in ("classify", "segment")

    def confusion(self) -> Mapping[str, Mapping[str, int]]:
        """How often each truth got each verdict."""
        return confusion(self._pairs(), is_named=self.names_classes)

    def _macro_f1(self) -> float | None:
        if not self.names_classes:
            return None
        return macro_f1(
            [one.sample.label for one in self.judged], [one.label for one in self.judged]
        )

    def _pairs(self) -> list[tuple[str, str]]:
        return [
            truth_and_verdict(one.sample, one.decision, one.label, is_named=self.names_classes)
            for one in self.judged
        ]

    def _is_right(self, one: Judged) -> bool:
        return one.label in one.sample.kinds if self.names_classes else not one.is_mistake


def truth_and_verdict(
    sample: Sample, decision: Decision, label: str, *, is_named: bool
) -> tuple[str, str]:
    """What a picture shows and what was said of it, in the words of the confusion table.

    Args:
        is_named: Whether the model is measured by the names it gives.
    """
    if is_named:
        return sample.label, decision.value if decision is Decision.ERROR else label
    return GOOD if sample.is_good else _DEFECT, decision.value


def confusion(
    pairs: Sequence[tuple[str, str]], *, is_named: bool
) -> Mapping[str, Mapping[str, int]]:
    """How often each truth got each verdict."""
    counts = Counter(pairs)
    truths = _good_first({truth for truth, _ in pairs}) if is_named else [GOOD, _DEFECT]
    said = {name for pair in pairs for name in pair}
    errors = [Decision.ERROR.value] if Decision.ERROR.value in said else []
    verdicts = _good_first(said) if is_named else [*_DECISIONS, *errors]
    return {truth: {said: counts[truth, said] for said in verdicts} for truth in truths}


def _good_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (name != GOOD, name))
