"""Teaches a model from labelled pictures and seals it, proven, into a bundle."""

import hashlib
import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from inspector.bundle import (
    CANARY_FILE,
    MODEL_FILE,
    REPORT_FILE,
    Canary,
    InputSpec,
    Manifest,
    Proof,
)
from inspector.errors import BundleError, DataError
from inspector.inference.ort import OrtBackend
from inspector.preprocess import preprocess
from inspector.store.images import encode_png
from models.backbones.weights import load_weights
from models.comparing.comparison import MAX_RELATIVE_DIFFERENCE, compare
from models.dataset.hashes import data_sha256, without_copies
from models.dataset.labels import warn_without_good
from models.dataset.pictures import LoadedSet, load_set, plainness_text
from models.dataset.reader import load_samples
from models.dataset.sample import GOOD, Sample, of_split
from models.dataset.sample_depth import full_light_of
from models.dataset.splits import (
    MIN_GOOD_PARTS,
    SHARES,
    n_good_parts,
    proof_apart,
    split_parts,
)
from models.graphs.convert import OPSET, convert
from models.graphs.training_library import tensorflow
from models.measures.rejection import accepted, rejection_of
from models.measures.threshold import ChosenThreshold, Targets, choose_threshold
from models.publishing.sealing import (
    CANARY_TOLERANCE_SHARE,
    canary_frame_of,
    check_place,
    library_versions,
    seal,
)
from models.publishing.source import Source
from models.tasks.task import Task, TrainingInputs, TrainingOutcome, load_task
from models.training.config import TrainingConfig
from models.training.network import Listener

_HINT = "list pictures of more parts, or a larger --size where the defects are small"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRequest:
    """What to teach, and where to put it.

    Attributes:
        name: What people will call the model.
        good_label: See `load_samples`.
        accept_weak: Why a bundle is wanted that should not judge; None: it is not.
        weights_cache: A folder of this user's for the backbone's converted weights; or None.
    """

    data: Path
    out: Path
    name: str
    config: TrainingConfig
    weights_cache: Path | None
    listener: Listener
    good_label: str | None = None
    accept_weak: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingResult:
    """What came of it.

    Attributes:
        is_complete: False when a person ended the training early; the bundle is sound.
    """

    manifest: Manifest
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lots:
    """The pictures of the train split, by what they are used for."""

    fit: LoadedSet
    held_out: LoadedSet
    proof: LoadedSet

    def roles(self) -> Mapping[str, LoadedSet]:
        return {"fit": self.fit, "held_out": self.held_out, "proof": self.proof}


def train(request: TrainingRequest) -> TrainingResult:
    """Learn from the train split, and the val split where there is one; test is never looked at.

    Returns:
        The manifest of the bundle as it was written; its source lies beside it.

    Raises:
        ConfigurationError: The pictures cannot be read, are too few or not labelled as the task
            needs them; the bundle cannot be written; the proof failed.
        StoreFull: The disk is full. A bundle that was there before stays as it is.
    """
    check_place(request.out)
    config = request.config
    task = load_task(config.task)
    samples = _samples(request, task)
    spec = replace(
        task.input_spec(config, samples),
        max_sample=full_light_of(samples, config.sample_bits),
    )
    labels = task.labels(samples)
    lots = _lots(samples, spec, config.seed, has_good=labels[0] == GOOD)
    warn_without_good(labels)
    weights = load_weights(request.weights_cache)
    _log.info("learning from %d pictures", len(lots.fit.samples))
    inputs = TrainingInputs(
        config=config,
        spec=spec,
        labels=labels,
        fit=lots.fit,
        held_out=lots.held_out,
        weights=weights,
        checkpoint=request.out.with_name(f"{request.out.name}.training"),
        listener=request.listener,
    )
    trained = task.learn(inputs)
    manifest = _publish(request, task, inputs, trained, lots)
    if trained.is_complete:  # else the same call goes on where this one was interrupted
        shutil.rmtree(inputs.checkpoint, ignore_errors=True)
    return TrainingResult(manifest=manifest, is_complete=trained.is_complete)


def _samples(request: TrainingRequest, task: Task) -> tuple[Sample, ...]:
    where = repr(str(request.data))
    everything = load_samples(request.data, request.good_label)
    training = (*of_split(everything, "train"), *of_split(everything, "val"))
    return task.choose(without_copies(training), where)


def _lots(samples: Sequence[Sample], spec: InputSpec, seed: int, *, has_good: bool) -> _Lots:
    """Divide by parts; a val split of the list's own is what is held out."""
    chosen = [sample for sample in samples if sample.split == "val"]
    if chosen:
        groups = {"fit": of_split(samples, "train"), "held_out": tuple(chosen)}
    else:
        groups = split_parts(samples, SHARES, seed)
    count = n_good_parts(groups["held_out"])
    if has_good and count < MIN_GOOD_PARTS:
        raise DataError(
            f"{count} different good parts are held out of {len(samples)} pictures; at least "
            f"{MIN_GOOD_PARTS} are needed to tell what is usual: list pictures of more parts"
        )
    _log.info("reading %d pictures", len(samples))
    held_out = load_set(groups["held_out"], spec)
    chooses, proves = proof_apart(len(held_out.samples), seed)
    return _Lots(
        fit=load_set(groups["fit"], spec),
        held_out=held_out.part_of(chooses),
        proof=held_out.part_of(proves),
    )


def _publish(
    request: TrainingRequest,
    task: Task,
    inputs: TrainingInputs,
    trained: TrainingOutcome,
    lots: _Lots,
) -> Manifest:
    """Convert, choose the threshold, prove, and write source and bundle."""
    spec, parameters, config = inputs.spec, trained.parameters, inputs.config
    chosen = _threshold(trained, inputs)
    _log.info("converting")
    function = task.graph(parameters, spec, inputs.weights)
    conversion = convert(function)
    model = conversion.model
    _log.info("operators before and after folding:\n%s", conversion.operator_table())
    canary = canary_frame_of(lots.held_out, spec)
    draft = Manifest(
        bundle_id="",
        task=config.task,
        name=request.name,
        version="1",
        input=spec,
        outputs=task.outputs,
        labels=inputs.labels,
        threshold=chosen.threshold,
        canary=Canary(
            score=0.0, tolerance=_canary_tolerance(trained, inputs, chosen.threshold.value)
        ),
        opset=OPSET,
        versions=library_versions("tf2onnx", "keras")
        | {"tensorflow": str(tensorflow().__version__)},
        data={"sha256": data_sha256(_all_samples(lots))}
        | {f"n_{role}": len(lot.samples) for role, lot in lots.roles().items()},
        validation={},
        training={
            "backbone": "efficientnet-lite0",
            "config": config.to_toml(),
            "settings": parameters.settings,
            "operators": conversion.operators(),
        },
        files={},
    )
    backend = OrtBackend(draft, model)
    rejection = weakness = None
    if inputs.labels[0] == GOOD:
        rejection = rejection_of(
            trained.held_out_scores,
            np.array([not sample.is_good for sample in inputs.held_out.samples]),
            chosen.threshold.value,
            lots.held_out.tensors,
            backend.run,
        )
        weakness = accepted(rejection, request.accept_weak, _HINT)
    proof = _prove(function, backend, draft, model, lots.proof)
    source = Source(
        task=config.task,
        parameters=parameters,
        model_sha256=proof.model_sha256,
        roles={sha: role for role, lot in lots.roles().items() for sha in lot.sha256s},
    )
    canary_score = backend.infer(preprocess(canary, spec)).score
    manifest = replace(
        draft,
        canary=replace(draft.canary, score=canary_score),
        validation={
            "n_images": proof.n_images,
            "n_flips": proof.n_flips,
            "score_max_relative": proof.relative("score"),
            "doubts": list(chosen.doubts),
            **({} if rejection is None else {"rejects": rejection.as_table()}),
            **(weakness or {}),
        },
    )
    contents = {
        MODEL_FILE: model,
        REPORT_FILE: proof.to_json(),
        CANARY_FILE: encode_png(canary.pixels),
    }
    return seal(manifest, contents, request.out, source)


def _threshold(trained: TrainingOutcome, inputs: TrainingInputs) -> ChosenThreshold:
    is_defect = np.zeros(len(trained.held_out_scores), dtype=np.bool_)
    has_good = inputs.labels[0] == GOOD
    if has_good:  # else none of the classes is a defect
        is_defect = np.array([not sample.is_good for sample in inputs.held_out.samples])
    config = inputs.config
    chosen = choose_threshold(
        trained.held_out_scores,
        is_defect,
        Targets(overkill=config.overkill_at_most, escape=config.escape_at_most),
        trained.region_level,
        has_good=has_good,
    )
    for doubt in chosen.doubts:
        _log.warning("%s", doubt)
    is_good = [sample.is_good or not has_good for sample in inputs.held_out.samples]
    if (plainness := plainness_text(inputs.held_out.tensors[is_good])) is not None:
        _log.warning("%s", plainness)
    return chosen


def _canary_tolerance(trained: TrainingOutcome, inputs: TrainingInputs, threshold: float) -> float:
    """A share of the range of what the canary is one of; what the proof lets pass at least."""
    of_its_kind = [
        score
        for score, sample in zip(trained.held_out_scores, inputs.held_out.samples, strict=True)
        if sample.is_good or inputs.labels[0] != GOOD
    ]
    return max(
        CANARY_TOLERANCE_SHARE * float(np.ptp(of_its_kind)),
        MAX_RELATIVE_DIFFERENCE * abs(threshold),  # our own scores have no offset
    )


def _prove(
    function: Any, backend: OrtBackend, draft: Manifest, model: bytes, proof: LoadedSet
) -> Proof:
    _log.info("comparing TensorFlow and ONNX Runtime on %d unseen pictures", len(proof.samples))
    compared = compare(
        function,
        backend.run,
        proof.tensors,
        proof.sha256s,
        threshold=draft.threshold.value,
        model_sha256=hashlib.sha256(model).hexdigest(),
    )
    shortcoming = compared.shortcoming()
    if shortcoming is not None:
        raise BundleError(
            f"the converted model is not proven to be the one that was trained: {shortcoming}"
        )
    return compared


def _all_samples(lots: _Lots) -> tuple[Sample, ...]:
    return tuple(sample for lot in lots.roles().values() for sample in lot.samples)
