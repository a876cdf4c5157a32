"""Classes are told apart, what is none of them is unknown, and it all survives the conversion."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.bundle import InputSpec
from inspector.errors import ConfigurationError, DataError
from inspector.quality import PictureForm
from models.backbones.weights import Weights, load_weights
from models.dataset.pictures import LoadedSet
from models.dataset.sample import Sample
from models.graphs.running import run_graph
from models.tasks.classify.task import TASK
from models.tasks.task import TrainingInputs, TrainingOutcome
from models.training.config import TrainingConfig
from models.training.kept_maps import KeptMaps
from tests.models.conftest import Ears

SPEC = InputSpec(height_px=64, width_px=64, color="rgb", resize="stretch")


def picture(kind: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Stripes across, stripes along, or a check, each of its own phase and with noise."""
    y, x = np.mgrid[:64, :64] + rng.uniform(0, 9, 2)[:, None, None]
    wave = {"across": np.sin(y), "along": np.sin(x), "check": np.sin(y / 3) * np.sin(x / 3)}[kind]
    noisy = 120 + 70 * wave[..., None] + rng.normal(0, 6, (64, 64, 3))
    pixels: NDArray[np.uint8] = noisy.clip(0, 255).astype(np.uint8)
    return pixels


def loaded(kinds: Sequence[str], each: int, seed: int, names: dict[str, str]) -> LoadedSet:
    rng = np.random.default_rng(seed)
    shown = [kind for kind in kinds for _ in range(each)]
    samples = tuple(sample(f"{seed}-{i}.png", names.get(k, k)) for i, k in enumerate(shown))
    return LoadedSet(
        samples=samples,
        tensors=np.stack([picture(kind, rng) for kind in shown]),
        pictures=np.arange(len(shown)),
        sha256s=tuple(each.name for each in samples),
        forms=(PictureForm((64, 64), 3),) * len(samples),
    )


def sample(name: str, label: str, part: str = "") -> Sample:
    return Sample(
        name=name, image=Path(name), label=label, masks=(), split="train", part=part or name
    )


def teach(
    weights: Weights, checkpoint: Path, names: dict[str, str]
) -> tuple[TrainingOutcome, tuple[str, ...]]:
    fit = loaded(("across", "along"), 24, 1, names)
    labels = TASK.labels(fit.samples)
    inputs = TrainingInputs(
        config=TrainingConfig(task="classify", epochs=3),
        spec=SPEC,
        labels=labels,
        fit=fit,
        held_out=loaded(("across", "along"), 8, 2, names),
        weights=weights,
        checkpoint=checkpoint,
        kept_maps=KeptMaps(checkpoint / "maps"),
        listener=Ears(),
    )
    return TASK.learn(inputs), labels


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    return load_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def sorting(weights: Weights, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Trained without a class `good`; what it says of new parts and of a check."""
    trained, labels = teach(weights, tmp_path_factory.mktemp("checkpoint"), {})
    tried = loaded(("across", "along", "check"), 6, 3, {})
    outputs = run_graph(TASK.graph(trained.parameters, SPEC, weights), tried.tensors)
    return {"trained": trained, "labels": labels, **outputs}


def test_each_class_is_recognised(sorting: dict[str, Any]) -> None:
    assert sorting["labels"] == ("across", "along", "unknown")
    assert sorting["probabilities"][:12].argmax(axis=1).tolist() == [0] * 6 + [1] * 6


def test_what_is_of_no_class_is_unknown(sorting: dict[str, Any]) -> None:
    assert sorting["probabilities"][12:].argmax(axis=1).tolist() == [2] * 6
    assert sorting["score"][12:].min() > sorting["score"][:12].max()


def test_probabilities_add_up_to_one(sorting: dict[str, Any]) -> None:
    assert sorting["probabilities"].sum(axis=1) == pytest.approx(np.ones(18), abs=1e-6)


def test_held_out_scores_are_those_of_the_finished_model(
    sorting: dict[str, Any], weights: Weights
) -> None:
    trained = sorting["trained"]
    held_out = loaded(("across", "along"), 8, 2, {})
    again = run_graph(TASK.graph(trained.parameters, SPEC, weights), held_out.tensors)["score"]
    assert np.array_equal(trained.scores, again)


def test_score_is_the_chance_that_a_part_is_not_good(
    sorting: dict[str, Any], weights: Weights, tmp_path: Path
) -> None:
    trained, labels = teach(weights, tmp_path, {"across": "good", "along": "bent"})
    assert labels == ("good", "bent", "unknown")
    tried = loaded(("across", "along", "check"), 4, 3, {})
    outputs = run_graph(TASK.graph(trained.parameters, SPEC, weights), tried.tensors)
    assert outputs["score"] == pytest.approx(1 - outputs["probabilities"][:, 0], abs=1e-6)
    assert outputs["score"][:4].max() < 0.5 < outputs["score"][4:].min()
    # The same pictures in the same places and the same seed: the names alone are others.
    first, second = sorting["trained"].parameters.arrays, trained.parameters.arrays
    assert all(np.array_equal(first[name], second[name]) for name in first)


def many(label: str, count: int) -> list[Sample]:
    return [sample(f"{label}-{number}.png", label) for number in range(count)]


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (many("good", 30), "has 1 classes; at least two"),
        ([*many("good", 30), *many("bent", 1)], "class 'bent' has 1 different parts"),
        ([*many("good", 30), *many("unknown", 9)], "a class is called 'unknown'"),
        (
            [
                *many("good", 30),
                *many("bent", 30),
                *(replace(s, split="val") for s in many("x", 9)),
            ],
            "class 'x' has 0 different parts in the train split",
        ),
        (
            [*many("good", 9), *(sample(f"{n}.png", "bent", "one") for n in range(9))],
            "class 'bent' has 1 different parts",
        ),
    ],
)
def test_classes_that_cannot_be_learnt_are_refused_at_once(
    samples: list[Sample], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        TASK.choose(samples, "'list.csv'")


def test_good_parts_that_the_proof_takes_do_not_count_for_the_threshold() -> None:
    held_out = [replace(one, split="val") for one in (*many("good", 4), *many("bent", 16))]
    taught = [replace(one, part=f"t-{one.part}") for one in (*many("good", 30), *many("bent", 30))]
    few = 0
    for seed in range(20):
        try:
            division = TASK.divide([*taught, *held_out], seed)
        except DataError as error:
            assert "beside those of the proof" in str(error)  # noqa: PT017
            few += 1
        else:
            assert sum(one.is_good for one in division.held_out) == 4
    assert 0 < few < 20


def test_unknown_knob_is_refused(weights: Weights, tmp_path: Path) -> None:
    config = TrainingConfig(task="classify", hyperparameters={"head_rat": 0.1})
    some = loaded(("across", "along"), 4, 1, {})
    inputs = TrainingInputs(
        config=config,
        spec=SPEC,
        labels=TASK.labels(some.samples),
        fit=some,
        held_out=some,
        weights=weights,
        checkpoint=tmp_path,
        kept_maps=KeptMaps(tmp_path / "maps"),
        listener=Ears(),
    )
    with pytest.raises(ConfigurationError, match="did you mean 'head_rate'"):
        TASK.learn(inputs)
