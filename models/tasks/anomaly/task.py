"""Task `anomaly`: learns what good parts look like and measures how far a picture is from that.

Patches of a picture are described by a network that was trained on everyday photographs; a memory
holds the descriptions of a few thousand good patches; what is far from all of them is suspicious
(K. Roth et al., "Towards Total Recall in Industrial Anomaly Detection", 2022). Places where good
parts differ much among each other, such as edges, are weighted down: each distance is divided by
what is typical at its place on good parts that the memory does not hold.

Everything from the pixels to score and heat map is one TensorFlow graph.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.bundle import InputSpec
from inspector.errors import ConfigurationError, DataError
from inspector.files.tables import Table
from models.backbones.weights import Weights
from models.dataset.labels import label_counts_text
from models.dataset.sample import Sample
from models.graphs.resampling import enlarging_matrix, smoothing_matrix
from models.graphs.running import in_batches
from models.graphs.training_library import tensorflow
from models.tasks.task import TrainedParameters, TrainingInputs, TrainingOutcome
from models.training.config import TrainingConfig
from models.training.coreset import greedy_coreset

STANDARD_SIDE_PX = 192
MIN_GOOD = 20  # below that neither a threshold nor a proof can be had
GRID_STRIDE_PX = 16  # one patch for each so many pixels of the input
MAX_PATCHES = 60_000  # the coreset is chosen among these: 100 MB; more changes no metric
TYPICAL_SMOOTHING = 1.0  # patches, standard deviation
MAP_SMOOTHING = 1.0  # patches, standard deviation
# Where good parts hardly differ, a typical distance near 0 would turn sensor noise into an alarm.
LEAST_TYPICAL_SHARE = 0.5
_LEAST_SQUARED_DISTANCE = 1e-6  # the square root is steep at 0, where rounding would show
_LEAST_SQUARED_NORM = 1e-12

Floats = NDArray[np.float32]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalySettings:
    """How to learn.

    Attributes:
        height_px, width_px: Of the network's input; multiples of `GRID_STRIDE_PX`.
        taps: Strides of the backbone whose maps describe a patch.
        tap_weights: How much each tap counts in a distance.
        bank_size: Patches that are remembered.
    """

    height_px: int
    width_px: int
    taps: tuple[int, ...] = (8, 16)
    tap_weights: tuple[float, ...] = (0.5, 1.0)
    bank_size: int = 2000

    @property
    def grid(self) -> tuple[int, int]:
        """Patches along each side, (rows, columns)."""
        return self.height_px // GRID_STRIDE_PX, self.width_px // GRID_STRIDE_PX


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Memory:
    """What was learnt; with the backbone it makes the whole model.

    Attributes:
        centre: float32 (C,), the mean patch; descriptions are taken relative to it, so that the
            expanded square of a distance does not lose its digits.
        bank: float32 (K, C), remembered patches, centred.
        typical: float32 (h, w), the distance that is usual at each place.
    """

    centre: Floats
    bank: Floats
    typical: Floats


class Anomaly:
    """The task; see `models.tasks.task.Task`."""

    outputs: Mapping[str, str] = {
        "score": "distance from good parts over what is usual; higher is worse",
        "heatmap": "the same at each pixel of the input",
    }

    def choose(self, samples: Sequence[Sample], where: str) -> tuple[Sample, ...]:
        """See `Task.choose`: the good ones."""
        good = tuple(sample for sample in samples if sample.is_good)
        if len(good) < MIN_GOOD:
            raise DataError(
                f"{where}: {len(good)} good pictures in the train split ("
                f"{label_counts_text(samples)}); at least {MIN_GOOD} are needed, hundreds are "
                "better; where another label means free of defects, say --good-label"
            )
        if len(good) < len(samples):
            _log.warning(
                "%d pictures of defects in train and val are left out: this task learns from "
                "good parts only",
                len(samples) - len(good),
            )
        return good

    def labels(self, _samples: Sequence[Sample]) -> tuple[str, ...]:
        """See `Task.labels`."""
        return ("good", "defect")

    def input_spec(self, config: TrainingConfig, _samples: Sequence[Sample]) -> InputSpec:
        """See `Task.input_spec`."""
        return InputSpec(
            height_px=config.height_px or STANDARD_SIDE_PX,
            width_px=config.width_px or STANDARD_SIDE_PX,
            color="rgb",
            resize="stretch",
        )

    def learn(self, inputs: TrainingInputs) -> TrainingOutcome:
        """See `Task.learn`."""
        settings = _settings(inputs.spec, inputs.config.hyperparameters)
        held_out = inputs.held_out
        memory, scores = learn_memory(
            inputs.fit.tensors,
            held_out.tensors,
            [sample.part for sample in held_out.samples],
            settings,
            inputs.weights,
            np.random.Generator(np.random.PCG64(inputs.config.seed)),
        )
        parameters = TrainedParameters(
            settings={
                "taps": list(settings.taps),
                "tap_weights": list(settings.tap_weights),
                "bank_size": settings.bank_size,
            },
            arrays={"centre": memory.centre, "bank": memory.bank, "typical": memory.typical},
        )
        return TrainingOutcome(parameters=parameters, held_out_scores=scores)

    def graph(self, parameters: TrainedParameters, spec: InputSpec, weights: Weights) -> Any:
        """See `Task.graph`."""
        memory = Memory(**{name: parameters.arrays[name] for name in ("centre", "bank", "typical")})
        return memory_graph(memory, _settings(spec, parameters.settings), weights)


TASK = Anomaly()


def _settings(spec: InputSpec, hyperparameters: Mapping[str, object]) -> AnomalySettings:
    table = Table(hyperparameters, "hyperparameters of the task anomaly", ConfigurationError)
    settings = AnomalySettings(height_px=spec.height_px, width_px=spec.width_px)
    if table.has("taps"):
        settings = replace(settings, taps=table.integers("taps", low=2, high=32))
    if table.has("tap_weights"):
        weights = table.numbers("tap_weights", low=0.0, high=100.0)
        settings = replace(settings, tap_weights=weights)
    if table.has("bank_size"):
        size = table.integer("bank_size", low=1, high=MAX_PATCHES)
        settings = replace(settings, bank_size=size)
    table.close()
    if len(settings.taps) != len(settings.tap_weights):
        raise ConfigurationError(
            "hyperparameters of the task anomaly: give each of taps its weight"
        )
    return settings


def learn_memory(
    fit: NDArray[np.uint8],
    held_out: NDArray[np.uint8],
    parts: Sequence[str],
    settings: AnomalySettings,
    weights: Weights,
    rng: np.random.Generator,
) -> tuple[Memory, Floats]:
    """Learn from good pictures.

    Args:
        fit: uint8 (N, H, W, 3) RGB; the memory is filled from these.
        held_out: Good pictures of other parts; they tell what is typical at each place.
        parts: The part in each of `held_out`.

    Returns:
        The memory, and for each of `held_out` the score it has when its own part is left out of
        what is typical: what a good part that was never seen would score.

    Raises:
        DataError: All held-out pictures show one part.
    """
    describe = _describer(weights, settings)
    patches = _sampled_patches(fit, describe, rng)
    centre = patches.mean(axis=0)
    patches -= centre
    bank = patches[greedy_coreset(patches, settings.bank_size, rng)]
    bare = Memory(centre=centre, bank=bank, typical=np.ones(settings.grid, dtype=np.float32))
    tf = tensorflow()
    distances = tf.function(
        lambda pixels: _distances(tf, describe(pixels), bare),
        input_signature=[_signature(settings)],
    )
    maps = np.concatenate([distances(batch).numpy() for batch in in_batches(held_out)])
    memory = Memory(centre=centre, bank=bank, typical=_typical(maps))
    return memory, scores_without_own_part(maps, parts)


def memory_graph(memory: Memory, settings: AnomalySettings, weights: Weights) -> Any:
    """The model as a `tf.function`: uint8 (N, H, W, 3) RGB to `score` (N,), `heatmap` (N, H, W).

    The heat map is in the score's units and the score is the largest value of its grid.
    """
    tf = tensorflow()
    describe = _describer(weights, settings)
    rows, columns = settings.grid
    smooth_y, smooth_x = (smoothing_matrix(length, MAP_SMOOTHING) for length in settings.grid)
    enlarge_y = enlarging_matrix(rows, settings.height_px)
    enlarge_x = enlarging_matrix(columns, settings.width_px)

    def judge(pixels: Any) -> dict[str, Any]:
        distances = _distances(tf, describe(pixels), memory)
        grid = tf.matmul(tf.matmul(smooth_y, distances), smooth_x.T.copy())
        heatmap = tf.matmul(tf.matmul(enlarge_y, grid), enlarge_x.T.copy())
        return {"score": tf.reduce_max(grid, (1, 2)), "heatmap": heatmap}

    return tf.function(judge, input_signature=[_signature(settings)], autograph=False)


def _signature(settings: AnomalySettings) -> Any:
    tf = tensorflow()
    shape = [None, settings.height_px, settings.width_px, 3]
    return tf.TensorSpec(shape, tf.uint8, name="pixels")


def _describer(weights: Weights, settings: AnomalySettings) -> Callable[[Any], Any]:
    """Pixels to (N, h * w, C): every tap averaged over 3 x 3, brought to the grid, of equal length.

    So each tap counts by its weight, however large its values are.
    """
    from models.backbones.efficientnet_lite0 import trunk

    tf = tensorflow()
    network = trunk(weights, settings.taps)
    rows, columns = settings.grid

    def describe(pixels: Any) -> Any:
        maps = []
        tapped = network(tf.cast(pixels, tf.float32))
        if len(settings.taps) == 1:  # Keras hands a single output out bare
            tapped = [tapped]
        for features, stride, weight in zip(
            tapped, settings.taps, settings.tap_weights, strict=True
        ):
            pooled = tf.nn.avg_pool2d(features, 3, 1, "SAME")
            if stride != GRID_STRIDE_PX:
                pooled = tf.image.resize(pooled, (rows, columns))
            squared_norm = tf.reduce_sum(pooled * pooled, -1, keepdims=True)
            unit = tf.math.rsqrt(tf.maximum(squared_norm, _LEAST_SQUARED_NORM))
            maps.append(pooled * (unit * weight))
        described = tf.concat(maps, -1)
        return tf.reshape(described, (-1, rows * columns, described.shape[-1]))

    return describe


def _distances(tf: Any, described: Any, memory: Memory) -> Any:
    """Distance of each patch to the nearest remembered one, over the typical: (N, h, w).

    |f - b|^2 = |f|^2 + (|b|^2 - 2 f b); the minimum over b needs the bracket only.
    """
    # Plain arrays: a tf.constant made out here would become an input of the converted graph.
    bank = memory.bank.astype(np.float64)
    bank_squares = (bank**2).sum(axis=1).astype(np.float32)
    minus_two_bank = np.ascontiguousarray((-2.0 * bank.T).astype(np.float32))
    height, width = memory.typical.shape
    patches = described - memory.centre
    nearest = tf.reduce_min(tf.matmul(patches, minus_two_bank) + bank_squares, -1)
    squared = tf.reduce_sum(patches * patches, -1) + nearest
    distance = tf.sqrt(tf.maximum(squared, _LEAST_SQUARED_DISTANCE))
    return tf.reshape(distance, (-1, height, width)) * (1.0 / memory.typical).astype(np.float32)


def _sampled_patches(
    pictures: NDArray[np.uint8], describe: Callable[[Any], Any], rng: np.random.Generator
) -> Floats:
    """Up to `MAX_PATCHES` patches, equally many from each picture."""
    tf = tensorflow()
    run = tf.function(describe, reduce_retracing=True)
    taken: list[Floats] = []
    for batch in in_batches(pictures):
        for described in run(batch).numpy():
            quota = min(len(described), max(1, MAX_PATCHES // len(pictures)))
            places = np.sort(rng.choice(len(described), quota, replace=False))
            taken.append(described[places])
    return np.concatenate(taken)


def _typical(maps: Floats) -> Floats:
    """The smoothed mean of distance maps, with a floor."""
    smooth_y, smooth_x = (smoothing_matrix(side, TYPICAL_SMOOTHING) for side in maps.shape[1:])
    mean = smooth_y @ maps.mean(axis=0) @ smooth_x.T
    floor = LEAST_TYPICAL_SHARE * float(np.median(mean))
    typical: Floats = np.maximum(mean, floor).astype(np.float32)
    return typical


def scores_without_own_part(maps: Floats, parts: Sequence[str]) -> Floats:
    """The score of each distance map, over what is typical of the maps of all other parts.

    A part photographed six times would otherwise be told to be usual by itself.

    Args:
        maps: float32 (N, h, w), distances to the memory.
        parts: The part that each map shows, at least two different ones.

    Raises:
        DataError: All maps show one part.
    """
    smooth_y, smooth_x = (smoothing_matrix(side, MAP_SMOOTHING) for side in maps.shape[1:])
    names = np.array(parts)
    if len(set(parts)) < 2:
        raise DataError("all held-out pictures show one part; list good pictures of more parts")
    scores = np.empty(len(maps), dtype=np.float32)
    for part in sorted(set(parts)):
        own = names == part
        usual = _typical(maps[~own])
        scores[own] = (smooth_y @ (maps[own] / usual) @ smooth_x.T).max(axis=(1, 2))
    return scores
