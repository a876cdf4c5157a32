"""Measures a bundle on labelled pictures, with the very code that judges on the line."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from inspector.assembly import Judge, build_judge
from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.errors import DataError
from inspector.flow import Decision
from inspector.machine.choices import ModelKind
from inspector.preprocess import heatmap_on_sensor
from inspector.recipe import DEFAULT_RECIPE
from inspector.store.summary import Percentiles, percentiles
from models.dataset.hashes import data_sha256
from models.dataset.labels import check_known, label_counts_text
from models.dataset.pictures import load_mask, load_picture
from models.dataset.reader import load_samples
from models.dataset.sample import GOOD, Sample, of_split
from models.metrics import Overlap, PixelTally, auroc, average_precision, macro_f1, rates

THREADS = 2  # cores of the smallest line PC; one picture at a time, as a station judges
_DEFECT = "defect"
_DECISIONS = (Decision.PASS.value, Decision.FAIL.value)
WARM_UP = 5  # the first runs lay out memory; they are no part's latency
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One picture's truth and verdict.

    Attributes:
        label: What the verdict says it is.
    """

    sample: Sample
    decision: Decision
    label: str
    score: float
    latency_ms: float

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
        scores = np.array([one.score for one in self.judged])
        is_defect = np.array([not one.sample.is_good for one in self.judged])
        wrong = rates([one.decision for one in self.judged], is_defect)
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
    def names_classes(self) -> bool:
        """Whether the model is measured by the names it gives, not by passing and failing."""
        return self.task == "classify"

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
        return one.label == one.sample.label if self.names_classes else not one.is_mistake


def truth_and_verdict(
    sample: Sample, decision: Decision, label: str, *, is_named: bool
) -> tuple[str, str]:
    """What a picture shows and what was said of it, in the words of the confusion table.

    Args:
        is_named: Whether the model is measured by the names it gives.
    """
    if is_named:
        return sample.label, label
    return GOOD if sample.is_good else _DEFECT, decision.value


def confusion(
    pairs: Sequence[tuple[str, str]], *, is_named: bool
) -> Mapping[str, Mapping[str, int]]:
    """How often each truth got each verdict."""
    counts = Counter(pairs)
    truths = sorted({truth for truth, _ in pairs}) if is_named else [GOOD, _DEFECT]
    verdicts = sorted({name for pair in pairs for name in pair}) if is_named else _DECISIONS
    return {truth: {said: counts[truth, said] for said in verdicts} for truth in truths}


def evaluate(
    bundle_path: Path,
    data: Path,
    split: str,
    model: ModelKind = "float",
    good_label: str | None = None,
) -> Evaluation:
    """Judge every picture of one split.

    Args:
        good_label: See `load_samples`.
        model: Which of the bundle's models judges.

    Raises:
        BundleError: The bundle is refused.
        DataError: A picture or mask cannot be read or judged, or the split is empty.
    """
    judge = build_judge(
        open_bundle(bundle_path), DEFAULT_RECIPE, SystemClock(), threads=THREADS, model=model
    )
    samples = of_split(load_samples(data, good_label), split)
    if not samples:
        raise DataError(f"{str(data)!r}: no picture in the split {split!r}")
    manifest = judge.bundle.manifest
    if manifest.task == "classify":  # others call every kind of defect a defect
        check_known(samples, manifest.labels, f"{str(data)!r}, split {split}")
    has_good = manifest.labels[0] == GOOD
    _log.info("judging %d pictures: %s", len(samples), label_counts_text(samples))
    _say_what_is_missing(samples, has_good=has_good)
    max_sample = judge.bundle.manifest.input.max_sample
    for sample in samples[:WARM_UP]:
        judge.inspection.inspect(load_picture(sample, max_sample).frame)
    tally, overlap = PixelTally(), Overlap()
    judged = tuple(_judge_one(judge, sample, tally, overlap) for sample in samples)
    has_masks = any(sample.masks for sample in samples)
    return Evaluation(
        task=manifest.task,
        has_good=has_good,
        bundle_id=manifest.bundle_id,
        threshold=judge.threshold,
        data_sha256=data_sha256(samples),
        judged=judged,
        pixel_auroc=tally.auroc() if has_masks else None,
        aupro=tally.aupro() if has_masks else None,
        miou=overlap.miou() if has_masks else None,
        latency_ms=percentiles(sorted(one.latency_ms for one in judged)),
    )


def _say_what_is_missing(samples: Sequence[Sample], *, has_good: bool) -> None:
    """What makes figures null, or speak of fewer pictures."""
    defects = [sample for sample in samples if not sample.is_good]
    if has_good and len(defects) == len(samples):
        _log.warning(
            "no picture of the split is labelled 'good', so that each counts as a defect; where a "
            "label means free of defects, say --good-label"
        )
    n_masks = sum(bool(sample.masks) for sample in defects)
    if has_good and defects:
        _log.log(
            logging.INFO if n_masks == len(defects) else logging.WARNING,
            "%d of %d defects have a mask%s",
            n_masks,
            len(defects),
            "; pixel figures are of these and of the good parts" if n_masks else "",
        )


def _judge_one(judge: Judge, sample: Sample, tally: PixelTally, overlap: Overlap) -> Judged:
    frame = load_picture(sample, judge.bundle.manifest.input.max_sample).frame
    inspected = judge.inspection.inspect(frame)
    if inspected.prediction is None or inspected.to_sensor is None:
        reasons = "; ".join(reason.text() for reason in inspected.verdict.reasons)
        raise DataError(f"picture {sample.name!r} cannot be judged: {reasons}")
    size_px = (frame.pixels.shape[0], frame.pixels.shape[1])
    heatmap = inspected.prediction.heatmap
    # A defect without an outline tells nothing about where it is: its pixels are no good ones.
    if heatmap is not None and (sample.is_good or sample.masks):
        on_sensor = heatmap_on_sensor(heatmap, inspected.to_sensor, size_px)
        mask = load_mask(sample, size_px)
        tally.add(on_sensor, mask)
        overlap.add(on_sensor > judge.inspection.criteria.region_level, mask)
    return Judged(
        sample=sample,
        decision=inspected.verdict.decision,
        label=inspected.verdict.label,
        score=inspected.prediction.score,
        latency_ms=sum(inspected.stage_ms.values()),
    )
