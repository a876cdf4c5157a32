"""What the tasks share that learn from good parts and marked defects together.

See `models.marked`; here it meets the pictures of a list and the graph that the line runs.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import InputSpec
from inspector.clock import SystemClock
from inspector.errors import ConfigurationError, DataError
from inspector.files.tables import Table, canonical_json
from models.backbones.weights import Weights
from models.dataset.hashes import data_sha256
from models.dataset.pictures import worst_tiles
from models.dataset.sample import GOOD, Sample, of_split
from models.dataset.splits import Division, fold_places, proof_apart, with_enough_parts
from models.graphs.running import run_graph
from models.graphs.training_library import tensorflow
from models.marked.combining import combination_in
from models.marked.fitting import MarkedSettings
from models.marked.learning import (
    N_FOLDS,
    MarkedInputs,
    MarkedOutcome,
    learn_marked,
)
from models.marked.likely import with_likely_tiles
from models.marked.network import LOW_STRIDES, Logits, network_of
from models.marked.pictures import MarkedPictures, marked_pictures
from models.marked.sizes import finer_of, input_for
from models.marked.unexplained import unexplained
from models.memory import judging
from models.memory.learning import MAX_PATCHES
from models.memory.memory import memory_of
from models.memory.resizing import in_size
from models.memory.taps import STRIDES
from models.tasks.task import TrainedParameters, TrainingInputs, TrainingOutcome
from models.training.config import TrainingConfig

PROOF_SHARE = 0.05  # of the good pictures and of the defects, for the proof alone
_ARCHITECTURE = 4  # another network or another way to fit it: no state of the one before fits
_DEFECT, _UNSEEN = "defect", "defect without an outline"
MIN_TAUGHT = 6  # defects: two for each fold
MAX_KINDS = 250  # a cell's kind is one byte
_BANK_SIZE = 1000  # half of what a memory alone has: it has less to say, and time is short
_SPARED = 20  # defects: of fewer, each is needed to learn from
_N_EXAMPLES = 3
_SUSPECT = 0.95  # so sure is the model of a defect on a picture that is called good

_log = logging.getLogger(__name__)

_SCORE = (
    "chance that the part is defective if good and defective ones came equally often; higher is "
    "worse"
)
_KIND_OUTPUTS: Mapping[str, str] = {
    "probabilities": "of each label: the score, divided among the kinds of defects",
    "class_map": "of each kind of defect, where there is one",
    "unexplained": "how unusual the part is far from every defect that was marked; of a tile, how "
    "unusual each place is, and the line sees what is marked near it; good parts seldom exceed 1",
}


def mixed_outputs(settings: Mapping[str, object]) -> Mapping[str, str]:
    """See `Task.outputs`, for parameters with these settings."""
    heatmap = "chance that a pixel shows a defect of the kinds that were marked"
    if not settings["has_outlines"]:
        heatmap = "how far each pixel is from good parts, which seldom exceed 1"
    outputs = {"score": _SCORE, "heatmap": heatmap}
    return {**outputs, **_KIND_OUTPUTS} if settings["names_kinds"] else outputs


def divided(samples: Sequence[Sample], seed: int) -> Division:
    """All of the train split is learnt from but for the proof's; the val split is held out.

    Few defects are all learnt from: the proof then compares on painted ones.
    """
    training = of_split(samples, "train")
    proof: set[int] = set()
    for is_good in (True, False):
        places = [place for place, one in enumerate(training) if one.is_good is is_good]
        if len(places) >= _SPARED:
            _, proves = proof_apart(len(places), seed, PROOF_SHARE)
            proof |= {places[index] for index in proves}
    return Division(
        fit=tuple(one for place, one in enumerate(training) if place not in proof),
        held_out=of_split(samples, "val"),
        proof=tuple(training[place] for place in sorted(proof)),
    )


def mixed_input_spec(
    config: TrainingConfig, samples: Sequence[Sample], kept: InputSpec | None
) -> InputSpec:
    """See `Task.input_spec`: by how large the defects are."""
    if config.height_px is not None and config.width_px is not None:
        return InputSpec(
            height_px=config.height_px, width_px=config.width_px, color="rgb", resize="stretch"
        )
    return finer_of(kept, input_for(of_split(samples, "train")))


def learn_mixed(inputs: TrainingInputs, kinds: tuple[str, ...] = ()) -> TrainingOutcome:
    """See `Task.learn`.

    Args:
        kinds: Of defects that the finished graph tells apart; empty: all are one.
    """
    settings, bank_size = _settings(inputs.config)
    seed = inputs.config.seed
    pictures = with_likely_tiles(
        marked_pictures(inputs.fit, inputs.spec, kinds, seed), inputs.weights, bank_size, seed
    )
    samples, part_doubts = _foldable(
        inputs.fit.samples, seed, _teaching(inputs.fit.samples, pictures)
    )
    outcome = learn_marked(
        MarkedInputs(
            samples=samples,
            pictures=pictures,
            n_kinds=max(1, len(kinds)),
            weights=inputs.weights,
            settings=settings,
            bank_size=bank_size,
            augmentation=inputs.config.augmentation,
            seed=seed,
            folder=inputs.checkpoint,
            kept_maps=inputs.kept_maps,
            identity=_identity(inputs, settings, bank_size),
            clock=SystemClock(),
            listener=inputs.listener,
        )
    )
    parameters = _parameters(outcome, settings, bank_size, kinds, pictures)
    judged = tuple(inputs.fit.samples[place] for place in outcome.judged)
    scores = outcome.chances
    if inputs.held_out.samples:
        graph = mixed_graph(parameters, inputs.spec, inputs.weights)
        held_out = run_graph(graph, inputs.held_out.tensors, ("score",))["score"]
        scores = np.concatenate([scores, worst_tiles(held_out, inputs.held_out.pictures)])
    return TrainingOutcome(
        parameters=parameters,
        judged=(*judged, *inputs.held_out.samples),
        scores=scores,
        painted=outcome.painted,
        region_level=outcome.region_level,
        faint_level=outcome.faint_level,
        are_chances=True,
        doubts=(*part_doubts, *_doubts(judged, outcome.chances)),
        is_complete=outcome.is_complete,
    )


def is_mixed(settings: Mapping[str, object]) -> bool:
    """Whether parameters with these settings were learnt here, and not from good parts alone."""
    return "n_kinds" in settings


def mixed_in_size(parameters: TrainedParameters, spec: InputSpec) -> TrainedParameters:
    """See `Task.in_size`."""
    memory = memory_of(parameters.arrays)
    remembered = memory.to_arrays()  # all of them go: a smaller picture has fewer banks
    others = {name: values for name, values in parameters.arrays.items() if name not in remembered}
    resized = in_size(memory, (spec.height_px, spec.width_px))
    return replace(parameters, arrays={**others, **resized.to_arrays()})


def mixed_graph(parameters: TrainedParameters, spec: InputSpec, weights: Weights) -> Any:
    """See `Task.graph`."""
    from models.backbones.efficientnet_lite0 import trunk

    tf = tensorflow()
    table = Table(parameters.settings, "parameters of marked defects", DataError)
    memory = memory_of(parameters.arrays)
    network = network_of(parameters.arrays, table.integer("n_kinds", low=1, high=MAX_KINDS))
    names_kinds, has_outlines = table.boolean("names_kinds"), table.boolean("has_outlines")
    combination = combination_in(parameters.arrays["combination"])
    mask_strides = len(LOW_STRIDES) - 1  # the memory shares the last of the low maps
    strides = (*LOW_STRIDES, *STRIDES[1 : len(memory.banks)])
    backbone = trunk(weights, strides)
    size_px = spec.height_px, spec.width_px

    def judge(pixels: Any) -> dict[str, Any]:
        maps = backbone(tf.cast(pixels, tf.float32))
        logits = network(*maps[: len(LOW_STRIDES)])
        found = judging.evidence(tf, maps[mask_strides:], memory)
        score = combination.chance(tf, logits.image, found.log_score)
        mask = tf.sigmoid(logits.mask)
        if not has_outlines:  # the network was never shown where
            return {"score": score, "heatmap": judging.enlarged(tf, found.heat, size_px)}
        if not names_kinds:
            return {"score": score, "heatmap": judging.enlarged(tf, mask, size_px)}
        heat = judging.enlarged(tf, found.heat, mask.shape[1:])
        return {
            "score": score,
            "heatmap": judging.enlarged(tf, mask, size_px),
            "unexplained": heat if spec.is_in_tiles else unexplained(tf, mask, heat),
            **_kinds(tf, logits, score[:, None], mask),
        }

    signature = tf.TensorSpec([None, *size_px, 3], tf.uint8, name="pixels")
    return tf.function(judge, input_signature=[signature], autograph=False)


def _kinds(tf: Any, logits: Logits, score: Any, mask: Any) -> dict[str, Any]:
    """Of pictures and of places."""
    kinds, kind_map = tf.ones_like(score), mask[..., None]
    if logits.kinds.shape[-1]:  # else there is one kind alone
        kinds, kind_map = tf.nn.softmax(logits.kinds), tf.nn.softmax(logits.kind_map)
    return {"probabilities": tf.concat([1.0 - score, score * kinds], 1), "class_map": kind_map}


def _teaching(samples: Sequence[Sample], pictures: MarkedPictures) -> tuple[bool, ...]:
    """Of each picture: whether anything is learnt from it.

    Raises:
        DataError: Too few defects are outlined so that a tile shows them.
    """
    taught = set(pictures.pictures[pictures.learnt].tolist())
    n_defects = sum(not sample.is_good for sample in samples)
    n_taught = sum(not samples[place].is_good for place in taught)
    if n_taught < min(MIN_TAUGHT, n_defects):
        raise DataError(
            f"defects whose outline is seen in a tile: {n_taught} of {n_defects}; at least "
            f"{MIN_TAUGHT} are needed: outline more, or say height_px and width_px in a --config "
            "to have pictures judged whole"
        )
    return tuple(place in taught for place in range(len(samples)))


def _foldable(
    samples: tuple[Sample, ...], seed: int, teaching: Sequence[bool]
) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    """The same in parts of which every fold has defects and good ones, and what is to be doubted.

    Every fold should have its share of each kind; where that leaves one without a defect, as it
    does with rare kinds, the kinds are taken for one. Where the parts are too few even then, each
    picture is called a part of its own.

    Args:
        teaching: Of each picture, whether something is learnt from it: the others do not count.
    """
    merged = tuple(replace(one, label=GOOD if one.is_good else _DEFECT) for one in samples)
    n_parts = len({sample.part for sample in samples})
    for candidate in (samples, merged):
        if n_parts >= N_FOLDS and all(
            {candidate[place].is_good for place in fold if teaching[place]} == {True, False}
            for fold in fold_places(candidate, seed, N_FOLDS)
        ):
            return candidate, ()
    doubt = (
        f"the pictures show too few different parts with defects, of {n_parts}: pictures were "
        "judged by others of their own part, so the figures flatter; list more parts"
    )
    # Dealt like one more kind, what teaches nothing cannot fill a fold by itself.
    apart = tuple(
        one if teaches or one.is_good else replace(one, label=_UNSEEN)
        for one, teaches in zip(merged, teaching, strict=True)
    )
    return with_enough_parts(apart, len(apart)), (doubt,)


def _settings(config: TrainingConfig) -> tuple[MarkedSettings, int]:
    table = Table(
        config.hyperparameters, f"hyperparameters of the task {config.task}", ConfigurationError
    )
    standard = MarkedSettings()
    bank_size = table.optional_integer("bank_size", low=1, high=MAX_PATCHES)
    head_rate = table.optional_number("head_rate", low=1e-6, high=1.0)
    middle_rate = table.optional_number("middle_rate", low=0.0, high=1.0)
    table.close()
    return MarkedSettings(
        n_rounds=config.epochs or standard.n_rounds,
        head_rate=standard.head_rate if head_rate is None else head_rate,
        middle_rate=standard.middle_rate if middle_rate is None else middle_rate,
    ), _BANK_SIZE if bank_size is None else bank_size


def _parameters(
    outcome: MarkedOutcome,
    settings: MarkedSettings,
    bank_size: int,
    kinds: tuple[str, ...],
    pictures: MarkedPictures,
) -> TrainedParameters:
    return TrainedParameters(
        settings={
            **asdict(settings),
            "bank_size": bank_size,
            "n_kinds": max(1, len(kinds)),
            "names_kinds": bool(kinds),
            "has_outlines": bool(pictures.label_maps.any()),
        },
        arrays={
            **outcome.network,
            **outcome.memory.to_arrays(),
            "combination": outcome.combination.to_array(),
        },
    )


def _doubts(judged: Sequence[Sample], chances: NDArray[np.float32]) -> tuple[str, ...]:
    """Good pictures that look like defects to what never saw them."""
    suspects = [
        (float(chance), sample.name)
        for sample, chance in zip(judged, chances, strict=True)
        if sample.is_good and chance > _SUSPECT
    ]
    if not suspects:
        return ()
    named = ", ".join(
        f"{name!r} ({chance:.2f})" for chance, name in sorted(suspects, reverse=True)[:_N_EXAMPLES]
    )
    text = (
        f"pictures that are called good and look defective: {len(suspects)}, by their chance: "
        f"{named}. Are they good?"
    )
    return (text,)


def _identity(inputs: TrainingInputs, settings: MarkedSettings, bank_size: int) -> str:
    """A hash over all that the training depends on."""
    table = {
        "config": inputs.config.to_toml(),
        "architecture": _ARCHITECTURE,
        "order": list(inputs.fit.sha256s),
        "input": asdict(inputs.spec),
        "settings": asdict(settings),
        "bank_size": bank_size,
        "labels": list(inputs.labels),
        "data": data_sha256(inputs.fit.samples),
    }
    return hashlib.sha256(canonical_json(table)).hexdigest()
