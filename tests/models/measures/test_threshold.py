"""The threshold is a rank of scores or a limit of distances, and says what it cannot promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inspector.bundle import Threshold
from inspector.errors import ConfigurationError
from models.measures.rate import Rate
from models.measures.threshold import (
    ChosenThreshold,
    Targets,
    cheapest_chance,
    choose_threshold,
    log_normal_limit,
)


def scores(count: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.arange(count, dtype=np.float32)[::-1].copy()


def threshold_on_good(values: NDArray[np.float32], overkill: float) -> Threshold:
    is_defect = np.zeros(len(values), dtype=np.bool_)
    return choose_threshold(values, is_defect, Targets(overkill=overkill)).threshold


@pytest.mark.parametrize(
    ("count", "overkill", "value"),
    [(99, 0.05, 94.0), (100, 0.05, 95.0), (199, 0.01, 197.0), (99, 0.01, 98.0), (19, 0.05, 18.0)],
)
def test_threshold_is_the_conformal_rank(count: int, overkill: float, value: float) -> None:
    assert threshold_on_good(scores(count), overkill).value == value


def test_too_few_scores_give_the_highest_and_say_so() -> None:
    threshold = threshold_on_good(scores(18), 0.05)
    assert threshold.value == 17.0
    assert "too few" in threshold.method
    assert threshold.n_images == 18


@given(st.integers(1, 400), st.floats(0.001, 0.5))
def test_no_more_good_scores_exceed_it_than_allowed(count: int, overkill: float) -> None:
    values = scores(count)
    threshold = threshold_on_good(values, overkill)
    assert (values > threshold.value).sum() <= overkill * (count + 1)


def chosen(good: list[float], defects: list[float], **targets: float) -> ChosenThreshold:
    scores = np.array([*good, *defects], dtype=np.float32)
    is_defect = np.arange(len(scores)) >= len(good)
    return choose_threshold(scores, is_defect, Targets(**targets), region_level=0.5)


GOOD = [float(place) for place in range(100)]


def test_threshold_lies_in_the_middle_where_both_targets_can_be_met() -> None:
    choice = chosen(GOOD, [104.0] * 60, overkill=0.05, escape=0.05)
    assert choice.threshold.value == pytest.approx((95 + 104) / 2, rel=1e-3)
    assert (choice.overkill.count, choice.escape) == (0, Rate(count=0, total=60))
    assert (choice.threshold.region_level, choice.threshold.n_images) == (0.5, 160)


def test_escapes_go_before_overkill_where_both_cannot_be_met() -> None:
    defects = [50.0 + place / 10 for place in range(100)]
    choice = chosen(GOOD, defects, overkill=0.02, escape=0.05)
    assert choice.escape is not None
    assert (choice.escape.count, choice.overkill.count) == (4, 49)
    assert choice.doubts[0].startswith("overkill of at most 2.00% is not reached: it is 49.0% (49")


def test_target_that_the_sample_is_too_small_for_is_doubted() -> None:
    choice = chosen(GOOD, [200.0] * 30, overkill=0.2, escape=0.005)
    assert " ".join(choice.doubts) == (
        "escape of at most 0.50% is not certain: it is 0.0% (0 of 30; 95 % interval 0.0%..11.6%); "
        "at least 736 held-out defects, none of them judged wrongly, would promise it"
    )


def test_target_that_the_sample_promises_is_not_doubted() -> None:
    assert chosen(GOOD, [200.0] * 736, overkill=0.2, escape=0.005).doubts == ()


def test_escape_cannot_be_promised_without_defects() -> None:
    choice = chosen(GOOD, [], escape=0.01)
    assert choice.doubts == ("no defect was held out: nothing can be said of escapes",)
    assert choice.escape is None


def distances(good: NDArray[np.float64], overkill: float) -> Threshold:
    is_defect = np.zeros(len(good), np.bool_)
    return choose_threshold(
        good.astype(np.float32), is_defect, Targets(overkill=overkill), are_distances=True
    ).threshold


def test_distances_of_few_good_parts_are_taken_to_be_log_normal() -> None:
    good = np.exp(np.array([-0.2, -0.1, 0.0, 0.1, 0.2, 3.0, -3.0]))  # two odd ones
    threshold = distances(good, 0.05)
    assert threshold.value == pytest.approx(np.exp(1.644854 * 1.4826 * 0.2), rel=1e-5)
    assert threshold.method.startswith(
        "5.0% of good parts would exceed it, by median and deviation"
    )


def test_limit_follows_the_target_as_a_normal_distribution_does() -> None:
    rng = np.random.default_rng(0)
    good = np.exp(rng.normal(0.5, 0.2, 40_000))
    for overkill, z in ((0.05, 1.644854), (0.02, 2.053749), (0.001, 3.090232)):
        assert log_normal_limit(good, overkill) == pytest.approx(np.exp(0.5 + 0.2 * z), rel=0.02)


def test_quantile_goes_before_the_limit_where_it_is_lower_and_the_sample_large_enough() -> None:
    good = np.concatenate([np.full(90, 1.0), np.full(90, 2.0)])
    limit = log_normal_limit(good, 0.05)
    assert limit > 2.0
    assert distances(good, 0.05).value == 2.0
    assert distances(good[80:98], 0.05).value == pytest.approx(log_normal_limit(good[80:98], 0.05))


def test_more_overkill_than_usual_is_said_without_a_target() -> None:
    narrow, tail = [1.0 + number / 1000 for number in range(80)], [3.0] * 20
    choice = choose_threshold(
        np.array(narrow + tail, np.float32),
        np.zeros(100, np.bool_),
        Targets(),
        are_distances=True,
    )
    assert choice.doubts == (
        f"more good parts are rejected than the usual 5%: {Rate(count=20, total=100).text()}",
    )


def test_defect_at_the_limit_is_still_rejected_in_other_digits() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    for _ in range(50):
        good = rng.lognormal(0, 0.1, 60).astype(np.float32)
        defects = rng.lognormal(0.1, 0.1, 40).astype(np.float32)
        choice = choose_threshold(
            np.concatenate([good, defects]),
            np.arange(100) >= 60,
            Targets(escape=0.02),
            are_distances=True,
        )
        assert choice.escape is not None
        scaled = (defects / choice.threshold.value).astype(np.float32)
        assert (scaled <= 1).sum() == choice.escape.count == 0


def test_score_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="1 of 3 held-out scores are not finite"):
        choose_threshold(np.array([1.0, np.nan, 2.0], np.float32), np.zeros(3, np.bool_), Targets())


CHANCES = np.array([0.01, 0.02, 0.05, 0.1, 0.2] * 4 + [0.6, 0.8, 0.9, 0.97] * 3, np.float32)
SHOWS_DEFECT = np.arange(32) >= 20


def test_chances_are_cut_where_mistakes_cost_least() -> None:
    chosen = choose_threshold(CHANCES, SHOWS_DEFECT, Targets(), are_chances=True)
    assert 0.2 < chosen.threshold.value < 0.6
    assert "2 times the share of defects that pass" in chosen.threshold.method
    assert "by 20 good pictures and 12 defects" in chosen.threshold.method
    assert chosen.escape is not None
    assert (chosen.overkill.count, chosen.escape.count) == (0, 0)


def test_targets_and_too_few_defects_go_before_the_cost() -> None:
    of_overkill = choose_threshold(CHANCES, SHOWS_DEFECT, Targets(overkill=0.2), are_chances=True)
    few = choose_threshold(CHANCES[:25], SHOWS_DEFECT[:25], Targets(), are_chances=True)
    assert "rank" in of_overkill.threshold.method
    assert "rank" in few.threshold.method


def test_defect_that_passes_costs_as_much_as_two_good_parts() -> None:
    rng = np.random.default_rng(0)
    good = 1 / (1 + np.exp(-rng.normal(-1, 1, 4000)))
    defects = 1 / (1 + np.exp(-rng.normal(1, 1, 4000)))
    # Two normal distributions of deviation 1 around -1 and 1: densities differ by 2 at -ln(2) / 2.
    found = cheapest_chance(good, defects)
    assert np.log(found / (1 - found)) == pytest.approx(-np.log(2) / 2, abs=0.15)


@pytest.mark.parametrize(
    ("good", "defect", "at"),
    [(-6.0, 12.0, -np.log(2)), (-9.0, -3.0, -6.0), (2.0, 12.0, None)],
)
def test_wide_gap_is_cut_nearer_to_the_good_parts(
    good: float, defect: float, at: float | None
) -> None:
    found = cheapest_chance(*(1 / (1 + np.exp(-np.full(40, logit))) for logit in (good, defect)))
    logit = np.log(found / (1 - found))
    if at is None:  # good ones lie above one half: as near to them as they are sure not to fail
        assert good + 1.0 < logit < good + 3.0
    else:
        assert logit == pytest.approx(at, abs=0.1)


@given(st.lists(st.floats(0, 1), min_size=1), st.lists(st.floats(0, 1), min_size=1))
def test_cut_is_a_chance_whatever_comes(good: list[float], defects: list[float]) -> None:
    assert 0 < cheapest_chance(np.array(good), np.array(defects)) < 1
