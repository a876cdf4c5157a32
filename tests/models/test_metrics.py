"""Figures against values worked out by hand and by the slowest way there is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inspector.geometry import label_regions
from models.metrics import PixelTally, auroc, average_precision


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


maps = hnp.arrays(
    np.float32, (8, 9), elements=st.sampled_from([-3.0, -0.5, 0.0, 0.25, 1.0, 7.0, 1000.0])
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


def slow_aupro(pictures: list[tuple[np.ndarray, np.ndarray]]) -> float | None:
    good = np.concatenate([heatmap[~mask] for heatmap, mask in pictures])
    regions = []
    for heatmap, mask in pictures:
        labels, count = label_regions(mask)
        regions += [heatmap[labels == number] for number in range(1, count + 1)]
    if not regions or not good.size:
        return None
    values = np.unique(np.concatenate([heatmap.ravel() for heatmap, _ in pictures]))[::-1]
    rates = [0.0] + [float((good >= value).mean()) for value in values]
    overlaps = [0.0] + [float(np.mean([(r >= value).mean() for r in regions])) for value in values]
    grid = np.append(np.array(rates)[np.array(rates) < 0.3], 0.3)
    inside = np.append(np.array(overlaps)[np.array(rates) < 0.3], np.interp(0.3, rates, overlaps))
    return float(np.trapezoid(inside, grid)) / 0.3


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
