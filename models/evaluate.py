"""Measures a bundle on labelled pictures, with the very code that judges on the line."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from inspector.assembly import Judge, build_judge
from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.errors import DataError
from inspector.flow import Decision
from inspector.preprocess import heatmap_on_sensor
from inspector.recipe import DEFAULT_RECIPE
from inspector.store.summary import Percentiles, percentiles
from models.data import Sample, data_sha256, load_samples, of_split
from models.metrics import PixelTally, auroc, average_precision, rates
from models.pictures import load_mask, load_picture

THREADS = 2  # cores of the smallest line PC; one picture at a time, as a station judges
WARM_UP = 5  # the first runs lay out memory; they are no part's latency
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One picture's truth and verdict."""

    sample: Sample
    decision: Decision
    score: float
    latency_ms: float

    @property
    def is_mistake(self) -> bool:
        """A defect that passed or a good part that did not."""
        return self.sample.is_good is not (self.decision is Decision.PASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What was measured; None where a figure does not apply.

    Attributes:
        pixel_auroc, aupro: Over the pictures as they are on disk, with the heat map enlarged to
            them.
        latency_ms: From a decoded picture in memory to its verdict, one at a time.
    """

    bundle_id: str
    threshold: float
    data_sha256: str
    judged: tuple[Judged, ...]
    pixel_auroc: float | None
    aupro: float | None
    latency_ms: Percentiles

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        scores = np.array([one.score for one in self.judged])
        is_defect = np.array([not one.sample.is_good for one in self.judged])
        confusion = self._confusion()
        wrong = rates([one.decision for one in self.judged], is_defect)
        right = confusion["good"]["PASS"] + confusion["defect"]["FAIL"]
        return {
            "task": "anomaly",
            "n_images": len(self.judged),
            "n_good": wrong.n_good,
            "n_defect": wrong.n_defect,
            "threshold": self.threshold,
            "image_auroc": auroc(scores, is_defect),
            "image_ap": average_precision(scores, is_defect),
            "pixel_auroc": self.pixel_auroc,
            "aupro": self.aupro,
            "accuracy": right / len(self.judged),
            "macro_f1": None,
            "miou": None,
            "map50": None,
            "escape_rate": wrong.escape_rate,
            "overkill_rate": wrong.overkill_rate,
            "confusion": confusion,
            "latency_ms": asdict(self.latency_ms),
            "bundle_id": self.bundle_id,
            "data_sha256": self.data_sha256,
        }

    def _confusion(self) -> Mapping[str, Mapping[str, int]]:
        table = {truth: dict.fromkeys(_DECISIONS, 0) for truth in _TRUTHS}
        for one in self.judged:
            table["good" if one.sample.is_good else "defect"][one.decision.value] += 1
        return table


_TRUTHS = ("good", "defect")
_DECISIONS = (Decision.PASS.value, Decision.FAIL.value)


def evaluate(bundle_path: Path, data: Path, split: str) -> Evaluation:
    """Judge every picture of one split.

    Raises:
        BundleError: The bundle is refused.
        DataError: A picture or mask cannot be read or judged, or the split is empty.
    """
    judge = build_judge(open_bundle(bundle_path), DEFAULT_RECIPE, SystemClock(), threads=THREADS)
    samples = of_split(load_samples(data), split)
    if not samples:
        raise DataError(f"{str(data)!r}: no picture in the split {split!r}")
    _log.info("judging %d pictures", len(samples))
    for sample in samples[:WARM_UP]:
        judge.inspection.inspect(load_picture(sample).frame)
    tally = PixelTally()
    judged = tuple(_judge_one(judge, sample, tally) for sample in samples)
    has_masks = any(sample.mask is not None for sample in samples)
    return Evaluation(
        bundle_id=judge.bundle.manifest.bundle_id,
        threshold=judge.threshold,
        data_sha256=data_sha256(samples),
        judged=judged,
        pixel_auroc=tally.auroc() if has_masks else None,
        aupro=tally.aupro() if has_masks else None,
        latency_ms=percentiles(sorted(one.latency_ms for one in judged)),
    )


def _judge_one(judge: Judge, sample: Sample, tally: PixelTally) -> Judged:
    frame = load_picture(sample).frame
    inspected = judge.inspection.inspect(frame)
    if inspected.prediction is None or inspected.to_sensor is None:
        reasons = "; ".join(reason.text() for reason in inspected.verdict.reasons)
        raise DataError(f"picture {sample.name!r} cannot be judged: {reasons}")
    size_px = (frame.pixels.shape[0], frame.pixels.shape[1])
    heatmap = inspected.prediction.heatmap
    # A defect without an outline tells nothing about where it is: its pixels are no good ones.
    if heatmap is not None and (sample.is_good or sample.mask is not None):
        on_sensor = heatmap_on_sensor(heatmap, inspected.to_sensor, size_px)
        tally.add(on_sensor, load_mask(sample, size_px))
    return Judged(
        sample=sample,
        decision=inspected.verdict.decision,
        score=inspected.prediction.score,
        latency_ms=sum(inspected.stage_ms.values()),
    )
