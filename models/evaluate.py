"""Measures a bundle on labelled pictures, with the very code that judges on the line."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from inspector.assembly import ReadyInspection, build_inspection
from inspector.bundle import Bundle, open_bundle
from inspector.clock import SystemClock
from inspector.errors import DataError
from inspector.flow import Decision
from inspector.machine.choices import ModelKind
from inspector.preprocess import heatmap_on_sensor
from inspector.recipe import DEFAULT_RECIPE
from inspector.store.summary import percentiles
from models.dataset.blank_masks import without_blank_masks
from models.dataset.hashes import data_sha256, file_sha256
from models.dataset.labels import check_known, label_counts_text
from models.dataset.pictures import load_mask, load_picture
from models.dataset.reader import load_samples
from models.dataset.sample import GOOD, Sample, of_split
from models.measures.evaluation import Evaluation, Judged
from models.measures.metrics import Overlap, PixelTally
from models.publishing.source import source_beside

THREADS = 2  # cores of the smallest line PC; one picture at a time, as a station judges
WARM_UP = 5  # the first runs lay out memory; they are not any part's latency
_log = logging.getLogger(__name__)


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
        DataError: A mask cannot be read, the split is empty, or nothing of it can be judged.
    """
    ready = build_inspection(
        open_bundle(bundle_path), DEFAULT_RECIPE, SystemClock(), threads=THREADS, model=model
    )
    samples = of_split(load_samples(data, good_label), split)
    if not samples:
        raise DataError(f"{str(data)!r}: no picture in the split {split!r}")
    manifest = ready.bundle.manifest
    if manifest.task == "classify":  # others call every kind of defect a defect
        check_known(samples, manifest.labels, f"{str(data)!r}, split {split}")
    has_good = manifest.labels[0] == GOOD
    _log.info("judging %d pictures: %s", len(samples), label_counts_text(samples))
    sha256 = data_sha256(samples)
    samples = without_blank_masks(samples)
    _say_what_is_missing(samples, has_good=has_good)
    _say_what_was_seen(bundle_path.resolve(), ready.bundle, samples)
    max_sample = ready.bundle.manifest.input.max_sample
    for sample in samples[:WARM_UP]:
        with suppress(DataError):
            ready.inspection.inspect(load_picture(sample, max_sample).frame)
    tally, overlap = PixelTally(), Overlap()
    judged = tuple(_judge_one(ready, sample, tally, overlap) for sample in samples)
    _say_what_cannot_be_judged(judged)
    has_masks = any(sample.masks for sample in samples)
    return Evaluation(
        task=manifest.task,
        has_good=has_good,
        bundle_id=manifest.bundle_id,
        threshold=ready.threshold,
        data_sha256=sha256,
        judged=judged,
        pixel_auroc=tally.auroc() if has_masks else None,
        aupro=tally.aupro() if has_masks else None,
        miou=overlap.miou() if has_masks else None,
        latency_ms=percentiles(
            sorted(one.latency_ms for one in judged if one.latency_ms is not None)
        ),
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


def _say_what_was_seen(path: Path, bundle: Bundle, samples: Sequence[Sample]) -> None:
    """A model knows the pictures it was trained on; where its source lies beside it, that shows."""
    source = source_beside(path, bundle)
    seen = {} if source is None else source.roles
    n_seen = sum(file_sha256(sample.image) in seen for sample in samples) if seen else 0
    if n_seen:
        _log.warning(
            "%d of these pictures were used when the model was trained: the figures flatter", n_seen
        )


def _say_what_cannot_be_judged(judged: Sequence[Judged]) -> None:
    errors = [one for one in judged if one.decision is Decision.ERROR]
    if not errors:
        return
    first = f"{errors[0].sample.name!r}: {errors[0].reason}"
    if len(errors) == len(judged):
        raise DataError(f"none of {len(judged)} pictures can be judged, such as {first}")
    _log.warning(
        "%d of %d pictures cannot be judged and count as rejected, such as %s",
        len(errors),
        len(judged),
        first,
    )


def _judge_one(
    ready: ReadyInspection, sample: Sample, tally: PixelTally, overlap: Overlap
) -> Judged:
    try:
        frame = load_picture(sample, ready.bundle.manifest.input.max_sample).frame
    except DataError as error:
        return _unjudged(sample, str(error))
    inspected = ready.inspection.inspect(frame)
    if inspected.prediction is None or inspected.to_sensor is None:
        return _unjudged(sample, "; ".join(one.text() for one in inspected.verdict.reasons))
    size_px = (frame.pixels.shape[0], frame.pixels.shape[1])
    heatmap = inspected.prediction.heatmap
    # A defect without an outline tells nothing about where it is: its pixels are not good ones.
    if heatmap is not None and (sample.is_good or sample.masks):
        on_sensor = heatmap_on_sensor(heatmap, inspected.to_sensor, size_px)
        mask = load_mask(sample, size_px)
        tally.add(on_sensor, mask)
        overlap.add(on_sensor > ready.inspection.criteria.region_level, mask)
    return Judged(
        sample=sample,
        decision=inspected.verdict.decision,
        label=inspected.verdict.label,
        score=inspected.prediction.score,
        latency_ms=sum(inspected.stage_ms.values()),
    )


def _unjudged(sample: Sample, reason: str) -> Judged:
    return Judged(
        sample=sample,
        decision=Decision.ERROR,
        label="",
        score=None,
        latency_ms=None,
        reason=reason,
    )
