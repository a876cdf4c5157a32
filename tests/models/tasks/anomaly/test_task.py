"""The task: what it learns from, and that its graph gives the scores that it promised."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.errors import ConfigurationError, DataError
from inspector.quality import PictureForm
from models.backbones.weights import load_weights
from models.dataset.pictures import LoadedSet
from models.dataset.sample import Sample
from models.graphs.running import run_graph
from models.tasks.anomaly.task import MIN_DEFECTS, TASK
from models.tasks.task import TrainingInputs, TrainingOutcome
from models.training.config import TrainingConfig
from models.training.kept_maps import KeptMaps
from tests.models.conftest import Ears
from tests.models.memory.stripes import striped

CONFIG = TrainingConfig(
    task="anomaly", height_px=128, width_px=96, hyperparameters={"bank_size": 200}
)


def sample(number: int, label: str = "good", split: str = "train", part: str = "") -> Sample:
    name = f"{number}.png"
    return Sample(
        name=name, image=Path(name), label=label, masks=(), split=split, part=part or name
    )


def loaded(samples: tuple[Sample, ...], pixels: np.ndarray) -> LoadedSet:
    forms = (PictureForm(pixels.shape[1:3], 3),) * len(samples)
    names = tuple(one.name for one in samples)
    return LoadedSet(
        samples=samples,
        tensors=pixels,
        pictures=np.arange(len(samples)),
        sha256s=names,
        forms=forms,
    )


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    weights = load_weights(tmp_path_factory.mktemp("weights"))
    pictures = striped(28)
    spoiled = pictures[24:].copy()
    spoiled[:, 40:60, 70:90] = 10
    samples = [sample(number) for number in range(24)]
    defects = tuple(sample(number, "blot", "val") for number in range(24, 28))
    inputs = TrainingInputs(
        config=CONFIG,
        spec=TASK.input_spec(CONFIG, samples, None),
        labels=TASK.labels(samples),
        fit=loaded(tuple(samples[:18]), pictures[:18]),
        held_out=loaded((*samples[18:], *defects), np.concatenate([pictures[18:24], spoiled])),
        weights=weights,
        checkpoint=Path("unused"),
        kept_maps=KeptMaps(Path("unused")),
        listener=Ears(),
    )
    return {"inputs": inputs, "outcome": TASK.learn(inputs), "spoiled": spoiled}


def test_every_good_picture_and_every_defect_is_judged(learnt: dict[str, Any]) -> None:
    outcome: TrainingOutcome = learnt["outcome"]
    assert [one.label for one in outcome.judged] == ["good"] * 24 + ["blot"] * 4
    assert outcome.scores.shape == (28,)
    assert outcome.scores[24:].min() > outcome.scores[:24].max()
    assert outcome.are_distances
    assert outcome.doubts == ()


def test_graph_scores_one_at_the_threshold_it_was_scaled_to(learnt: dict[str, Any]) -> None:
    outcome, inputs = learnt["outcome"], learnt["inputs"]
    scaled = TASK.scaled(outcome, 1.7)
    assert scaled.scores == pytest.approx(outcome.scores / 1.7)
    assert scaled.painted is not None
    assert scaled.painted.scores == pytest.approx(outcome.painted.scores / 1.7)
    graph = TASK.graph(scaled.parameters, inputs.spec, inputs.weights)
    outputs = run_graph(graph, learnt["spoiled"])
    assert outputs["score"] == pytest.approx(scaled.scores[24:], rel=2e-3)  # maps were halved
    row, column = np.unravel_index(outputs["heatmap"][0].argmax(), (128, 96))
    assert 40 - 16 <= row <= 60 + 16
    assert 70 - 16 <= column <= 90 + 16


def test_good_pictures_of_train_are_learnt_from_and_all_else_is_held_out() -> None:
    samples = [
        *(sample(number, part=f"part {number // 2}") for number in range(60)),
        sample(60, "dent"),
        sample(61, "dent", "val"),
        sample(62, split="val"),
    ]
    division = TASK.divide(samples, seed=0)
    names = [{one.name for one in lot} for lot in (division.fit, division.held_out, division.proof)]
    assert sum(map(len, names)) == len(set.union(*names)) == 63
    assert {"60.png", "61.png", "62.png"} <= names[1]
    assert len(division.proof) == 3
    parts = [
        {one.part for one in lot if one.part.startswith("part")}
        for lot in (division.fit, division.held_out)
    ]
    assert not parts[0] & parts[1]
    assert len(division.fit) == pytest.approx(0.75 * 57, abs=2)


def test_pictures_of_few_parts_are_divided_as_they_are_and_the_figures_doubted(
    learnt: dict[str, Any],
) -> None:
    few = [sample(number, part=f"part {number % 2}") for number in range(24)]
    division = TASK.divide(few, seed=0)
    assert len(division.fit) == pytest.approx(0.75 * 22, abs=1)
    inputs = learnt["inputs"]
    outcome = TASK.learn(
        replace(
            inputs,
            fit=replace(inputs.fit, samples=tuple(few[:18])),
            held_out=replace(inputs.held_out.part_of(range(6)), samples=tuple(few[18:])),
        )
    )
    assert outcome.scores.shape == (24,)
    assert "the good pictures show too few different parts, 2" in outcome.doubts[0]
    assert "list at least 5 parts" in outcome.doubts[0]


def test_too_few_good_pictures_are_counted_with_what_else_there_is() -> None:
    samples = [*(sample(number) for number in range(5)), sample(9, "dent")]
    with pytest.raises(
        DataError,
        match=r"list: good pictures in the train split: 5; at least 20 .*\(.* good 5, dent 1\)$",
    ):
        TASK.choose(samples, "list")


def test_unknown_hyperparameter_is_named(learnt: dict[str, Any]) -> None:
    config = replace(CONFIG, hyperparameters={"taps": [8]})
    with pytest.raises(ConfigurationError, match="taps"):
        TASK.learn(replace(learnt["inputs"], config=config))


@pytest.mark.parametrize("side", [64, 320])
def test_graph_of_another_size_has_the_banks_of_that_size(
    learnt: dict[str, Any], side: int
) -> None:
    outcome, inputs = learnt["outcome"], learnt["inputs"]
    spec = replace(inputs.spec, height_px=side, width_px=side)
    resized = TASK.in_size(outcome.parameters, spec)
    assert ("coarsest.entries" in resized.arrays) == (side == 320)
    graph = TASK.graph(resized, spec, inputs.weights)
    outputs = graph(np.zeros((1, side, side, 3), np.uint8))
    assert outputs["heatmap"].shape == (1, side, side)
    assert np.isfinite(outputs["score"].numpy()).all()


def test_few_defects_only_tell_how_the_model_does(caplog: pytest.LogCaptureFixture) -> None:
    samples = [
        *(sample(number) for number in range(30)),
        *(sample(30 + number, "dent") for number in range(MIN_DEFECTS - 1)),
    ]
    assert TASK.choose(samples, "list") == tuple(samples)
    assert "defects in the train split: 5; from 6 on they are learnt from" in caplog.text
    assert all(one.is_good for one in TASK.divide(samples, seed=0).fit)
    config = TrainingConfig(task="anomaly")
    assert TASK.input_spec(config, samples, None).height_px == 320
    kept = TASK.input_spec(CONFIG, samples, None)
    assert TASK.input_spec(config, samples, kept) == kept
    tiles = replace(kept, resize="tile", overlap_px=64, scale=0.5)  # are for marked defects
    assert TASK.input_spec(config, samples, tiles).height_px == 320


def test_defects_enough_are_learnt_from() -> None:
    samples = [
        *(sample(number) for number in range(30)),
        *(sample(30 + number, "dent") for number in range(MIN_DEFECTS)),
    ]
    division = TASK.divide(samples, seed=0)
    assert sum(not one.is_good for one in division.fit) == MIN_DEFECTS  # too few to spare any
    assert TASK.labels(samples) == ("good", "defect")
    assert TASK.input_spec(TrainingConfig(task="anomaly"), samples, None).height_px == 256


def test_rounds_are_refused_where_each_picture_is_looked_at_once(learnt: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="with fewer than 6 defects each picture"):
        TASK.learn(replace(learnt["inputs"], config=replace(CONFIG, epochs=3)))
