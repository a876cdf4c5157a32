"""Task `anomaly`: learns what good parts look like and measures how far a picture is from that.

Where the list has defects enough, it learns from these too, and the score is their chance; see
`models.tasks.mixed`. Everything from the pixels to score and heat map is one TensorFlow graph.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import InputSpec
from inspector.errors import ConfigurationError, DataError
from inspector.files.tables import Table
from models.backbones.weights import Weights
from models.dataset.labels import label_counts_text
from models.dataset.sample import GOOD, Sample, of_split
from models.dataset.splits import (
    N_FOLDS,
    SHARES,
    Division,
    places_in,
    proof_apart,
    split_parts,
    with_enough_parts,
)
from models.graphs.training_library import tensorflow
from models.measures.threshold import DEFAULT_OVERKILL, log_normal_limit
from models.memory import judging
from models.memory.doubts import doubts_of
from models.memory.folds import GoodPictures, cross_validated
from models.memory.learning import (
    BANK_SIZE,
    MAX_PATCHES,
    along_main_drift,
    judged,
    learn_memory,
)
from models.memory.memory import Floats, memory_of
from models.memory.resizing import in_size
from models.memory.taps import STRIDES, Tapper, joined, network, strides_for
from models.tasks.mixed import (
    divided,
    is_mixed,
    learn_mixed,
    mixed_graph,
    mixed_in_size,
    mixed_input_spec,
    mixed_outputs,
)
from models.tasks.task import TrainedParameters, TrainingInputs, TrainingOutcome
from models.training.config import TrainingConfig

STANDARD_SIDE_PX = 320
MIN_DEFECTS = 6  # in the train split; of fewer a network would learn chance
MIN_GOOD = 20  # pictures; below that neither a threshold nor a proof can be had
_PROOF_SHARE = 0.05  # of the good pictures, for the proof alone
_log = logging.getLogger(__name__)


_OUTPUTS: Mapping[str, str] = {
    "score": "how far it is from good parts; rejected above 1, higher is worse",
    "heatmap": "the same at each pixel of the input",
}


class Anomaly:
    """The task; see `models.tasks.task.Task`."""

    def outputs(self, parameters: TrainedParameters) -> Mapping[str, str]:
        """See `Task.outputs`."""
        if is_mixed(parameters.settings):
            return mixed_outputs(parameters.settings)
        return _OUTPUTS

    def choose(self, samples: Sequence[Sample], where: str) -> tuple[Sample, ...]:
        """See `Task.choose`: all of them, if enough are good."""
        n_good = sum(sample.is_good for sample in of_split(samples, "train"))
        if n_good < MIN_GOOD:
            hint = "" if n_good else "; where another label means free of defects, say --good-label"
            raise DataError(
                f"{where}: good pictures in the train split: {n_good}; at least {MIN_GOOD} are "
                f"needed, hundreds are better (in train and val: "
                f"{label_counts_text(samples) or 'none'}){hint}"
            )
        n_defects = len(_defects(samples))
        if 0 < n_defects < MIN_DEFECTS:
            _log.warning(
                "%s: defects in the train split: %d; from %d on they are learnt from, these only "
                "tell how the model does",
                where,
                n_defects,
                MIN_DEFECTS,
            )
        return tuple(samples)

    def divide(self, samples: Sequence[Sample], seed: int) -> Division:
        """See `Task.divide`: of the good pictures most are remembered; others tell what is usual.

        Those others are held out, and all that is not learnt from: defects, and the val split.
        With defects enough, all of the train split is learnt from.
        """
        if len(_defects(samples)) >= MIN_DEFECTS:
            return divided(samples, seed)
        good = [sample for sample in samples if _is_learnt_from(sample)]
        fits, proves = proof_apart(len(good), seed, _PROOF_SHARE)
        learnt = with_enough_parts([good[place] for place in fits], N_FOLDS)
        remembered, others = places_in(learnt, split_parts(learnt, SHARES, seed))
        return Division(
            fit=tuple(good[fits[place]] for place in remembered),
            held_out=(
                *(good[fits[place]] for place in others),
                *(sample for sample in samples if not _is_learnt_from(sample)),
            ),
            proof=tuple(good[place] for place in proves),
        )

    def labels(self, _samples: Sequence[Sample]) -> tuple[str, ...]:
        """See `Task.labels`."""
        return (GOOD, "defect")

    def input_spec(
        self, config: TrainingConfig, samples: Sequence[Sample], kept: InputSpec | None
    ) -> InputSpec:
        """See `Task.input_spec`."""
        if len(_defects(samples)) >= MIN_DEFECTS:
            return mixed_input_spec(config, samples, kept)
        if kept is not None and not kept.is_in_tiles:  # which are for marked defects
            return kept
        return InputSpec(
            height_px=config.height_px or STANDARD_SIDE_PX,
            width_px=config.width_px or STANDARD_SIDE_PX,
            color="rgb",
            resize="stretch",
        )

    def learn(self, inputs: TrainingInputs) -> TrainingOutcome:
        """See `Task.learn`: every picture is judged by what was learnt without its part."""
        if any(not sample.is_good for sample in inputs.fit.samples):
            return learn_mixed(inputs)
        if inputs.config.epochs is not None:
            raise ConfigurationError(
                f"epochs: with fewer than {MIN_DEFECTS} defects each picture is looked at once; "
                "leave it out, or list more defects in the train split"
            )
        bank_size, seed = _bank_size(inputs.config.hyperparameters), inputs.config.seed
        fit, held_out = inputs.fit, inputs.held_out
        n_others = sum(map(_is_learnt_from, held_out.samples))
        _log.info("describing %d pictures", len(fit.samples) + len(held_out.samples))
        size_px = inputs.spec.height_px, inputs.spec.width_px
        tapper = Tapper(inputs.weights, strides_for(size_px))
        remembered, others = tapper.taps(fit.tensors), tapper.taps(held_out.tensors)
        usual = others.some(range(n_others))
        samples = (*fit.samples, *held_out.samples[:n_others])
        good = GoodPictures(
            samples=with_enough_parts(samples, N_FOLDS),
            pixels=(*fit.tensors, *held_out.tensors[:n_others]),
            taps=joined([remembered, usual]),
        )
        folds = cross_validated(good, tapper, bank_size, seed)
        rng = np.random.Generator(np.random.PCG64(seed))
        memory = learn_memory(remembered, usual, bank_size, rng)
        overkill = inputs.config.overkill_at_most or DEFAULT_OVERKILL
        heat_limit = log_normal_limit(folds.peaks.astype(np.float64), overkill)
        memory = replace(memory, heat_limit=np.array(heat_limit, np.float32))
        scores = folds.scores
        if n_others < len(others):
            unlearnt = others.some(range(n_others, len(others)))
            scores = np.concatenate([scores, judged(unlearnt, memory)[0]])
        return TrainingOutcome(
            parameters=TrainedParameters(
                settings={"bank_size": bank_size}, arrays=memory.to_arrays()
            ),
            judged=(*fit.samples, *held_out.samples),
            scores=scores,
            painted=folds.painted,
            are_distances=True,
            doubts=doubts_of(
                samples, folds.scores, along_main_drift(good.taps), _brightness(good.pixels)
            ),
        )

    def scaled(self, outcome: TrainingOutcome, threshold: float) -> TrainingOutcome:
        """See `Task.scaled`: the graph scores 1 where it scored the threshold."""
        arrays = dict(outcome.parameters.arrays)
        arrays["log_limit"] = arrays["log_limit"] + np.float32(np.log(threshold))
        painted = outcome.painted
        return replace(
            outcome,
            parameters=replace(outcome.parameters, arrays=arrays),
            scores=(outcome.scores / threshold).astype(np.float32),
            painted=painted and replace(painted, scores=painted.scores / np.float32(threshold)),
        )

    def in_size(self, parameters: TrainedParameters, spec: InputSpec) -> TrainedParameters:
        """See `Task.in_size`: as many banks as that size has, with values for all its places."""
        if is_mixed(parameters.settings):
            return mixed_in_size(parameters, spec)
        memory = in_size(memory_of(parameters.arrays), (spec.height_px, spec.width_px))
        return replace(parameters, arrays=memory.to_arrays())

    def graph(self, parameters: TrainedParameters, spec: InputSpec, weights: Weights) -> Any:
        """See `Task.graph`."""
        if is_mixed(parameters.settings):
            return mixed_graph(parameters, spec, weights)
        tf = tensorflow()
        memory = memory_of(parameters.arrays)
        backbone = network(weights, STRIDES[: len(memory.banks)])
        size_px = spec.height_px, spec.width_px

        def judge(pixels: Any) -> dict[str, Any]:
            return judging.judge(tf, backbone(tf.cast(pixels, tf.float32)), memory, size_px)

        signature = tf.TensorSpec([None, *size_px, 3], tf.uint8, name="pixels")
        return tf.function(judge, input_signature=[signature], autograph=False)


TASK = Anomaly()


def _defects(samples: Sequence[Sample]) -> list[Sample]:
    """Of the train split; those of the val split only tell how the model does."""
    return [sample for sample in samples if sample.split == "train" and not sample.is_good]


def _is_learnt_from(sample: Sample) -> bool:
    return sample.is_good and sample.split == "train"


def _brightness(pictures: Sequence[NDArray[np.uint8]]) -> Floats:
    return np.array([picture.mean() for picture in pictures], np.float32)


def _bank_size(hyperparameters: Mapping[str, object]) -> int:
    table = Table(hyperparameters, "hyperparameters of the task anomaly", ConfigurationError)
    size = table.optional_integer("bank_size", low=1, high=MAX_PATCHES)
    table.close()
    return BANK_SIZE if size is None else size
