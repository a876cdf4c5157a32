"""Every good picture is judged once, by a memory that had not seen its part."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.backbones.weights import load_weights
from models.dataset.sample import Sample
from models.measures.painted_escape import N_PAINTED
from models.memory.folds import CrossValidated, GoodPictures, cross_validated
from models.memory.learning import judged, learn_memory
from models.memory.taps import STRIDES, Tapper
from tests.models.memory.stripes import striped

N_PICTURES, N_EACH = 30, 3  # of one part


def sample(number: int) -> Sample:
    name = f"{number}.png"
    return Sample(
        name=name,
        image=Path(name),
        label="good",
        masks=(),
        split="train",
        part=str(number // N_EACH),
    )


@pytest.fixture(scope="module")
def pictures() -> NDArray[np.uint8]:
    """Of each part its own marking, three times with other noise."""
    drawn = striped(N_PICTURES)
    for number, picture in enumerate(drawn):
        place = 6 + 11 * (number // N_EACH)
        picture[place : place + 8, 30:60] = 40 + 20 * (number // N_EACH)
    return drawn


@pytest.fixture(scope="module")
def tapper(tmp_path_factory: pytest.TempPathFactory) -> Tapper:
    return Tapper(load_weights(tmp_path_factory.mktemp("weights")), STRIDES)


def good_pictures(pictures: NDArray[np.uint8], tapper: Tapper) -> GoodPictures:
    samples = tuple(sample(number) for number in range(N_PICTURES))
    return GoodPictures(samples=samples, pixels=list(pictures), taps=tapper.taps(pictures))


@pytest.fixture(scope="module")
def found(pictures: NDArray[np.uint8], tapper: Tapper) -> CrossValidated:
    return cross_validated(good_pictures(pictures, tapper), tapper, 200, seed=0)


def test_part_that_was_never_seen_scores_higher_than_one_that_was(
    found: CrossValidated, pictures: NDArray[np.uint8], tapper: Tapper
) -> None:
    taps = tapper.taps(pictures)
    knowing = learn_memory(
        taps.some(range(0, N_PICTURES, 2)),
        taps.some(range(1, N_PICTURES, 2)),
        200,
        np.random.default_rng(0),
    )
    seen, _ = judged(taps, knowing)
    assert found.scores.shape == found.peaks.shape == (N_PICTURES,)
    assert (found.scores > 0).all()
    assert np.median(found.scores) > 1.05 * np.median(seen)


def test_same_seed_gives_the_same_scores(
    found: CrossValidated, pictures: NDArray[np.uint8], tapper: Tapper
) -> None:
    again = cross_validated(good_pictures(pictures, tapper), tapper, 200, seed=0)
    assert np.array_equal(again.scores, found.scores)
    assert np.array_equal(again.painted.scores, found.painted.scores)


def test_painted_defects_are_judged_too_and_plain_ones_mostly_score_higher(
    found: CrossValidated,
) -> None:
    painted = found.painted
    assert 0.8 * N_PAINTED <= len(painted.scores) <= N_PAINTED
    assert np.median(painted.scores[painted.are_plain]) > np.quantile(found.scores, 0.9)
