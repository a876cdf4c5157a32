"""Network and memory together say more than either, as one chance."""

import numpy as np
import pytest

from inspector.errors import DataError
from models.graphs.training_library import tensorflow
from models.marked.combining import (
    MAX_WEIGHT,
    MIN_WEIGHT,
    USUAL_WEIGHT,
    Combination,
    best_region_level,
    combination_in,
    combination_of,
    faint_level_of,
)
from models.measures.metrics import auroc

RNG = np.random.default_rng(0)
IS_DEFECT = np.arange(600) >= 400
EACH = np.arange(600)
IMAGE = (RNG.normal(0, 1, 600) + 2 * IS_DEFECT).astype(np.float32)
LOG_SCORES = (0.1 * (RNG.normal(0, 1, 600) + 4 * IS_DEFECT) + 0.5).astype(np.float32)


@pytest.fixture(scope="module")
def combination() -> Combination:
    return combination_of(IMAGE, LOG_SCORES, EACH, IS_DEFECT)


def chances(combination: Combination) -> np.ndarray:
    values: np.ndarray = combination.chance(tensorflow(), IMAGE, LOG_SCORES).numpy()
    return values


def test_both_tell_more_than_the_network_alone(combination: Combination) -> None:
    together, alone = auroc(chances(combination), IS_DEFECT), auroc(IMAGE, IS_DEFECT)
    assert together is not None
    assert alone is not None
    assert together > alone + 0.02


def test_even_chance_lies_between_good_and_defective(combination: Combination) -> None:
    values = chances(combination)
    assert (values[~IS_DEFECT] > 0.5).mean() == pytest.approx(
        (values[IS_DEFECT] <= 0.5).mean(), abs=0.03
    )


def test_memory_counts_in_deviations_of_good_parts(combination: Combination) -> None:
    assert combination.usual == pytest.approx(0.5, abs=0.02)
    assert combination.spread == pytest.approx(0.1, abs=0.02)


def test_good_parts_that_all_score_alike_do_not_make_the_memory_count_for_everything() -> None:
    combination = combination_of(IMAGE, np.full(600, 0.5, np.float32), EACH, IS_DEFECT)
    assert np.isfinite(chances(combination)).all()
    assert combination.spread == 1e-3


def test_memory_counts_as_much_as_it_tells() -> None:
    noise = RNG.normal(0, 0.1, 600).astype(np.float32)
    blind = combination_of(IMAGE, noise, EACH, IS_DEFECT)
    telling = (noise + 0.5 * IS_DEFECT).astype(np.float32)
    seeing = combination_of(IMAGE, telling, EACH, IS_DEFECT)
    alone = combination_of(noise, LOG_SCORES, EACH, IS_DEFECT)
    assert blind.weight == MIN_WEIGHT  # it may see what nobody has marked yet
    assert seeing.weight > 1
    assert 1.5 < alone.weight <= MAX_WEIGHT


def test_few_defects_hardly_move_the_weight() -> None:
    few = np.flatnonzero(np.arange(600) < 403)  # three of them
    seeing = (0.5 * IS_DEFECT + RNG.normal(0, 0.1, 600)).astype(np.float32)
    combination = combination_of(IMAGE[few], seeing[few], EACH[few], IS_DEFECT[few])
    assert USUAL_WEIGHT < combination.weight < 2 * USUAL_WEIGHT


def test_tiles_count_as_the_worst_of_their_picture(combination: Combination) -> None:
    tiled = np.array([IMAGE, IMAGE - 9]).T.ravel()
    log_scores = LOG_SCORES.repeat(2)
    of_tiles = combination_of(tiled, log_scores, EACH.repeat(2), IS_DEFECT.repeat(2))
    assert of_tiles.logistic == pytest.approx(combination.logistic)
    assert (of_tiles.usual, of_tiles.spread) == pytest.approx(
        (combination.usual, combination.spread), abs=1e-3
    )


def test_combination_is_what_its_array_says(combination: Combination) -> None:
    assert combination_in(combination.to_array()) == combination


def test_combination_of_an_older_version_is_refused(combination: Combination) -> None:
    with pytest.raises(DataError, match="older version: train the bundle anew"):
        combination_in(combination.to_array()[:-1])


def test_faint_level_is_what_most_good_pictures_stay_below_and_defects_do_not_count() -> None:
    masks = np.full((42, 4, 4), -4.0, np.float32)
    masks[:40, 1, 1] = np.linspace(-4, -2, 40)  # good ones, two tiles of each picture
    masks[40:, 2, 2] = 5.0
    pictures = np.arange(42) // 2
    level = faint_level_of(masks, np.arange(42) >= 40, pictures)
    shares = 1 / (1 + np.exp(-masks[:40].max(axis=(1, 2))))
    assert ((shares.reshape(20, 2).max(axis=1) > level).sum(), level < 0.2) == (4, True)


def test_part_unlike_all_good_ones_is_rejected_however_sure_the_network_is() -> None:
    tf = tensorflow()
    sure = np.where(IS_DEFECT, 60.0, -60.0).astype(np.float32)  # it tells the known ones with ease
    log_scores = RNG.normal(0, 1, 600).astype(np.float32)
    combination = combination_of(sure, log_scores, EACH, IS_DEFECT)
    good, strange = (
        combination.chance(tf, np.float32(-60), np.float32(deviation)).numpy()
        for deviation in (1.0, 6.0)
    )
    assert good < 0.05
    assert strange > 0.9


def test_good_parts_that_are_often_strange_raise_the_limit_of_the_memory() -> None:
    log_scores = RNG.normal(0, 1, 600).astype(np.float32)
    usual = combination_of(IMAGE, log_scores, EACH, IS_DEFECT)
    assert 3.09 <= usual.limit < 3.5
    log_scores[:20] += 12.0
    assert combination_of(IMAGE, log_scores, EACH, IS_DEFECT).limit > 9.0


@pytest.mark.parametrize("shift", [-1.5, 0.0, 1.5])
def test_region_level_undoes_what_the_mask_is_off_by(shift: float) -> None:
    covers = np.zeros((2, 8, 8), np.uint8)
    covers[1, 2:6, 2:6] = 255
    masks = np.where(covers > 0, 1.0, -1.0).astype(np.float32)
    level = best_region_level(masks + np.float32(shift), covers)
    assert shift - 1 < np.log(level / (1 - level)) < shift + 1
