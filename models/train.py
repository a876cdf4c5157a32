"""Trains a model on labelled pictures and seals it, proven, into a bundle."""

import hashlib
import logging
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import (
    Canary,
    InputSpec,
    Manifest,
    Proof,
    QualityLimits,
    Scale,
    Threshold,
)
from inspector.errors import BundleError
from inspector.inference.ort import OrtBackend
from inspector.quality import PictureForm, learnt_limits, quality_of
from inspector.store.images import encode_png
from models.backbones.weights import load_weights
from models.comparing.comparison import MAX_RELATIVE_DIFFERENCE, compare
from models.dataset.blank_masks import without_blank_masks
from models.dataset.hashes import check_unseen, data_sha256, without_copies
from models.dataset.labels import warn_without_good
from models.dataset.painted_lot import painted_lot
from models.dataset.pictures import (
    LoadedSet,
    check_masks,
    check_not_blank,
    first_tiles,
    load_set,
    plainness_text,
)
from models.dataset.reader import PictureList, load_lists
from models.dataset.sample import GOOD, Sample, of_split
from models.dataset.sample_depth import full_light_of
from models.dataset.splits import Division
from models.graphs.convert import OPSET, Conversion, convert
from models.graphs.training_library import tensorflow
from models.measures.painted_escape import cells_as_table, escape_cells
from models.measures.rejection import accepted, rejection_of, stand_ins
from models.measures.threshold import ChosenThreshold, Targets, choose_threshold
from models.publishing.publish import Draft, publish
from models.publishing.sealing import (
    CANARY_TOLERANCE_SHARE,
    canary_frame_of,
    check_place,
    library_versions,
)
from models.publishing.source import Source
from models.tasks.task import Task, TrainingInputs, TrainingOutcome, load_task
from models.training.config import TrainingConfig
from models.training.kept_maps import KeptMaps
from models.training.progress import Listener

_HINT = "list pictures of more parts, or a larger --size where the defects are small"
_MAX_PAINTED = 16  # for the proof
_USUAL_SIZE = 0.8  # of the pictures: then another size is likely a mistake
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRequest:
    """What to train, and where to put it.

    Attributes:
        lists: Of pictures, at least one.
        name: What people will call the model.
        accept_weak: Why a bundle is wanted that should not judge; None: it is not.
        weights_cache: A folder of this user's for the backbone's converted weights; or None.
        version: Of the bundle among those of its name.
        look: Gets the finished bundle before it takes its place; what it raises leaves everything
            as it was. A training that a person ended early is then not shown, and goes on with the
            same call.
        kept_input: The form of the input of the bundle that learns more; see `Task.input_spec`.
        is_newest_first: Of a picture that stands in several lists the first one counts.
    """

    lists: tuple[PictureList, ...]
    out: Path
    name: str
    config: TrainingConfig
    weights_cache: Path | None
    listener: Listener
    accept_weak: str | None = None
    version: str = "1"
    look: Callable[[Path], None] | None = None
    kept_input: InputSpec | None = None
    is_newest_first: bool = False

    @property
    def where(self) -> str:
        """What the pictures come from, for messages."""
        return " and ".join(repr(str(one.path)) for one in self.lists)


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
    """The pictures of the splits train and val, by what they are used for."""

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
        KeyboardInterrupt: A person ended it before there was anything to write.
    """
    check_place(request.out)
    config = request.config
    task = load_task(config.task)
    samples = _samples(request, task)
    kept = request.kept_input
    full_light = kept.max_sample if kept else None
    spec = replace(
        task.input_spec(config, samples, kept),
        max_sample=full_light or full_light_of(samples, config.sample_bits),
    )
    labels = task.labels(samples)
    lots = _lots(task.divide(samples, config.seed), spec)
    check_not_blank(lots.fit.tensors, request.where)
    warn_without_good(labels)
    weights = load_weights(request.weights_cache)
    checkpoint = request.out.with_name(f"{request.out.name}.training")
    inputs = TrainingInputs(
        config=config,
        spec=spec,
        labels=labels,
        fit=lots.fit,
        held_out=lots.held_out,
        weights=weights,
        checkpoint=checkpoint,
        kept_maps=KeptMaps((request.weights_cache or checkpoint) / "maps"),
        listener=request.listener,
    )
    trained = task.learn(inputs)
    if request.look is not None and not trained.is_complete:
        raise KeyboardInterrupt
    manifest = _publish(request, task, inputs, trained, lots)
    if trained.is_complete:  # else the same call goes on where this one was interrupted
        shutil.rmtree(inputs.checkpoint, ignore_errors=True)
    return TrainingResult(manifest=manifest, is_complete=trained.is_complete)


def _samples(request: TrainingRequest, task: Task) -> tuple[Sample, ...]:
    everything = load_lists(request.lists, is_newest_first=request.is_newest_first)
    shown = without_blank_masks((*of_split(everything, "train"), *of_split(everything, "val")))
    training = without_copies(shown)
    check_unseen(training, of_split(everything, "test"))
    return task.choose(training, request.where)


def _lots(division: Division, spec: InputSpec) -> _Lots:
    groups = (division.fit, division.held_out, division.proof)
    _log.info("reading %d pictures", sum(map(len, groups)))
    fit, held_out, proof = (load_set(group, spec) for group in groups)
    for lot in (fit, held_out, proof):
        check_masks(lot)
    _say_odd_sizes((*fit.forms, *held_out.forms, *proof.forms))
    return _Lots(fit=fit, held_out=held_out, proof=proof)


def _say_odd_sizes(forms: Sequence[PictureForm]) -> None:
    """A line refuses pictures of another size only where those learnt from are all of one."""
    ((usual_px, count), *others) = Counter(form.size_px for form in forms).most_common()
    if others and count > _USUAL_SIZE * len(forms):
        odd = ", ".join(f"{width_px} x {height_px}" for (height_px, width_px), _ in others[:3])
        _log.warning(
            "%d of %d pictures are %d x %d px, others %s: a line will take pictures of any size",
            count,
            len(forms),
            usual_px[1],
            usual_px[0],
            odd,
        )


def _publish(
    request: TrainingRequest,
    task: Task,
    inputs: TrainingInputs,
    trained: TrainingOutcome,
    lots: _Lots,
) -> Manifest:
    """Convert, choose the threshold, prove, and write source and bundle."""
    trained, chosen = _at_threshold(task, trained, inputs)
    _log.info("converting")
    function = task.graph(trained.parameters, inputs.spec, inputs.weights)
    conversion = convert(function)
    _log.info("operators before and after folding:\n%s", conversion.operator_table())
    manifest = _manifest(request, task, inputs, trained, chosen.threshold, conversion, lots)
    backend = OrtBackend(manifest, conversion.model)
    rejects = _rejects(request, inputs, trained, manifest, backend)
    proof = _prove(function, backend, manifest, conversion.model, lots.proof)
    draft = Draft(
        manifest=manifest,
        model=conversion.model,
        canary_png=encode_png(canary_frame_of(lots.proof, inputs.spec).pixels),
        proof=proof,
        figures={"doubts": list(chosen.doubts), **rejects},
        source=Source(
            task=request.config.task,
            parameters=trained.parameters,
            model_sha256=proof.model_sha256,
            roles={sha: role for role, lot in lots.roles().items() for sha in lot.sha256s},
            lists=request.lists,
        ),
    )
    return publish(draft, request.out, request.look)


def _manifest(
    request: TrainingRequest,
    task: Task,
    inputs: TrainingInputs,
    trained: TrainingOutcome,
    threshold: Threshold,
    conversion: Conversion,
    lots: _Lots,
) -> Manifest:
    return Manifest(
        bundle_id="",
        task=request.config.task,
        name=request.name,
        version=request.version,
        input=inputs.spec,
        outputs=task.outputs(trained.parameters),
        labels=inputs.labels,
        threshold=threshold,
        canary=Canary(
            score=0.0, tolerance=_canary_tolerance(trained, inputs.labels, threshold.value)
        ),
        opset=OPSET,
        versions=library_versions("tf2onnx", "keras")
        | {"tensorflow": str(tensorflow().__version__)},
        data={"sha256": data_sha256(_all_samples(lots))}
        | {f"n_{role}": len(lot.samples) for role, lot in lots.roles().items()},
        validation={},
        training={
            "backbone": "efficientnet-lite0",
            "config": request.config.to_toml(),
            "settings": trained.parameters.settings,
            "operators": conversion.operators(),
        },
        files={},
        quality=_quality(inputs),
    )


def _quality(inputs: TrainingInputs) -> QualityLimits:
    """Around the good pictures; around all of them where none is called good."""
    has_good = inputs.labels[0] == GOOD
    fit = inputs.fit
    figures = [
        quality_of(fit.tensors[fit.pictures == place])
        for place, sample in enumerate(fit.samples)
        if sample.is_good or not has_good
    ]
    return learnt_limits(figures, (*inputs.fit.forms, *inputs.held_out.forms))


def _rejects(
    request: TrainingRequest,
    inputs: TrainingInputs,
    trained: TrainingOutcome,
    manifest: Manifest,
    backend: OrtBackend,
) -> Mapping[str, object]:
    """What the bundle rejects and passes, of real and of painted defects, for its manifest.

    Raises:
        BundleError: It should not judge, and nobody said why it is wanted.
    """
    if inputs.labels[0] != GOOD:
        return {}
    is_defect = np.array([not sample.is_good for sample in trained.judged])
    threshold, painted = manifest.threshold.value, trained.painted
    if painted is None:
        held_out = inputs.held_out
        shows_defect = np.array([not sample.is_good for sample in held_out.samples])
        painted = stand_ins(shows_defect, held_out.tensors[held_out.is_good], backend.run)
    rejection = rejection_of(trained.scores, is_defect, threshold, painted)
    said = accepted(rejection, request.accept_weak, _HINT)
    if painted is None:
        return said
    return {**said, "painted": cells_as_table(escape_cells(painted, threshold))}


def _at_threshold(
    task: Task, trained: TrainingOutcome, inputs: TrainingInputs
) -> tuple[TrainingOutcome, ChosenThreshold]:
    """The outcome and its threshold, which is 1 where scores have no unit of their own."""
    has_good = inputs.labels[0] == GOOD
    chosen = choose_threshold(
        trained.scores,
        np.array([has_good and not sample.is_good for sample in trained.judged], np.bool_),
        Targets(overkill=inputs.config.overkill_at_most, escape=inputs.config.escape_at_most),
        trained.region_level,
        has_good=has_good,
        are_distances=trained.are_distances,
        are_chances=trained.are_chances,
    )
    chosen = replace(
        chosen,
        threshold=replace(
            chosen.threshold, scale=_scale_of(trained), faint_level=trained.faint_level
        ),
        doubts=(*trained.doubts, *chosen.doubts),
    )
    for doubt in chosen.doubts:
        _log.warning("%s", doubt)
    if (plainness := plainness_text(_comparable(inputs.fit, has_good=has_good))) is not None:
        _log.warning("%s", plainness)
    if not trained.are_distances:
        return trained, chosen
    scaled = task.scaled(trained, chosen.threshold.value)
    return scaled, replace(chosen, threshold=replace(chosen.threshold, value=1.0))


def _comparable(loaded: LoadedSet, *, has_good: bool) -> NDArray[np.uint8]:
    """The same place of each good picture: of all where none of the classes is called good."""
    firsts = first_tiles(loaded.pictures)
    return loaded.tensors[firsts[loaded.is_good[firsts]] if has_good else firsts]


def _scale_of(trained: TrainingOutcome) -> Scale | None:
    if trained.are_distances:
        return "distance"
    return "chance" if trained.are_chances else None


def _canary_tolerance(trained: TrainingOutcome, labels: Sequence[str], threshold: float) -> float:
    """A share of the range of what the canary is one of; what the proof lets pass at least."""
    of_its_kind = [
        score
        for score, sample in zip(trained.scores, trained.judged, strict=True)
        if sample.is_good or labels[0] != GOOD
    ]
    return max(
        CANARY_TOLERANCE_SHARE * float(np.ptp(of_its_kind)),
        MAX_RELATIVE_DIFFERENCE * abs(threshold),  # our own scores have no offset
    )


def _prove(
    function: Any, backend: OrtBackend, draft: Manifest, model: bytes, proof: LoadedSet
) -> Proof:
    """Compare both on pictures that nothing was chosen by; without a real defect, on painted ones.

    A converted model that can only pass would agree on good parts.
    """
    tensors, pictures = proof.tensors, proof.pictures
    if draft.labels[0] == GOOD and all(sample.is_good for sample in proof.samples):
        rng = np.random.Generator(np.random.PCG64(0))
        painted = painted_lot(tensors, _MAX_PAINTED, rng).tensors
        tensors = np.concatenate([tensors, painted])
        places = np.arange(len(proof.samples), len(proof.samples) + len(painted))
        pictures = np.concatenate([pictures, places])
    n_compared = len(proof.samples) + len(tensors) - len(proof.tensors)
    _log.info("comparing TensorFlow and ONNX Runtime on %d unseen pictures", n_compared)
    compared = compare(
        function,
        backend.run,
        tensors,
        proof.sha256s,
        pictures=pictures,
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
