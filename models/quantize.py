"""Makes a faster INT8 model of a bundle's float one, and keeps it only if it is as good."""

import hashlib
import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inspector.assembly import build_inspection, canary_frame
from inspector.bundle import (
    Bundle,
    Int8Proof,
    Manifest,
    int8_proof,
    open_bundle,
)
from inspector.bundle.int8_proof import CALIBRATIONS
from inspector.clock import SystemClock
from inspector.errors import UsageError
from inspector.inference.ort import OrtBackend
from inspector.inference.some_at_a_time import some_at_a_time
from inspector.inference.turns import ROUNDS, median_ratio, times_in_turns
from inspector.machine.processor import has_vnni, processor_name
from inspector.preprocess import preprocess
from inspector.recipe import DEFAULT_RECIPE
from models.comparing.comparison import agreement_of, images_sha256
from models.comparing.model_results import ModelResults, compare_results, wrong_verdicts
from models.dataset.pictures import load_set
from models.dataset.sample import GOOD
from models.measures.rate import FEWEST_DEFECTS
from models.measures.rejection import Rejection, accepted, rejection_in, rejection_of, stand_ins
from models.publishing.publish import Draft, publish
from models.publishing.sealing import check_place
from models.publishing.source import source_beside
from models.quantization.comparison_set import (
    ComparisonSet,
    comparison_set_of,
    distance,
    evaluate_model,
    metric_of,
)
from models.quantization.division import MAX_CALIBRATION, ranges_and_comparison
from models.quantization.graph_edits import packed, scaled
from models.quantization.int8_graph import Calibrated, calibrated, int8_model
from models.quantization.score_scale import rescored, score_scale

FLOAT_CONVOLUTIONS = (0, 3, 6, 9, 12)  # at the start: so many blocks of the backbone, by three
_SPEED_MARGIN = 1.05  # what is measured for the gate may come out that much lower
_ROUNDS = 7  # for a first look at a speed
_TILES_AT_ONCE = 4
_MAX_AGREED_PX = 120_000_000  # of tensors; two maps of so many are 1 GB
_AS_FAST = 0.9  # smaller differences are the machine's moods
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantized:
    """What came of it; whether the INT8 model was kept is the proof's to say.

    Attributes:
        rejections: What "float" and "INT8" reject and pass; empty where no class means good.
    """

    manifest: Manifest
    proof: Int8Proof
    rejections: Mapping[str, Rejection]

    def as_table(self) -> dict[str, object]:
        """The values that `--json` prints."""
        return {
            "bundle_id": self.manifest.bundle_id,
            "kept": not self.proof.shortcomings(),
            "shortcomings": list(self.proof.shortcomings()),
            "loss": self.proof.loss,
            "rejects": {name: one.as_table() for name, one in self.rejections.items()},
            **self.proof.as_table(),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Candidate:
    """One way to quantise.

    Attributes:
        rank: Whether it is too slow, whether it fails the gate in another way, and how much it
            judges wrongly or differently than the float model; the lowest is best.
        distance: By how much its scores differ from the float model's.
    """

    model: bytes
    calibration: str
    n_float_convolutions: int
    has_reduced_range: bool
    rank: tuple[bool, bool, int]
    speed_ratio: float
    distance: float


def quantize(
    bundle_path: Path,
    data: Path,
    out: Path,
    good_label: str | None = None,
    accept_weak: str | None = None,
) -> Quantized:
    """Try INT8 models of a bundle, hold the best to the gate, and write the bundle anew.

    With the INT8 model where it passed, else without; its figures stand in the report either way,
    and the float model is the same.

    Args:
        data: Ranges are taken from its train split; the models are compared on its val split, or
            where it has none on those train pictures that the training held out. See `division`.

    Raises:
        BundleError: The bundle is refused, has nothing to quantise, or cannot be written.
        UsageError: It has an INT8 model already, or is `out` itself.
        DataError: There are no pictures for one of both purposes, or one cannot be read; or the
            source beside the bundle is damaged.
        StoreFull: The disk is full.
    """
    bundle_path = bundle_path.resolve()
    bundle = open_bundle(bundle_path)
    if bundle.int8_model is not None:
        raise UsageError(
            f"bundle {str(bundle_path)!r} has an INT8 model already; quantise the bundle that it "
            "was made from"
        )
    build_inspection(bundle, DEFAULT_RECIPE, SystemClock()).close()  # it judges its canary
    check_place(out, made_from=bundle_path)
    spec = bundle.manifest.input
    source = source_beside(bundle_path, bundle)
    ranges, compared = ranges_and_comparison(bundle, source, data, good_label)
    comparison_set = comparison_set_of(
        spec,
        compared,
        has_good=bundle.manifest.labels[0] == GOOD,
        # A painted defect has no name, by which other tasks are measured.
        fewest=FEWEST_DEFECTS if bundle.manifest.task == "anomaly" else 1,
    )
    _log.info(
        "comparing on %d pictures, %d of them painted",
        len(comparison_set.prepared),
        comparison_set.n_painted,
    )
    reference = evaluate_model("float", bundle.manifest, bundle.model, comparison_set)
    metric_of(reference)  # without it, nothing need be tried
    rejects = _rejects(bundle, bundle.model, comparison_set, reference)
    weakness = _weakness(bundle.manifest, rejects, accept_weak)
    tensors = _some_of(load_set(ranges, spec).tensors)
    _log.info("calibrating on %d pictures", len(ranges))
    with calibrated(bundle.model, tensors, CALIBRATIONS) as ready:
        best = _best(tuple(_candidates(bundle, ready, comparison_set.half())))
    model = best.model
    if len(model) > int8_proof.MAX_SIZE_SHARE * len(bundle.model):
        model = packed(model)
    results = evaluate_model("int8", bundle.manifest, model, comparison_set)
    scale = score_scale(bundle.manifest, reference, results, comparison_set.samples)
    if scale != 1.0:
        model = scaled(model, scale)
        results = evaluate_model("int8", bundle.manifest, model, comparison_set)
    proof = Int8Proof(
        scale=scale,
        calibration=best.calibration,
        n_calibration=len(ranges),
        n_float_convolutions=best.n_float_convolutions,
        has_reduced_range=best.has_reduced_range,
        **_compared(bundle, model, comparison_set, reference, results),  # type: ignore[arg-type]
    )
    for shortcoming in proof.shortcomings():
        _log.warning("the INT8 model is not kept: %s", shortcoming)
    draft = Draft(
        manifest=bundle.manifest,
        model=bundle.model,
        int8_model=None if proof.shortcomings() else model,
        canary_png=bundle.canary_png,
        proof=replace(bundle.proof, int8=proof),
        figures=weakness,
        source=source,
    )
    manifest = publish(draft, out)
    rejections = {"float": rejects, "INT8": _rejects(bundle, model, comparison_set, results)}
    return Quantized(
        manifest=manifest,
        proof=proof,
        rejections={name: one for name, one in rejections.items() if one is not None},
    )


def _some_of(tensors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """As many as ranges are taken from; of pictures in tiles there are more."""
    if len(tensors) <= MAX_CALIBRATION:
        return tensors
    rng = np.random.Generator(np.random.PCG64(0))
    return tensors[np.sort(rng.choice(len(tensors), MAX_CALIBRATION, replace=False))]


def _rejects(
    bundle: Bundle, model: bytes, comparison_set: ComparisonSet, results: ModelResults
) -> Rejection | None:
    """What a model rejects and passes of the comparison set; None where no class means good."""
    manifest, n_real = bundle.manifest, len(comparison_set.samples) - comparison_set.n_painted
    is_defect = np.array([not sample.is_good for sample in comparison_set.samples[:n_real]])
    if manifest.labels[0] != GOOD or is_defect.all():
        return None
    return rejection_of(
        np.array(results.scores[:n_real], np.float32),
        is_defect,
        manifest.threshold.value,
        stand_ins(
            is_defect,
            np.concatenate(
                [
                    one.tensor
                    for one, is_bad in zip(comparison_set.prepared, is_defect, strict=False)
                    if not is_bad
                ]
            ),
            OrtBackend(manifest, model).run,
        ),
    )


def _weakness(
    manifest: Manifest, rejects: Rejection | None, accept_weak: str | None
) -> Mapping[str, object]:
    """What the new manifest says of a bundle that should not judge; what was said before stays."""
    rejects = rejection_in(manifest) or rejects
    if rejects is None or "accepted_although" in manifest.validation:
        return {}
    return accepted(rejects, accept_weak, "train or import the bundle anew")


def _candidates(
    bundle: Bundle, ready: Sequence[Calibrated], comparison_set: ComparisonSet
) -> Iterator[_Candidate]:
    """One for each calibration and count of convolutions that stay float; never none."""
    has_reduced_range = not has_vnni()
    reference = evaluate_model("float", bundle.manifest, bundle.model, comparison_set)
    for one, n_float in product(ready, FLOAT_CONVOLUTIONS):
        if n_float >= len(one.convolutions):
            continue
        model = int8_model(one, n_float_convolutions=n_float, has_reduced_range=has_reduced_range)
        results = evaluate_model("int8", bundle.manifest, model, comparison_set)
        scale = score_scale(bundle.manifest, reference, results, comparison_set.samples)
        if scale != 1.0:
            results = rescored(results, scale, bundle.manifest)
        wrong = wrong_verdicts(reference, results, comparison_set.samples)
        n_changes = len(compare_results(reference, results, comparison_set.samples).changes)
        loss = metric_of(reference) - metric_of(results)
        speed_ratio = _speed_ratio(bundle, model, rounds=_ROUNDS)
        candidate = _Candidate(
            model=model,
            calibration=one.calibration,
            n_float_convolutions=n_float,
            has_reduced_range=has_reduced_range,
            rank=(
                speed_ratio < _SPEED_MARGIN * int8_proof.MIN_SPEED_RATIO,
                loss > int8_proof.MAX_LOSS or bool(wrong and wrong.shortcomings()),
                n_changes if wrong is None else wrong.int8_passed + wrong.int8_rejected,
            ),
            speed_ratio=speed_ratio,
            distance=distance(results, reference),
        )
        _log.info(
            "%s, the first %d convolutions float: %.2f times as fast, %s %.4f less, %d of %d "
            "verdicts differ, scores by %.4f",
            one.calibration,
            n_float,
            speed_ratio,
            results.metric_name,
            loss,
            n_changes,
            len(comparison_set.samples),
            candidate.distance,
        )
        yield candidate


def _best(candidates: Sequence[_Candidate]) -> _Candidate:
    """Of those of the best rank about as fast as the fastest, the one with the nearest scores."""
    rank = min(one.rank for one in candidates)
    equals = [one for one in candidates if one.rank == rank]
    fastest = max(one.speed_ratio for one in equals)
    fast = [one for one in equals if one.speed_ratio >= _AS_FAST * fastest]
    return min(fast, key=lambda one: one.distance)


def _compared(
    bundle: Bundle,
    model: bytes,
    comparison_set: ComparisonSet,
    reference: ModelResults,
    results: ModelResults,
) -> dict[str, object]:
    """The figures of the model that will be kept or not, each output and the speed among them."""
    manifest = bundle.manifest
    comparison = compare_results(reference, results, comparison_set.samples)
    backends = [OrtBackend(manifest, one) for one in (bundle.model, model)]
    tensors = _as_many_as_fit([one.tensor for one in comparison_set.prepared])
    outputs = {}
    for name in backends[0].run(tensors[0][:1]):  # one at a time: heat maps are large
        first, second = (
            np.concatenate(
                [some_at_a_time(backend.run, each, _TILES_AT_ONCE)[name] for each in tensors]
            )
            for backend in backends
        )
        outputs[name] = agreement_of(first, second)
    return {
        "model_sha256": hashlib.sha256(model).hexdigest(),
        "n_images": len(comparison_set.prepared),
        "n_painted": comparison_set.n_painted,
        "images_sha256": images_sha256(set(comparison_set.sha256s)),
        "outputs": outputs,
        "n_flips": len(comparison.changes),
        "wrong": wrong_verdicts(reference, results, comparison_set.samples),
        "metric": reference.metric_name,
        "float_metric": metric_of(reference),
        "int8_metric": metric_of(results),
        "speed_ratio": _speed_ratio(bundle, model, rounds=ROUNDS),
        "size_share": len(model) / len(bundle.model),
        "processor": processor_name(),
    }


def _as_many_as_fit(tensors: Sequence[NDArray[np.uint8]]) -> Sequence[NDArray[np.uint8]]:
    """So many pictures as memory has room for with their maps; the first in any case."""
    n_px = np.cumsum([math.prod(tensor.shape[:3]) for tensor in tensors])
    return tensors[: max(1, int((n_px <= _MAX_AGREED_PX).sum()))]


def _speed_ratio(bundle: Bundle, model: bytes, *, rounds: int) -> float:
    tensor = preprocess(canary_frame(bundle.canary_png), bundle.manifest.input).tensor
    backends = [OrtBackend(bundle.manifest, one) for one in (bundle.model, model)]
    ways = [partial(backend.run, tensor) for backend in backends]
    return median_ratio(times_in_turns(ways, SystemClock(), rounds=rounds), 0, 1)
