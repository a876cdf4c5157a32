"""Teaches a model from labelled pictures and seals it, proven, into a bundle."""

import hashlib
import logging
import platform
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

import numpy as np

from inspector import __version__
from inspector.assembly import build_judge
from inspector.bundle import (
    CANARY_FILE,
    MODEL_FILE,
    REPORT_FILE,
    Canary,
    InputSpec,
    Manifest,
    Threshold,
    check_bundle_place,
    open_bundle,
    seal_bundle,
)
from inspector.clock import SystemClock
from inspector.errors import BundleError, DataError
from inspector.inference.ort import OrtBackend
from inspector.preprocess import preprocess
from inspector.recipe import DEFAULT_RECIPE
from inspector.store.images import encode_png
from models.backbones.weights import load_weights
from models.convert import OPSET, to_onnx
from models.data import Sample, data_sha256, load_samples, of_split, split_parts, without_copies
from models.pictures import load_picture, load_set
from models.source import Source, keep_source, source_folder
from models.tasks import anomaly
from models.tasks.anomaly import AnomalySettings
from models.threshold import threshold_on_good
from models.training_library import tensorflow
from models.validate import compare

# Fitting wants most of the pictures; the rest must be enough for a threshold and for a proof.
SHARES = {"fit": 0.7, "calibrate": 0.2, "proof": 0.1}
# Another processor rounds otherwise by some millionths and resizes by one grey level here and
# there; a damaged or different model is off by far more.
CANARY_TOLERANCE_SHARE = 0.02  # of the range of held-out good scores
MIN_GOOD = 20  # below that neither a threshold nor a proof can be had
_LIBRARIES = ("numpy", "onnx", "onnxruntime", "opencv-python", "tf2onnx", "keras")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRequest:
    """What to teach.

    Attributes:
        name: What people will call the model.
        overkill: Share of good parts that may be rejected.
        weights_cache: A folder of this user's for the backbone's converted weights.
    """

    data: Path
    out: Path
    name: str
    settings: AnomalySettings
    seed: int
    overkill: float
    weights_cache: Path


def train(request: TrainingRequest) -> Manifest:
    """Learn from the good pictures of the train split; nothing of a test split is looked at.

    Returns:
        The manifest of the bundle as it was written; its source lies beside it.

    Raises:
        DataError: The pictures cannot be read or are too few.
        BundleError: The bundle cannot be written, or the proof failed.
    """
    settings = request.settings
    check_bundle_place(request.out)
    samples = without_copies(_good_for_training(load_samples(request.data), request.data))
    groups = split_parts(samples, SHARES, request.seed)
    _log.info("reading %d good pictures", len(samples))
    spec = InputSpec(
        height_px=settings.size_px, width_px=settings.size_px, color="rgb", resize="stretch"
    )
    sets = {role: load_set(groups[role], spec) for role in SHARES}
    calibrate, unseen = sets["calibrate"], sets["proof"]
    weights = load_weights(request.weights_cache)
    _log.info("learning what good parts look like")
    memory, good_scores = anomaly.learn(
        sets["fit"].tensors,
        calibrate.tensors,
        [sample.part for sample in calibrate.samples],
        settings,
        weights,
        np.random.Generator(np.random.PCG64(request.seed)),
    )
    _log.info("converting")
    function = anomaly.graph(memory, settings, weights)
    model = to_onnx(function)
    canary = load_picture(calibrate.samples[0]).frame
    draft = replace(
        _draft(request, spec),
        threshold=threshold_on_good(good_scores, request.overkill),
        canary=Canary(score=0.0, tolerance=CANARY_TOLERANCE_SHARE * float(np.ptp(good_scores))),
        data={"sha256": data_sha256(samples)} | {f"n_{r}": len(groups[r]) for r in SHARES},
    )
    _log.info("comparing TensorFlow and ONNX Runtime on %d unseen pictures", len(unseen.samples))
    backend = OrtBackend(draft, model)
    source = Source(
        settings=settings,
        memory=memory,
        model_sha256=hashlib.sha256(model).hexdigest(),
        roles={sha: role for role, loaded in sets.items() for sha in loaded.sha256s},
    )
    proof = compare(
        function,
        backend,
        unseen.tensors,
        unseen.sha256s,
        threshold=draft.threshold.value,
        model_sha256=source.model_sha256,
    )
    shortcoming = proof.shortcoming()
    if shortcoming is not None:
        raise BundleError(f"the converted model is not the one that was taught: {shortcoming}")
    canary_score = backend.infer(preprocess(canary, spec)).score
    manifest = seal_bundle(
        replace(
            draft,
            canary=replace(draft.canary, score=canary_score),
            validation={
                "n_images": proof.n_images,
                "n_flips": proof.n_flips,
                "score_max_relative": proof.outputs["score"].relative,
            },
        ),
        {
            MODEL_FILE: model,
            REPORT_FILE: proof.to_json(),
            CANARY_FILE: encode_png(canary.pixels),
        },
        request.out,
    )
    keep_source(source, source_folder(request.out))
    build_judge(open_bundle(request.out), DEFAULT_RECIPE, SystemClock())  # as the line will
    return manifest


def _draft(request: TrainingRequest, spec: InputSpec) -> Manifest:
    """The manifest as far as the request says it; what comes of the pictures is filled in later."""
    settings = request.settings
    return Manifest(
        bundle_id="",
        task="anomaly",
        name=request.name,
        version="1",
        input=spec,
        outputs={
            "score": "distance from good parts over what is usual; higher is worse",
            "heatmap": "the same at each pixel of the input",
        },
        labels=("good", "defect"),
        threshold=Threshold(value=0.0, method="", n_images=0),
        canary=Canary(score=0.0, tolerance=0.0),
        opset=OPSET,
        versions=_versions(),
        data={},
        validation={},
        training={
            "backbone": "efficientnet-lite0",
            "size_px": settings.size_px,
            "taps": list(settings.taps),
            "tap_weights": list(settings.tap_weights),
            "bank_size": settings.bank_size,
            "seed": request.seed,
            "overkill": request.overkill,
        },
        files={},
    )


def _good_for_training(samples: tuple[Sample, ...], data: Path) -> tuple[Sample, ...]:
    training = of_split(samples, "train")
    good = tuple(sample for sample in training if sample.is_good)
    if len(good) < MIN_GOOD:
        raise DataError(
            f"{str(data)!r}: {len(good)} good pictures in the train split; at least {MIN_GOOD} are "
            "needed, hundreds are better"
        )
    if len(good) < len(training):
        _log.warning(
            "%d pictures of defects in the train split are left out: this task learns from good "
            "parts only",
            len(training) - len(good),
        )
    return good


def _versions() -> dict[str, object]:
    return {
        "inspector": __version__,
        "python": platform.python_version(),
        "tensorflow": str(tensorflow().__version__),
        **{name: metadata.version(name) for name in _LIBRARIES},
    }
