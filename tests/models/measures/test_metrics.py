"""Figures against values worked out by hand and by the slowest way there is."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inspector.flow import Decision
from inspector.geometry import label_regions
from models.measures.metrics import (
    Overlap,
    PixelTally,
    auroc,
    average_precision,
    best_rates,
    macro_f1,
    rates,
)


def slow_auroc(scores: list[float], truth: list[bool]) -> float | None:
    pairs = [
        (d > g) + 0.5 * (d == g)
        for d, bad in zip(scores, truth, strict=True)
        if bad
        for g, other in zip(scores, truth, strict=True)
        if not other
    ]
    return sum(pairs) / len(pairs) if pairs else None


@pytest.mark.parametrize(
    ("scores", "truth", "expected"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], 1.0),
        ([1, 2, 3, 4], [1, 1, 0, 0], 0.0),
        ([1, 3, 2, 4], [0, 0, 1, 1], 0.75),
        ([5, 5, 5, 5], [0, 1, 0, 1], 0.5),
        ([1, 2], [1, 1], None),
        ([1, 2], [0, 0], None),
    ],
)
def test_auroc_by_hand(scores: list[float], truth: list[int], expected: float | None) -> None:
    assert auroc(scores, np.array(truth, dtype=bool)) == expected


@given(st.lists(st.tuples(st.sampled_from([-1.0, 0.0, 0.5, 2.0, 9.0]), st.booleans()), min_size=1))
def test_auroc_is_the_chance_over_all_pairs(rows: list[tuple[float, bool]]) -> None:
    scores, truth = [row[0] for row in rows], [row[1] for row in rows]
    expected = slow_auroc(scores, truth)
    measured = auroc(scores, truth)
    assert measured == (None if expected is None else pytest.approx(expected, abs=1e-12))


@pytest.mark.parametrize(
    ("scores", "truth", "expected"),
    [
        ([4, 3, 2, 1], [1, 1, 0, 0], 1.0),
        ([4, 3, 2, 1], [1, 0, 1, 0], 0.5 * 1 + 0.5 * 2 / 3),
        ([4, 3, 2, 1], [0, 0, 0, 1], 0.25),
        ([1, 1, 1, 1], [1, 0, 0, 0], 0.25),  # one threshold for equal scores
        ([1, 2], [0, 0], None),
    ],
)
def test_average_precision_by_hand(
    scores: list[float], truth: list[int], expected: float | None
) -> None:
    assert average_precision(scores, np.array(truth, dtype=bool)) == (
        None if expected is None else pytest.approx(expected)
    )


scored = st.lists(st.tuples(st.sampled_from([-1.0, 0.0, 0.5, 9.0]), st.booleans()), min_size=1)


@given(scored)
def test_average_precision_is_summed_over_thresholds(rows: list[tuple[float, bool]]) -> None:
    n_defect, expected, found_before = sum(bad for _, bad in rows), 0.0, 0
    for threshold in sorted({score for score, _ in rows}, reverse=True):
        raised = [bad for score, bad in rows if score >= threshold]
        expected += (sum(raised) - found_before) / max(n_defect, 1) * sum(raised) / len(raised)
        found_before = sum(raised)
    measured = average_precision([row[0] for row in rows], [row[1] for row in rows])
    assert measured == (pytest.approx(expected, abs=1e-12) if n_defect else None)


PASS, FAIL, ERROR = Decision.PASS, Decision.FAIL, Decision.ERROR


@pytest.mark.parametrize(
    ("decisions", "is_defect", "escape_rate", "overkill_rate"),
    [
        ([PASS, FAIL, FAIL, FAIL], [True, True, True, True], 0.25, None),
        ([PASS, FAIL], [False, False], None, 0.5),
        ([PASS, PASS, FAIL, PASS], [True, False, False, False], 1.0, 1 / 3),
        ([ERROR, ERROR, PASS], [True, False, False], 0.0, 0.5),  # an ERROR part is rejected
        ([], [], None, None),
    ],
)
def test_rates_by_hand(
    decisions: list[Decision],
    is_defect: list[bool],
    escape_rate: float | None,
    overkill_rate: float | None,
) -> None:
    counted = rates(decisions, is_defect)
    assert (counted.escape_rate, counted.overkill_rate) == (escape_rate, overkill_rate)


def test_rates_of_unequal_lengths_are_misuse() -> None:
    with pytest.raises(ValueError, match="1 decisions, but 2 truths"):
        rates([PASS], [True, False])


# The closest neighbours are 0.4 % apart: twice a bin's width, so no two values may be confused.
GRID = [sign * 1.004**power for sign in (-1.0, 1.0) for power in range(4)]
maps = hnp.arrays(
    np.float32,
    (8, 9),
    elements=st.sampled_from([-3.0, -1e-30, -0.0, 0.0, 0.25, 7.0, 1000.0, *GRID]).map(np.float32),
)
masks = hnp.arrays(np.bool_, (8, 9))


@given(st.lists(st.tuples(maps, masks), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_pixel_auroc_is_that_of_all_pixels(pictures: list[tuple[np.ndarray, np.ndarray]]) -> None:
    tally = PixelTally()
    for heatmap, mask in pictures:
        tally.add(heatmap, mask)
    scores = np.concatenate([heatmap.ravel() for heatmap, _ in pictures])
    truth = np.concatenate([mask.ravel() for _, mask in pictures])
    expected = auroc(scores, truth)
    assert tally.auroc() == (None if expected is None else pytest.approx(expected, abs=1e-9))


def slow_aupro(
    pictures: list[tuple[np.ndarray, np.ndarray]], max_fpr: Fraction = Fraction(3, 10)
) -> float | None:
    """In exact fractions, one strip of the area after the other."""
    good = np.concatenate([heatmap[~mask] for heatmap, mask in pictures])
    regions = []
    for heatmap, mask in pictures:
        labels, count = label_regions(mask)
        regions += [heatmap[labels == number] for number in range(1, count + 1)]
    if not regions or not good.size:
        return None
    values = np.unique(np.concatenate([heatmap.ravel() for heatmap, _ in pictures]))[::-1]
    area, x0, y0 = Fraction(0), Fraction(0), Fraction(0)
    for value in values:
        x1 = Fraction(int((good >= value).sum()), good.size)
        found = [Fraction(int((region >= value).sum()), region.size) for region in regions]
        y1 = sum(found, Fraction(0)) / len(found)
        if x0 < max_fpr and x0 < x1:
            end = min(x1, max_fpr)
            y_end = y0 + (y1 - y0) * (end - x0) / (x1 - x0)
            area += (end - x0) * (y0 + y_end) / 2
        x0, y0 = x1, y1
    return float(area / max_fpr)


@given(st.lists(st.tuples(maps, masks), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_aupro_is_the_mean_overlap_of_regions(
    pictures: list[tuple[np.ndarray, np.ndarray]],
) -> None:
    tally = PixelTally()
    for heatmap, mask in pictures:
        tally.add(heatmap, mask)
    expected = slow_aupro(pictures)
    assert tally.aupro() == (None if expected is None else pytest.approx(expected, abs=1e-9))


def test_small_region_weighs_as_much_as_a_large_one() -> None:
    heatmap = np.zeros((20, 20), dtype=np.float32)
    mask = np.zeros((20, 20), dtype=bool)
    mask[0, 0] = mask[5:15, 5:15] = True
    heatmap[5:15, 5:15] = 1.0  # the large one is found, the small one is not
    tally = PixelTally()
    tally.add(heatmap, mask)
    assert tally.aupro() == pytest.approx(0.5 + 0.5 * 0.3 / 2)


def tally_of(heatmap: list[list[float]], mask: list[list[int]]) -> PixelTally:
    tally = PixelTally()
    tally.add(np.array(heatmap, dtype=np.float32), np.array(mask, dtype=bool))
    return tally


def test_regions_that_touch_at_a_corner_are_one() -> None:
    heatmap = [[0.0, 0.0, 0.0, 9.0], [0.0, 0.0, 0.0, 0.0]]
    mask = [[1, 0, 0, 1], [0, 1, 0, 0]]
    assert tally_of(heatmap, mask).aupro() == pytest.approx(0.5 + 0.5 * 0.3 / 2)


def test_rise_exactly_at_the_limit_adds_no_area() -> None:
    """Half the region is found without a false alarm, the other half at a rate of 3 in 10."""
    heatmap = [[9.0, 3.0, *[5.0] * 3, *[0.0] * 7]]
    mask = [[1, 1, *[0] * 10]]
    assert tally_of(heatmap, mask).aupro() == 0.5


def test_curve_is_cut_between_two_points_at_the_limit() -> None:
    """From (0, 0) straight to (1, 1): 0.3 * 0.3 / 2 of 0.3."""
    tally = tally_of([[1.0, 1.0, 1.0]], [[1, 0, 0]])
    assert tally.aupro() == pytest.approx(0.15)
    assert tally.aupro(max_fpr=1.0) == pytest.approx(0.5)


@given(st.tuples(maps, masks), st.sampled_from([Fraction(1, 20), Fraction(1, 2), Fraction(1)]))
@settings(max_examples=30, deadline=None)
def test_aupro_goes_to_any_limit(picture: tuple[np.ndarray, np.ndarray], max_fpr: Fraction) -> None:
    tally = PixelTally()
    tally.add(*picture)
    expected = slow_aupro([picture], max_fpr)
    assert tally.aupro(float(max_fpr)) == (
        None if expected is None else pytest.approx(expected, abs=1e-9)
    )


@pytest.mark.parametrize("max_fpr", [0.0, -0.1, 1.1, float("nan")])
def test_limit_that_is_no_rate_is_misuse(max_fpr: float) -> None:
    with pytest.raises(ValueError, match=r"max_fpr .* outside 0\.\.1"):
        PixelTally().aupro(max_fpr)


@pytest.mark.parametrize(
    ("mask", "auroc_expected", "aupro_expected"),
    [([[0, 0]], None, None), ([[1, 1]], None, None), ([[1, 0]], 0.5, 0.15)],
)
def test_pixels_all_equal_or_of_one_kind(
    mask: list[list[int]], auroc_expected: float | None, aupro_expected: float | None
) -> None:
    tally = tally_of([[2.0, 2.0]], mask)
    assert tally.auroc() == auroc_expected
    assert tally.aupro() == (None if aupro_expected is None else pytest.approx(aupro_expected))


def test_nothing_added_gives_no_figures() -> None:
    assert (PixelTally().auroc(), PixelTally().aupro()) == (None, None)


def test_zero_and_minus_zero_are_equal() -> None:
    assert tally_of([[0.0, -0.0]], [[1, 0]]).auroc() == 0.5


def test_picture_without_a_defect_adds_good_pixels_only() -> None:
    tally = tally_of([[9.0, 0.0]], [[1, 0]])
    assert tally.auroc() == 1.0
    tally.add(np.array([[10.0, 10.0]], dtype=np.float32), np.zeros((1, 2), dtype=bool))
    assert tally.auroc() == pytest.approx(1 / 3)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_values_of_any_size_are_told_apart_within_their_bins(seed: int) -> None:
    """No pair further apart than a bin is wide is judged otherwise than by its values."""
    generator = np.random.Generator(np.random.PCG64(seed))
    heatmap = (generator.normal(size=(24, 25)) * 10.0 ** generator.integers(-9, 9)).astype("f4")
    mask = generator.random((24, 25)) < 0.1
    heatmap[mask] *= 2
    tally = PixelTally()
    tally.add(heatmap, mask)
    bad, good = heatmap[mask].astype(float)[:, None], heatmap[~mask].astype(float)[None]
    is_close = np.abs(bad - good) <= 2.0**-9 * np.maximum(np.abs(bad), np.abs(good))
    lowest = float(((bad > good) & ~is_close).mean())
    highest = float(((bad > good) | is_close).mean())
    measured = tally.auroc()
    assert measured is not None
    assert lowest - 1e-12 <= measured <= highest + 1e-12
    assert highest - lowest < 0.01
    exact = slow_aupro([(heatmap, mask)])
    assert tally.aupro() == pytest.approx(exact, abs=0.01)


def test_tally_does_not_grow_with_its_pictures() -> None:
    tally = PixelTally()
    sizes = set()
    for level in range(5):
        tally.add(np.full((50, 60), level, dtype=np.float32), np.eye(50, 60, dtype=bool))
        held = (value for value in vars(tally).values() if isinstance(value, np.ndarray))
        sizes.add(sum(array.nbytes for array in held))
    assert sizes == {3 * 8 * 2**18}


def test_macro_f1_weighs_every_true_class_alike() -> None:
    truth = ["a", "a", "a", "b", "c"]
    said = ["a", "a", "b", "b", "x"]
    assert macro_f1(truth, said) == pytest.approx((4 / 5 + 2 / 3 + 0) / 3)


def test_overlap_counts_all_pixels_of_all_pictures_together() -> None:
    overlap = Overlap()
    marked = np.zeros((2, 4), dtype=np.bool_)
    overlap.add(marked, marked)
    assert overlap.miou() is None
    marked[0] = True
    outlined = marked.copy()
    outlined[0, 0], outlined[1, 0] = False, True
    overlap.add(marked, outlined)
    assert overlap.miou() == pytest.approx((3 / 5 + 11 / 13) / 2)


def test_overlap_of_a_defect_that_is_not_marked_is_half_and_without_a_defect_none() -> None:
    everywhere, nowhere = np.ones((2, 4), np.bool_), np.zeros((2, 4), np.bool_)
    missed, alarm = Overlap(), Overlap()
    missed.add(nowhere, everywhere)
    alarm.add(everywhere, nowhere)
    assert missed.miou() == 0.0
    assert alarm.miou() is None


@pytest.mark.parametrize(
    ("scores", "truth", "expected"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], (0.0, 0.0)),
        ([1, 3, 2, 4], [0, 0, 1, 1], (0.0, 0.5)),
        ([1, 1, 1, 9], [0, 0, 1, 1], (0.5, 0.0)),
        ([5, 5], [0, 1], (0.0, 1.0)),
        ([1, 2], [1, 1], None),
    ],
)
def test_best_rates_by_hand(
    scores: list[float], truth: list[int], expected: tuple[float, float] | None
) -> None:
    assert best_rates(scores, truth) == expected


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1))
def test_no_threshold_is_better_than_the_best(rows: list[tuple[int, bool]]) -> None:
    good = [score for score, is_defect in rows if not is_defect]
    defects = [score for score, is_defect in rows if is_defect]
    best = best_rates([score for score, _ in rows], [is_defect for _, is_defect in rows])
    assert (best is None) == (not good or not defects)
    if best is not None:
        every = [
            sum(score <= limit for score in defects) / len(defects)
            + sum(score > limit for score in good) / len(good)
            for limit in range(-1, 10)
        ]
        assert sum(best) == pytest.approx(min(every))
