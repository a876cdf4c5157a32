"""A training of fixed length: goes on after a cut as if nothing had been, and can be begun anew."""

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.errors import ConfigurationError
from models.graphs.training_library import tensorflow
from models.training.checkpoint import Checkpoint
from models.training.one_cycle import Batch, Group, OneCycle, Plan, pace_at
from models.training.progress import Workload
from tests.models.conftest import Ears
from tests.support.fakes import FakeClock

PLAN = Plan(n_rounds=4, n_batches=5)
SLOPE = np.array([[2.0], [-1.0]], dtype=np.float32)


class Line:
    """A network of one layer that is to learn a slope."""

    def __init__(self, folder: Path, mean_over: int = 1) -> None:
        tensorflow()
        import keras

        self.network = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros")])
        self.network.build((None, 2))
        self.kernel, bias = self.network.variables
        self.ears = Ears()
        groups = [Group(variables=[self.kernel], rate=0.3), Group(variables=[bias], rate=0.1)]
        self.cycle = OneCycle(self.network, groups, self.loss, mean_over=mean_over)
        self.folder = folder

    def loss(self, inputs: Any, targets: Any) -> Any:
        return tensorflow().reduce_mean((self.network(inputs) - targets) ** 2)

    def fit(self, name: str, *, cut_in: int | None = None, spoilt: float = 1.0) -> bool:
        def batches(number: int) -> Iterator[Batch]:
            rng = np.random.default_rng(number)
            for place in range(PLAN.n_batches):
                if number == cut_in and place == 2:
                    raise KeyboardInterrupt
                inputs = rng.standard_normal((8, 2)).astype(np.float32)
                yield inputs, inputs @ SLOPE * np.float32(spoilt)

        workload = Workload([PLAN.n_batches], PLAN.n_rounds, FakeClock(), self.ears)
        return self.cycle.fit(batches, PLAN, Checkpoint(self.folder / name, name), workload)


def test_network_learns_in_as_many_rounds_as_were_planned(tmp_path: Path) -> None:
    line = Line(tmp_path)
    assert line.fit("a")
    assert [report.epoch for report in line.ears.reports] == [1, 2, 3, 4]
    assert line.ears.reports[-1].loss < line.ears.reports[0].loss / 2


def test_second_fit_begins_anew(tmp_path: Path) -> None:
    line = Line(tmp_path)
    line.fit("a")
    first = line.kernel.numpy()
    line.fit("b")
    assert np.array_equal(line.kernel.numpy(), first)


def test_cut_training_ends_as_if_it_had_not_been_cut(tmp_path: Path) -> None:
    line = Line(tmp_path)
    line.fit("whole")
    whole = line.kernel.numpy()
    assert not line.fit("cut", cut_in=2)
    assert not np.array_equal(line.kernel.numpy(), whole)
    other = Line(tmp_path)
    assert other.fit("cut")
    assert np.array_equal(other.kernel.numpy(), whole)
    assert len(other.ears.reports) == 2


def test_network_is_left_with_the_running_mean_of_its_weights(tmp_path: Path) -> None:
    seen: list[np.ndarray] = []
    line = Line(tmp_path, mean_over=4)
    done = Workload.batch_done

    def note(self: Workload) -> None:
        seen.append(line.kernel.numpy())
        done(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workload, "batch_done", note)
        line.fit("whole")
    mean = np.zeros((2, 1))
    for step, weights in enumerate(seen):
        mean += max(1 / 4, 9 / (step + 10)) * (weights - mean)
    assert line.kernel.numpy() == pytest.approx(mean, abs=1e-5)
    assert line.kernel.numpy() != pytest.approx(seen[-1], abs=1e-5)


def test_cut_training_goes_on_with_the_mean_that_it_had(tmp_path: Path) -> None:
    line = Line(tmp_path, mean_over=4)
    line.fit("whole")
    whole = line.kernel.numpy()
    assert not line.fit("cut", cut_in=2)
    assert line.fit("cut")
    assert np.array_equal(line.kernel.numpy(), whole)


def test_cut_in_the_middle_leaves_the_last_whole_round(tmp_path: Path) -> None:
    line = Line(tmp_path)
    line.fit("cut", cut_in=2)
    at_cut = line.kernel.numpy()
    state = Checkpoint(tmp_path / "cut", "cut").last()
    assert state is not None
    assert state.n_done == 2
    assert np.array_equal(state.arrays["now0"], at_cut)


def test_cut_before_the_first_round_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        Line(tmp_path).fit("cut", cut_in=0)
    assert Checkpoint(tmp_path / "cut", "cut").last() is None


def test_loss_that_is_no_number_ends_it_with_the_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"the loss is nan in round 1, batch 1: .*--seed"):
        Line(tmp_path).fit("a", spoilt=math.nan)


def test_pace_rises_to_the_full_rate_and_falls_to_nothing() -> None:
    plan = Plan(n_rounds=10, n_batches=10)
    paces = [pace_at(step, plan) for step in range(100)]
    assert paces[0] == pytest.approx(0.04)
    assert paces[30] == 1.0
    assert all(before < after for before, after in pairwise(paces[:31]))
    assert all(before > after for before, after in pairwise(paces[30:]))
    assert 0 < paces[-1] < 0.01
