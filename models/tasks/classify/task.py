"""Task `classify`: tells which of several classes a picture shows, and when it shows none of them.

A network that was trained on everyday photographs is fine-tuned from stride 8 on; what lies below
stays, and is worked out once. Its probabilities are calibrated on parts it did not learn from.
Beside the classes stands `unknown`: the distance of a picture's description to that of the nearest
class, over what is usual among parts of that class (K. Lee et al., "A Simple Unified Framework for
Detecting Out-of-Distribution Samples", 2018).

Where one class is called `good`, the score is the probability that the part is not; where none is,
the parts are only sorted, and the score is that distance.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import InputSpec
from inspector.clock import SystemClock
from inspector.errors import ConfigurationError, DataError
from inspector.files.tables import Table, canonical_json
from models.backbones.weights import Weights
from models.dataset.pictures import LoadedSet
from models.dataset.sample import GOOD, Sample, of_split
from models.dataset.splits import (
    MIN_GOOD_PARTS,
    SHARES,
    Division,
    n_good_parts,
    proof_apart,
    split_parts,
)
from models.graphs.running import in_batches, run_graph
from models.graphs.training_library import tensorflow
from models.tasks.classify.network import LOW_STRIDE, ClassNetwork, network_of, varied_maps
from models.tasks.task import TrainedParameters, TrainingInputs, TrainingOutcome
from models.training.checkpoint import Checkpoint
from models.training.config import TrainingConfig
from models.training.dealing import dealt
from models.training.low_maps import LowMapper
from models.training.one_cycle import Batch, Group, OneCycle, Plan
from models.training.progress import Workload
from models.training.temperature import fit_temperature

UNKNOWN = "unknown"
STANDARD_SIDE_PX = 224  # what the backbone was trained at
MIN_PER_CLASS = 4  # different parts; some of them are held out
_ARCHITECTURE = 2  # another network or another way to fit it: no state of the one before fits
_BATCH = 16
_MIN_BATCHES, _MAX_BATCHES = 12, 150  # of a round
_HEAD_RATE, _TRUNK_RATE = 2e-3, 3e-4
_SMOOTHING = 0.1  # of the truth: so sure is nobody
_SHRINKAGE = 0.05  # of the covariance towards its mean variance; keeps it invertible
_USUAL_QUANTILE = 0.99
# A description is as likely of no class as of one when it is so many times farther than is usual.
_EVEN_AT, _STEEPNESS = 1.3, 8.0

_log = logging.getLogger(__name__)

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifySettings:
    """How to learn.

    Attributes:
        epochs: Rounds over the pictures.
        head_rate, trunk_rate: Learning rates of what is new and of the backbone.
    """

    epochs: int = 6
    head_rate: float = _HEAD_RATE
    trunk_rate: float = _TRUNK_RATE


_OUTPUTS: Mapping[str, str] = {
    "score": "probability that the part is not good; without a class 'good', the distance from "
    "the nearest class over what is usual; higher is worse",
    "probabilities": "of each label, 0..1, calibrated on held-out parts",
}


class Classify:
    """The task; see `models.tasks.task.Task`."""

    def outputs(self, _parameters: TrainedParameters) -> Mapping[str, str]:
        """See `Task.outputs`."""
        return _OUTPUTS

    def choose(self, samples: Sequence[Sample], where: str) -> tuple[Sample, ...]:
        """See `Task.choose`: all of them."""
        learnt = of_split(samples, "train")
        parts = {label: {s.part for s in learnt if s.label == label} for label in _names(samples)}
        if (n_classes := len(_names(learnt))) < 2:
            raise DataError(
                f"{where}: the train split has {n_classes} classes; at least two are needed to "
                "tell them apart (for good parts alone there is the task anomaly)"
            )
        for sample in samples:
            if len(sample.kinds) > 1:
                raise DataError(
                    f"{where}: {sample.name!r} shows {' and '.join(map(repr, sample.kinds))}; this "
                    "task gives a picture one name: list it once, or take the task segment"
                )
        if UNKNOWN in parts:
            raise DataError(
                f"{where}: a class is called {UNKNOWN!r}; the model gives that name to what it "
                "does not know: give the class another name"
            )
        for label, names in parts.items():
            if len(names) < MIN_PER_CLASS:
                raise DataError(
                    f"{where}: class {label!r} has {len(names)} different parts in the train split;"
                    f" at least {MIN_PER_CLASS} are needed, dozens are better"
                )
        return tuple(samples)

    def divide(self, samples: Sequence[Sample], seed: int) -> Division:
        """See `Task.divide`: the val split is held out; else a share of the parts is."""
        held_out = of_split(samples, "val")
        fit = of_split(samples, "train")
        if not held_out:
            groups = split_parts(samples, SHARES, seed)
            fit, held_out = groups["fit"], groups["held_out"]
        chooses, proves = proof_apart(len(held_out), seed)
        n_parts = n_good_parts(held_out[place] for place in chooses)
        if GOOD in {sample.label for sample in samples} and n_parts < MIN_GOOD_PARTS:
            raise DataError(
                f"{n_parts} different good parts are held out of {len(samples)} pictures, beside "
                f"those of the proof; at least {MIN_GOOD_PARTS} are needed to choose a threshold: "
                "list pictures of more parts"
            )
        return Division(
            fit=fit,
            held_out=tuple(held_out[place] for place in chooses),
            proof=tuple(held_out[place] for place in proves),
        )

    def labels(self, samples: Sequence[Sample]) -> tuple[str, ...]:
        """See `Task.labels`: `good` first if there is one, `unknown` last."""
        return (*_names(samples), UNKNOWN)

    def input_spec(
        self, config: TrainingConfig, _samples: Sequence[Sample], kept: InputSpec | None
    ) -> InputSpec:
        """See `Task.input_spec`."""
        return kept or InputSpec(
            height_px=config.height_px or STANDARD_SIDE_PX,
            width_px=config.width_px or STANDARD_SIDE_PX,
            color="rgb",
            resize="stretch",
        )

    def learn(self, inputs: TrainingInputs) -> TrainingOutcome:
        """See `Task.learn`."""
        settings = _settings(inputs.config)
        n_classes = len(inputs.labels) - 1
        truth, held_out_truth = (
            _truth(lot, inputs.labels) for lot in (inputs.fit, inputs.held_out)
        )
        if len(set(held_out_truth)) < 2:
            raise DataError(
                "all held-out pictures show one class; list pictures of more parts, or name "
                "val splits that hold every class"
            )
        network = ClassNetwork(inputs.weights, n_classes, inputs.config.seed)
        _log.info("describing %d pictures", len(truth))
        low = LowMapper(inputs.weights, (LOW_STRIDE,))
        maps = varied_maps(low, inputs.fit.tensors, inputs.config.augmentation, inputs.kept_maps)
        plan = Plan(n_rounds=settings.epochs, n_batches=_n_batches_for(len(truth)))
        cycle = OneCycle(
            network.model,
            [
                Group(variables=network.head.trainable_variables, rate=settings.head_rate),
                Group(variables=network.upper.trainable_variables, rate=settings.trunk_rate),
            ],
            _loss(network, truth, n_classes),
        )
        is_complete = cycle.fit(
            lambda number: _batches(maps, truth, [inputs.config.seed, number], plan.n_batches),
            plan,
            Checkpoint(inputs.checkpoint, _identity(inputs, settings)),
            Workload([plan.n_batches], plan.n_rounds, SystemClock(), inputs.listener),
        )
        _, described = _run(network, maps[0])
        logits, held_out = _run(network, low.maps(inputs.held_out.tensors)[0])
        parameters = _parameters(
            network,
            (described, truth),
            (logits, held_out, held_out_truth),
            settings,
            inputs.labels,
        )
        graph = self.graph(parameters, inputs.spec, inputs.weights)
        return TrainingOutcome(
            parameters=parameters,
            judged=inputs.held_out.samples,
            scores=run_graph(graph, inputs.held_out.tensors)["score"],
            is_complete=is_complete,
        )

    def scaled(self, outcome: TrainingOutcome, _threshold: float) -> TrainingOutcome:
        """See `Task.scaled`: a probability stays one."""
        return outcome

    def in_size(self, parameters: TrainedParameters, _spec: InputSpec) -> TrainedParameters:
        """See `Task.in_size`: none of them depends on it."""
        return parameters

    def graph(self, parameters: TrainedParameters, spec: InputSpec, weights: Weights) -> Any:
        """See `Task.graph`."""
        from models.backbones.efficientnet_lite0 import trunk

        tf = tensorflow()
        # Parameters of earlier releases hold all of the backbone, what is below stride 8 tuned too.
        arrays = {**weights, **parameters.arrays}
        low, network = trunk(arrays, (LOW_STRIDE,)), network_of(arrays)
        table = Table(parameters.settings, "parameters of the task classify", DataError)
        temperature, usual = table.number("temperature"), table.number("usual_distance")
        sorts_only = not table.boolean("has_good")
        whitening, centres = parameters.arrays["whitening"], parameters.arrays["centres"]

        def judge(pixels: Any) -> dict[str, Any]:
            logits, described = network(low(tf.cast(pixels, tf.float32)))
            distance = _distance(tf, described, whitening, centres) / usual
            unknown = tf.sigmoid(_STEEPNESS * (distance - _EVEN_AT))[:, None]
            known = tf.nn.softmax(logits / temperature) * (1.0 - unknown)
            probabilities = tf.concat([known, unknown], 1)
            score = distance if sorts_only else 1.0 - known[:, 0]
            return {"score": score, "probabilities": probabilities}

        signature = tf.TensorSpec(
            [None, spec.height_px, spec.width_px, spec.channels], tf.uint8, name="pixels"
        )
        return tf.function(judge, input_signature=[signature], autograph=False)


TASK = Classify()


def _names(samples: Sequence[Sample]) -> tuple[str, ...]:
    names = sorted({sample.label for sample in samples})
    return (GOOD, *(name for name in names if name != GOOD)) if GOOD in names else tuple(names)


def _settings(config: TrainingConfig) -> ClassifySettings:
    table = Table(
        config.hyperparameters, "hyperparameters of the task classify", ConfigurationError
    )
    standard = ClassifySettings()
    head_rate = table.optional_number("head_rate", low=1e-6, high=1.0)
    trunk_rate = table.optional_number("trunk_rate", low=0.0, high=1.0)
    table.close()
    return ClassifySettings(
        epochs=config.epochs or standard.epochs,
        head_rate=standard.head_rate if head_rate is None else head_rate,
        trunk_rate=standard.trunk_rate if trunk_rate is None else trunk_rate,
    )


def _truth(loaded: LoadedSet, labels: tuple[str, ...]) -> NDArray[np.intp]:
    return np.array([labels.index(sample.label) for sample in loaded.samples], dtype=np.intp)


def _loss(network: ClassNetwork, truth: NDArray[np.intp], n_classes: int) -> Callable[..., Any]:
    """Cross-entropy in which every class weighs the same, however many pictures it has."""
    tf = tensorflow()
    counts = np.bincount(truth, minlength=n_classes)
    present = int((counts > 0).sum())
    weights = (len(truth) / (present * np.maximum(counts, 1))).astype(np.float32)

    def loss(low: Any, places: Any) -> Any:
        logits, _ = network(low)
        wanted = tf.one_hot(places, n_classes) * (1.0 - _SMOOTHING) + _SMOOTHING / n_classes
        surprise = tf.nn.softmax_cross_entropy_with_logits(wanted, logits)
        return tf.reduce_mean(surprise * tf.gather(weights, places))

    return loss


def _n_batches_for(n_pictures: int) -> int:
    """Of a round; few pictures want as many steps, many no more."""
    return min(max(n_pictures // _BATCH, _MIN_BATCHES), _MAX_BATCHES)


def _batches(
    maps: NDArray[np.float16], truth: NDArray[np.intp], seed: Sequence[int], n_batches: int
) -> Iterator[Batch]:
    """Pictures in an order of chance, each in one of its variants."""
    rng = np.random.Generator(np.random.PCG64(seed))
    places = dealt(np.arange(len(truth)), n_batches * _BATCH, rng)
    for chosen in np.split(places, n_batches):
        numbers = rng.integers(len(maps), size=len(chosen))
        yield maps[numbers, chosen].astype(np.float32), truth[chosen].astype(np.int32)


def _run(network: ClassNetwork, maps: NDArray[np.float16]) -> tuple[Floats, Floats]:
    """Logits and descriptions of many pictures, by their maps of stride 8."""
    run = tensorflow().function(network.__call__, reduce_retracing=True)
    pairs = [[each.numpy() for each in run(batch.astype(np.float32))] for batch in in_batches(maps)]
    return np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs])


def _parameters(
    network: ClassNetwork,
    fitted: tuple[Floats, NDArray[np.intp]],
    held_out: tuple[Floats, Floats, NDArray[np.intp]],
    settings: ClassifySettings,
    labels: tuple[str, ...],
) -> TrainedParameters:
    """Calibrate, and measure what is usual.

    Args:
        fitted: Descriptions and classes of the pictures that were learnt from.
        held_out: Logits, descriptions and classes of others.
    """
    from models.backbones.efficientnet_lite0 import weights_of

    logits, described, truth = held_out
    whitening, centres = _usual_descriptions(*fitted)
    distances = _distance(tensorflow(), described, whitening, centres).numpy()
    kernel, bias = network.head.get_weights()
    return TrainedParameters(
        settings=asdict(settings)
        | {
            "temperature": fit_temperature(logits, truth),
            "usual_distance": float(np.quantile(distances, _USUAL_QUANTILE)),
            "has_good": labels[0] == GOOD,
        },
        arrays=weights_of(network.upper)
        | {"head.kernel": kernel, "head.bias": bias, "whitening": whitening, "centres": centres},
    )


def _usual_descriptions(described: Floats, truth: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """A matrix (D, D) after which parts of one class scatter alike in all directions; the centres.

    The covariance is shared by all classes; the centres (classes, D) are whitened already.
    """
    values = described.astype(np.float64)
    means = np.stack([values[truth == place].mean(axis=0) for place in np.unique(truth)])
    scatter = values - means[np.searchsorted(np.unique(truth), truth)]
    covariance = scatter.T @ scatter / len(scatter)
    floor = _SHRINKAGE * np.trace(covariance) / len(covariance)
    covariance = (1 - _SHRINKAGE) * covariance + floor * np.eye(len(covariance))
    whitening = np.linalg.inv(np.linalg.cholesky(covariance)).T / np.sqrt(len(covariance))
    return whitening.astype(np.float32), (means @ whitening).astype(np.float32)


def _distance(tf: Any, described: Any, whitening: Floats, centres: Floats) -> Any:
    """How far each description is from the nearest class, (N,)."""
    apart = tf.matmul(described, whitening)[:, None, :] - centres[None]
    return tf.sqrt(tf.reduce_min(tf.reduce_sum(apart * apart, -1), -1))


def _identity(inputs: TrainingInputs, settings: ClassifySettings) -> str:
    """A hash over all that the training depends on."""
    table = {
        "task": "classify",
        "config": inputs.config.to_toml(),
        "settings": asdict(settings),
        "labels": list(inputs.labels),
        "architecture": _ARCHITECTURE,
        "max_sample": inputs.spec.max_sample,
        "fit": list(inputs.fit.sha256s),
        "truth": [sample.label for sample in inputs.fit.samples],
    }
    return hashlib.sha256(canonical_json(table)).hexdigest()
