"""Fits a network to batches until it stops getting better on parts it does not learn from."""

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from inspector.clock import Clock
from inspector.errors import ConfigurationError
from models.graphs.training_library import tensorflow
from models.training.checkpoint import Checkpoint, State

_log = logging.getLogger(__name__)

Batch = tuple[NDArray[Any], ...]
_CLIP_NORM = 5.0  # one odd batch must not throw the weights far off


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how fast.

    Attributes:
        n_epochs: At most so many.
        n_batches: In each epoch.
        patience: Epochs without a better metric after which it ends.
        n_settling: Epochs in which only the first group of weights learns: what is new must not
            spoil what was learnt before.
        weight_decay: Per step and unit of the learning rate.
        enough: From this metric on there is nothing left to learn.
    """

    n_epochs: int
    n_batches: int
    patience: int
    n_settling: int
    weight_decay: float = 0.01
    enough: float = math.inf

    @property
    def n_at_least(self) -> int:
        """Epochs before which no metric ends it: a few held-out pictures are soon all right."""
        return max(self.n_settling + 2, self.n_epochs // 4)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """Weights that learn at one rate."""

    variables: Sequence[Any]
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochReport:
    """One epoch as a person wants to hear of it.

    Attributes:
        epoch: Counted from 1.
        metric: On the held-out parts; higher is better.
        left_s: Estimate, s, if no epoch is saved by ending early.
    """

    epoch: int
    n_epochs: int
    loss: float
    metric: float
    best_metric: float
    left_s: float


class Listener(Protocol):
    """Hears how a training goes, from its own thread."""

    def epoch_done(self, report: EpochReport) -> None:
        """One more epoch is finished and its state is kept."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a training ended; the network holds its best weights.

    Attributes:
        is_complete: False when a person interrupted it.
    """

    n_done: int
    best_epoch: int
    best_metric: float
    is_complete: bool


def fit_network(
    network: Any,
    groups: Sequence[Group],
    *,
    batches: Callable[[int], Iterator[Batch]],
    loss: Callable[..., Any],
    metric: Callable[[], float],
    schedule: Schedule,
    checkpoint: Checkpoint,
    clock: Clock,
    listener: Listener,
) -> Outcome:
    """Train, going on from `checkpoint` where it holds a state of this training.

    Ctrl-C ends it early with the best weights so far, if one epoch was finished.

    Args:
        network: A Keras model; its weights are replaced.
        groups: The first one learns from the start, the others after `n_settling` epochs.
        batches: The batches of an epoch, counted from 0. Same epoch, same batches.
        loss: The mean loss of one batch, as a TensorFlow scalar.
        metric: Measures the network as it is.

    Raises:
        ConfigurationError: The loss is not finite.
        StoreError: The state cannot be kept.
        KeyboardInterrupt: Before the first epoch was finished.
    """
    learner = _Learner(groups, loss, schedule)
    standing = _Standing(network, learner)
    state = checkpoint.last()
    if state is not None:
        standing.restore(state)
    started_ns, started_at = clock.monotonic_ns(), standing.n_done
    is_complete = True
    try:
        while not standing.is_over(schedule):
            mean_loss = learner.learn(batches(standing.n_done), standing.n_done)
            value = metric()
            standing.advance(value)
            checkpoint.keep(standing.state())
            elapsed_s = (clock.monotonic_ns() - started_ns) / 1e9
            to_do = schedule.n_epochs - standing.n_done
            listener.epoch_done(
                EpochReport(
                    epoch=standing.n_done,
                    n_epochs=schedule.n_epochs,
                    loss=mean_loss,
                    metric=value,
                    best_metric=standing.best_metric,
                    left_s=elapsed_s / (standing.n_done - started_at) * to_do,
                )
            )
    except KeyboardInterrupt:
        if standing.best_epoch == 0:
            raise
        is_complete = False
    standing.put_best()
    if standing.best_metric >= schedule.enough and standing.n_done < schedule.n_epochs:
        _log.info("nothing left to learn after %d of %d rounds", standing.n_done, schedule.n_epochs)
    return Outcome(
        n_done=standing.n_done,
        best_epoch=standing.best_epoch,
        best_metric=standing.best_metric,
        is_complete=is_complete,
    )


class _Learner:
    """One optimiser for each group of weights, and the step that moves them."""

    def __init__(self, groups: Sequence[Group], loss: Callable[..., Any], plan: Schedule) -> None:
        tensorflow()
        import keras

        self._loss = loss
        self._plan = plan
        self._pairs = []
        for group in groups:
            optimizer = keras.optimizers.AdamW(
                group.rate, weight_decay=plan.weight_decay, global_clipnorm=_CLIP_NORM
            )
            optimizer.build(list(group.variables))
            self._pairs.append((optimizer, group))
        self._settling_step = self._step(self._pairs[:1])
        self._full_step = self._step(self._pairs)

    @property
    def variables(self) -> list[Any]:
        """Of the optimisers."""
        return [variable for optimizer, _ in self._pairs for variable in optimizer.variables]

    def learn(self, batches: Iterator[Batch], epoch: int) -> float:
        """One epoch; gives its mean loss."""
        tf = tensorflow()
        step = self._settling_step if epoch < self._plan.n_settling else self._full_step
        losses = []
        for index, batch in enumerate(batches):
            pace = _pace(epoch * self._plan.n_batches + index, self._plan)
            for optimizer, group in self._pairs:
                optimizer.learning_rate.assign(group.rate * pace)
            losses.append(float(step(*(tf.constant(values) for values in batch))))
            _refuse_no_number(losses[-1], epoch, index)
        return float(np.mean(losses))

    def _step(self, pairs: Sequence[tuple[Any, Group]]) -> Any:
        tf = tensorflow()

        def step(*batch: Any) -> Any:
            with tf.GradientTape() as tape:
                value = self._loss(*batch)
            gradients = tape.gradient(value, [list(group.variables) for _, group in pairs])
            for (optimizer, group), gradient in zip(pairs, gradients, strict=True):
                optimizer.apply_gradients(zip(gradient, group.variables, strict=True))
            return value

        return tf.function(step, reduce_retracing=True)


class _Standing:
    """How far a training is, and its best weights so far."""

    def __init__(self, network: Any, learner: _Learner) -> None:
        self._weights = list(network.variables)
        self._all = [*self._weights, *learner.variables]
        self._best = [variable.numpy() for variable in self._weights]
        self.n_done = 0
        self.best_epoch = 0
        self.best_metric = -math.inf

    def is_over(self, plan: Schedule) -> bool:
        return (
            self.n_done >= plan.n_epochs
            or self.n_done - self.best_epoch >= plan.patience
            or (self.best_metric >= plan.enough and self.n_done >= plan.n_at_least)
        )

    def advance(self, metric: float) -> None:
        self.n_done += 1
        if metric > self.best_metric:
            self.best_metric, self.best_epoch = metric, self.n_done
            self._best = [variable.numpy() for variable in self._weights]

    def state(self) -> State:
        now = {f"now{i}": np.asarray(variable.numpy()) for i, variable in enumerate(self._all)}
        return State(
            n_done=self.n_done,
            best_metric=self.best_metric,
            best_epoch=self.best_epoch,
            arrays=now | {f"best{i}": values for i, values in enumerate(self._best)},
        )

    def restore(self, state: State) -> None:
        for index, variable in enumerate(self._all):
            variable.assign(state.arrays[f"now{index}"])
        self._best = [state.arrays[f"best{index}"] for index in range(len(self._best))]
        self.n_done, self.best_epoch = state.n_done, state.best_epoch
        self.best_metric = state.best_metric

    def put_best(self) -> None:
        for variable, values in zip(self._weights, self._best, strict=True):
            variable.assign(values)


def _pace(step: int, schedule: Schedule) -> float:
    """The share of the learning rate: up in the first epoch, then down along a cosine to 0."""
    n_steps = schedule.n_epochs * schedule.n_batches
    warm_up = min(1.0, (step + 1) / schedule.n_batches)
    return warm_up * (0.5 + 0.5 * math.cos(math.pi * step / n_steps))


def _refuse_no_number(loss: float, epoch: int, batch: int) -> None:
    if not math.isfinite(loss):
        raise ConfigurationError(
            f"training: the loss is {loss} in epoch {epoch + 1}, batch {batch + 1}: it learns "
            "nothing any more; look for odd pictures or masks in the list, or train with another "
            "--seed"
        )
