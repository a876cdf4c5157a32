"""Fits a network in a fixed number of rounds, the rates first rising and then falling to nothing.

How long to learn is settled beforehand: measured on a few dozen held-out pictures, the round that
looked best was never the one that was. L. N. Smith, N. Topin, "Super-Convergence: Very Fast
Training of Neural Networks Using Large Learning Rates", 2018.

The network may be left with the running mean of its weights: of few pictures each batch teaches
something else, and the last ones would have the last word. B. T. Polyak, A. B. Juditsky,
"Acceleration of Stochastic Approximation by Averaging", 1992.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inspector.errors import ConfigurationError
from models.graphs.training_library import tensorflow
from models.training.checkpoint import Checkpoint, State
from models.training.progress import Workload

_RISING = 0.3  # of the steps
_FIRST_PACE = 0.04  # of the full rate
_NEWEST_SHARE = 9  # of a mean of few steps: what they began with is to be forgotten
_CLIP_NORM = 5.0  # one odd batch must not throw the weights far off


Batch = tuple[NDArray[Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """Weights that learn at one rate."""

    variables: Sequence[Any]
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long."""

    n_rounds: int
    n_batches: int  # in each


class OneCycle:
    """Fits one network as often as wanted, each time from the weights it has now.

    Building the step takes seconds, and so it is built once.

    Args:
        network: A Keras model; `fit` replaces its weights.
        groups: Weights of it, each of them in one group.
        loss: The mean loss of one batch, as a TensorFlow scalar.
        weight_decay: Per step and unit of the learning rate.
        mean_over: About how many steps the weights are a mean of in the end; 1: of the last alone.
    """

    def __init__(
        self,
        network: Any,
        groups: Sequence[Group],
        loss: Callable[..., Any],
        weight_decay: float = 1e-3,
        mean_over: int = 1,
    ) -> None:
        tf = tensorflow()
        import keras

        self._pairs = []
        for group in groups:
            optimizer = keras.optimizers.AdamW(
                group.rate, weight_decay=weight_decay, global_clipnorm=_CLIP_NORM
            )
            optimizer.build(list(group.variables))
            self._pairs.append((optimizer, group))
        self._mean_over = mean_over
        self._means = [
            (weight, tf.Variable(weight, trainable=False))
            for weight in (network.weights if mean_over > 1 else ())
        ]
        self._all = [
            *network.variables,
            *(variable for optimizer, _ in self._pairs for variable in optimizer.variables),
            *(mean for _, mean in self._means),
        ]
        self._first = self._state(0)
        self._step = self._compiled(loss)
        self._follow = tf.function(self._followed)

    def fit(
        self,
        batches: Callable[[int], Iterator[Batch]],
        plan: Plan,
        checkpoint: Checkpoint,
        workload: Workload,
    ) -> bool:
        """Train, going on from `checkpoint` where it holds a state of this training.

        Ctrl-C ends it early with the weights of the last whole round.

        Args:
            batches: The batches of a round, counted from 0. Same round, same batches.

        Returns:
            Whether all rounds were finished, and no person ended it.

        Raises:
            ConfigurationError: The loss is not finite.
            StoreError: The state cannot be kept.
            KeyboardInterrupt: Before the first round was finished.
        """
        state = checkpoint.last() or self._first
        self._restore(state)
        workload.begin(n_batches_done=state.n_done * plan.n_batches, n_rounds_done=state.n_done)
        try:
            while state.n_done < plan.n_rounds:
                losses: list[float] = []
                for batch in batches(state.n_done):
                    losses.append(self._learn(batch, state.n_done, len(losses), plan))
                    workload.batch_done()
                state = self._state(state.n_done + 1)
                checkpoint.keep(state)
                workload.round_done(float(np.mean(losses)))
        except KeyboardInterrupt:
            if state.n_done == 0:
                raise
            self._restore(state)
        for weight, mean in self._means:
            weight.assign(mean)
        return state.n_done == plan.n_rounds

    def _learn(self, batch: Batch, n_rounds_done: int, place: int, plan: Plan) -> float:
        """Learn from one batch; gives its loss."""
        tf = tensorflow()
        step = n_rounds_done * plan.n_batches + place
        pace = pace_at(step, plan)
        for optimizer, group in self._pairs:
            optimizer.learning_rate.assign(group.rate * pace)
        value = float(self._step(*(tf.constant(values) for values in batch)))
        if not math.isfinite(value):
            raise ConfigurationError(
                f"training: the loss is {value} in round {n_rounds_done + 1}, batch {place + 1}: "
                "it learns nothing any more; look for odd pictures or masks in the list, or train "
                "with another --seed"
            )
        if self._means:
            share = max(1 / self._mean_over, _NEWEST_SHARE / (step + _NEWEST_SHARE + 1))
            self._follow(tf.constant(share, tf.float32))
        return value

    def _state(self, n_done: int) -> State:
        """Everything that a later step depends on."""
        arrays = {f"now{i}": np.asarray(variable.numpy()) for i, variable in enumerate(self._all)}
        return State(n_done=n_done, arrays=arrays)

    def _restore(self, state: State) -> None:
        """Stand where that was."""
        for index, variable in enumerate(self._all):
            variable.assign(state.arrays[f"now{index}"])

    def _followed(self, share: Any) -> None:
        """Draw the means towards the weights as they are."""
        for weight, mean in self._means:
            mean.assign_add(share * (weight - mean))

    def _compiled(self, loss: Callable[..., Any]) -> Any:
        tf = tensorflow()
        pairs = self._pairs

        def step(*batch: Any) -> Any:
            with tf.GradientTape() as tape:
                value = loss(*batch)
            gradients = tape.gradient(value, [list(group.variables) for _, group in pairs])
            for (optimizer, group), gradient in zip(pairs, gradients, strict=True):
                optimizer.apply_gradients(zip(gradient, group.variables, strict=True))
            return value

        return tf.function(step, reduce_retracing=True)


def pace_at(step: int, plan: Plan) -> float:
    """The share of the full rate at a step: up along half a cosine, then down along another."""
    n_steps = plan.n_rounds * plan.n_batches
    n_rising = max(1.0, _RISING * n_steps)
    if step < n_rising:
        return _FIRST_PACE + (1 - _FIRST_PACE) * (0.5 - 0.5 * math.cos(math.pi * step / n_rising))
    return 0.5 + 0.5 * math.cos(math.pi * (step - n_rising) / (n_steps - n_rising))
