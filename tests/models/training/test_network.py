"""A training gets better, goes on after a cut as if nothing had been, and keeps its best."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.errors import ConfigurationError
from models.graphs.training_library import tensorflow
from models.training.checkpoint import Checkpoint
from models.training.network import Batch, Group, Outcome, Schedule, fit_network
from tests.models.conftest import Ears
from tests.support.fakes import FakeClock

PLAN = Schedule(n_epochs=6, n_batches=4, patience=6, n_settling=2, weight_decay=0.0)
SLOPE = np.array([[2.0], [-1.0]], dtype=np.float32)


class Line:
    """A network of one layer that is to learn a slope, and how it is going."""

    def __init__(self) -> None:
        tensorflow()
        import keras

        self.network = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros")])
        self.network.build((None, 2))
        self.kernel, self.bias = self.network.variables
        self.ears = Ears()

    def loss(self, inputs: Any, targets: Any) -> Any:
        return tensorflow().reduce_mean((self.network(inputs) - targets) ** 2)

    def metric(self) -> float:
        return -float(np.abs(self.kernel.numpy() - SLOPE).sum())

    def fit(
        self,
        checkpoint: Checkpoint,
        *,
        batches: Callable[[int], Iterator[Batch]] | None = None,
        metric: Callable[[], float] | None = None,
        plan: Schedule = PLAN,
    ) -> Outcome:
        return fit_network(
            self.network,
            [Group(variables=[self.kernel], rate=0.3), Group(variables=[self.bias], rate=0.1)],
            batches=batches or draw,
            loss=self.loss,
            metric=metric or self.metric,
            schedule=plan,
            checkpoint=checkpoint,
            clock=FakeClock(),
            listener=self.ears,
        )


def draw(epoch: int) -> Iterator[Batch]:
    rng = np.random.default_rng(epoch)
    for _ in range(PLAN.n_batches):
        inputs = rng.standard_normal((8, 2)).astype(np.float32)
        yield inputs, inputs @ SLOPE


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    return Checkpoint(tmp_path / "x.training", "line")


def test_network_gets_better_and_tells_each_epoch(checkpoint: Checkpoint) -> None:
    line = Line()
    outcome = line.fit(checkpoint)
    assert (outcome.n_done, outcome.is_complete) == (6, True)
    assert [report.epoch for report in line.ears.reports] == [1, 2, 3, 4, 5, 6]
    assert line.ears.reports[-1].loss < line.ears.reports[0].loss / 2
    assert outcome.best_metric == max(report.metric for report in line.ears.reports)


def test_second_group_rests_while_the_first_settles(checkpoint: Checkpoint) -> None:
    line = Line()
    biases = []

    def metric() -> float:
        biases.append(float(line.bias.numpy()[0]))
        return line.metric()

    line.fit(checkpoint, metric=metric)
    assert [bias == 0.0 for bias in biases] == [True, True, False, False, False, False]


def test_same_training_gives_the_same_weights(tmp_path: Path) -> None:
    kernels = []
    for name in ("a", "b"):
        line = Line()
        line.fit(Checkpoint(tmp_path / name, "line"))
        kernels.append(line.kernel.numpy().tobytes())
    assert kernels[0] == kernels[1]


def test_training_that_was_cut_off_ends_as_an_undisturbed_one(
    checkpoint: Checkpoint, tmp_path: Path
) -> None:
    undisturbed = Line()
    undisturbed.fit(Checkpoint(tmp_path / "other", "line"))

    def cut(epoch: int) -> Iterator[Batch]:
        for index, batch in enumerate(draw(epoch)):
            if (epoch, index) == (3, 2):
                raise MemoryError("the power went")
            yield batch

    with pytest.raises(MemoryError):
        Line().fit(checkpoint, batches=cut)
    resumed = Line()
    outcome = resumed.fit(checkpoint)
    assert [report.epoch for report in resumed.ears.reports] == [4, 5, 6]
    assert outcome.n_done == 6
    assert resumed.kernel.numpy().tobytes() == undisturbed.kernel.numpy().tobytes()


def test_interruption_leaves_the_best_weights_so_far(checkpoint: Checkpoint) -> None:
    line = Line()
    figures = iter([1.0, 3.0, 2.0])
    kernels = []

    def metric() -> float:
        value = next(figures, None)
        if value is None:
            raise KeyboardInterrupt
        kernels.append(line.kernel.numpy())
        return value

    outcome = line.fit(checkpoint, metric=metric)
    assert (outcome.is_complete, outcome.best_epoch, outcome.best_metric) == (False, 2, 3.0)
    assert np.array_equal(line.kernel.numpy(), kernels[1])


def test_interruption_before_the_first_epoch_leaves_nothing(checkpoint: Checkpoint) -> None:
    def interrupted(_epoch: int) -> Iterator[Batch]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Line().fit(checkpoint, batches=interrupted)
    assert checkpoint.last() is None


def test_training_ends_when_it_gets_no_better(checkpoint: Checkpoint) -> None:
    line = Line()
    plan = Schedule(n_epochs=6, n_batches=4, patience=2, n_settling=0)
    figures = iter([1.0, 0.5, 0.25, 9.0])
    outcome = line.fit(checkpoint, metric=lambda: next(figures), plan=plan)
    assert (outcome.n_done, outcome.best_epoch) == (3, 1)


def test_training_ends_when_nothing_is_left_to_learn(
    checkpoint: Checkpoint, caplog: pytest.LogCaptureFixture
) -> None:
    plan = Schedule(n_epochs=6, n_batches=4, patience=6, n_settling=0, enough=-0.01)
    figures = iter([-0.01, -0.02, -0.03, 9.0])
    with caplog.at_level("INFO"):
        outcome = Line().fit(checkpoint, metric=lambda: next(figures), plan=plan)
    assert (outcome.n_done, outcome.best_epoch, outcome.is_complete) == (2, 1, True)
    assert "nothing left to learn after 2 of 6 rounds" in caplog.text


def test_loss_that_is_no_number_ends_it_at_once(checkpoint: Checkpoint) -> None:
    def spoiled(_epoch: int) -> Iterator[Batch]:
        yield np.ones((8, 2), np.float32), np.full((8, 1), math.inf, np.float32)

    with pytest.raises(ConfigurationError, match="the loss is inf in epoch 1, batch 1"):
        Line().fit(checkpoint, batches=spoiled)
