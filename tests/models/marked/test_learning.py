"""Marked spots are learnt, found on parts that were never seen, and kept when a person ends it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.clock import SystemClock
from models.backbones.weights import Weights
from models.marked import fitting
from models.marked.fitting import MarkedFitter, MarkedSettings
from models.marked.learning import N_FOLDS, MarkedInputs, MarkedOutcome, learn_marked
from models.measures.metrics import auroc
from models.memory.folds import GoodPictures, learnt_from
from models.memory.memory import Memory
from models.training.augment import Augmentation
from models.training.kept_maps import KeptMaps
from models.training.progress import EpochReport
from tests.models.conftest import Ears
from tests.models.marked.pictures import samples_of, spotted

KINDS = [0, 0, 1] * 12
N_ROUNDS = 2


class Impatient(Ears):
    """A person who ends the training after some rounds."""

    def __init__(self, n_rounds: int) -> None:
        super().__init__()
        self._n_rounds = n_rounds

    def epoch_done(self, report: EpochReport) -> None:
        super().epoch_done(report)
        if len(self.reports) == self._n_rounds:
            raise KeyboardInterrupt


@pytest.fixture(scope="module", autouse=True)
def short_rounds() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "MIN_BATCHES", 8)
        yield


@pytest.fixture(scope="module")
def inputs_in(weights: Weights) -> Callable[..., MarkedInputs]:
    def make(folder: Path, ears: Ears) -> MarkedInputs:
        return MarkedInputs(
            samples=samples_of(KINDS),
            pictures=spotted(KINDS),
            n_kinds=1,
            weights=weights,
            settings=MarkedSettings(n_rounds=N_ROUNDS),
            bank_size=100,
            augmentation=Augmentation(),
            seed=0,
            folder=folder,
            kept_maps=KeptMaps(folder / "maps"),
            identity="spots",
            clock=SystemClock(),
            listener=ears,
        )

    return make


@pytest.fixture(scope="module")
def learnt(
    inputs_in: Callable[..., MarkedInputs], tmp_path_factory: pytest.TempPathFactory
) -> tuple[MarkedOutcome, Ears, Path]:
    ears, folder = Ears(), tmp_path_factory.mktemp("learnt")
    return learn_marked(inputs_in(folder, ears)), ears, folder


def test_every_picture_is_judged_once_by_what_never_saw_it(
    learnt: tuple[MarkedOutcome, Ears, Path],
) -> None:
    outcome, ears, _ = learnt
    assert sorted(outcome.judged) == list(range(len(KINDS)))
    is_defect = np.array(KINDS)[list(outcome.judged)] > 0
    assert (auroc(outcome.chances, is_defect) or 0.0) > 0.95
    assert outcome.is_complete
    assert [report.epoch for report in ears.reports] == list(range(1, 1 + N_ROUNDS * (N_FOLDS + 1)))
    assert ears.reports[-1].left_s == 0.0


def test_no_network_and_no_memory_learns_from_the_parts_that_it_judges(
    inputs_in: Callable[..., MarkedInputs], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[set[int]] = []
    remembered: list[set[str]] = []
    fit, learn = MarkedFitter.fit, learnt_from

    def spy_fit(self: MarkedFitter, places: list[int], *more: Any) -> bool:
        fitted.append(set(places))
        return fit(self, places, *more)

    def spy_learn(good: GoodPictures, *more: Any) -> Memory:
        remembered.append({one.part for one in good.samples})
        return learn(good, *more)

    monkeypatch.setattr(MarkedFitter, "fit", spy_fit)
    monkeypatch.setattr("models.marked.learning.learnt_from", spy_learn)
    outcome = learn_marked(inputs_in(tmp_path, Impatient(N_ROUNDS + 1)))
    judged = set(outcome.judged)
    assert not fitted[0] & judged
    assert fitted[0] | judged == set(range(len(KINDS)))
    assert not remembered[0] & {f"{place}.png" for place in judged}


def test_painted_defects_are_judged_too(learnt: tuple[MarkedOutcome, Ears, Path]) -> None:
    painted = learnt[0].painted
    assert len(painted.scores) > 50
    assert ((painted.scores >= 0) & (painted.scores <= 1)).all()


def test_training_that_went_through_does_the_same_again_at_once(
    learnt: tuple[MarkedOutcome, Ears, Path], inputs_in: Callable[..., MarkedInputs]
) -> None:
    outcome, _, folder = learnt
    ears = Ears()
    again = learn_marked(inputs_in(folder, ears))
    assert ears.reports == []
    assert np.array_equal(again.chances, outcome.chances)


def test_training_that_a_person_ended_gives_its_first_network_and_goes_on_later(
    learnt: tuple[MarkedOutcome, Ears, Path],
    inputs_in: Callable[..., MarkedInputs],
    tmp_path: Path,
) -> None:
    ended = learn_marked(inputs_in(tmp_path, Impatient(N_ROUNDS + 1)))
    assert not ended.is_complete
    assert 0 < len(ended.judged) < len(KINDS)
    is_defect = np.array(KINDS)[list(ended.judged)] > 0
    assert (auroc(ended.chances, is_defect) or 0.0) > 0.9
    ears = Ears()
    outcome = learn_marked(inputs_in(tmp_path, ears))
    assert len(ears.reports) == N_ROUNDS * N_FOLDS - 1
    assert np.array_equal(outcome.chances, learnt[0].chances)


def test_training_that_is_ended_before_anything_was_learnt_leaves_nothing(
    inputs_in: Callable[..., MarkedInputs],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("models.training.progress.Workload.batch_done", interrupted)
    with pytest.raises(KeyboardInterrupt):
        learn_marked(inputs_in(tmp_path, Ears()))
