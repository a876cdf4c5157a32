"""Maps between frames of pixels are exact, and regions are those that a flood fill finds."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from inspector.geometry import AxisMap, Box, holds_square, label_regions, region_boxes

STEADY = settings(derandomize=True, deadline=None)
QUARTERS = st.integers(-4000, 4000).map(lambda n: n / 4)  # sums and products of these are exact
SIZES = st.integers(0, 4000).map(lambda n: n / 4)
SCALES = st.sampled_from([0.25, 0.5, 1.0, 1.75, 2.0, 3.5, 12.0])
BOXES = st.builds(Box, x_px=QUARTERS, y_px=QUARTERS, width_px=SIZES, height_px=SIZES)
MAPS = st.builds(
    AxisMap, scale_x=SCALES, scale_y=SCALES, offset_x_px=QUARTERS, offset_y_px=QUARTERS
)
MASKS = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=14))


def box(x_px: float, y_px: float, width_px: float, height_px: float) -> Box:
    return Box(x_px=x_px, y_px=y_px, width_px=width_px, height_px=height_px)


def corners(of: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    return (of.x_px, of.y_px), (of.x_px + of.width_px, of.y_px + of.height_px)


def mask_of(*rows: str) -> NDArray[np.bool_]:
    return np.array([[letter == "#" for letter in row] for row in rows], dtype=np.bool_)


def flood_fill(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], int]:
    """The slow and plain way: from each first pixel to all that touch, corners too."""
    labels = np.zeros(mask.shape, dtype=np.int32)
    count = 0
    for start in zip(*np.nonzero(mask), strict=True):
        if labels[start]:
            continue
        count += 1
        open_ends = [start]
        while open_ends:
            place = open_ends.pop()
            if labels[place] == 0:
                labels[place] = count
                open_ends += [near for near in neighbours(place, mask.shape) if mask[near]]
    return labels, count


def neighbours(place: tuple[int, ...], shape: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    y, x = place
    for near_y in range(max(0, y - 1), min(shape[0], y + 2)):
        for near_x in range(max(0, x - 1), min(shape[1], x + 2)):
            yield near_y, near_x


def test_box_is_scaled_and_moved_for_each_axis_apart() -> None:
    to_sensor = AxisMap(scale_x=4.0, scale_y=2.5, offset_x_px=-8.0, offset_y_px=10.0)
    assert to_sensor.box(box(3, 2, 1, 2)) == box(4.0, 15.0, 4.0, 5.0)


@STEADY
@given(BOXES)
def test_map_without_scale_and_offset_changes_nothing(of: Box) -> None:
    assert AxisMap(scale_x=1.0, scale_y=1.0).box(of) == of


@STEADY
@given(MAPS, BOXES)
def test_corners_of_a_mapped_box_are_the_mapped_corners(to_sensor: AxisMap, of: Box) -> None:
    mapped = tuple(
        (
            x_px * to_sensor.scale_x + to_sensor.offset_x_px,
            y_px * to_sensor.scale_y + to_sensor.offset_y_px,
        )
        for x_px, y_px in corners(of)
    )
    assert corners(to_sensor.box(of)) == mapped


@pytest.mark.parametrize(
    ("whole", "inside"),
    [
        (box(2, 3, 4, 5), box(2, 3, 4, 5)),
        (box(-2, -3, 6, 9), box(0, 0, 4, 6)),
        (box(17, 8, 9, 9), box(17, 8, 3, 2)),
        (box(-5, -5, 99, 99), box(0, 0, 20, 10)),
        (box(20, 10, 1, 1), box(20, 10, 0, 0)),
        (box(-4, -4, 2, 2), box(0, 0, 0, 0)),
    ],
)
def test_box_is_cut_at_the_borders_of_the_picture(whole: Box, inside: Box) -> None:
    assert whole.clipped(height_px=10, width_px=20) == inside


@STEADY
@given(BOXES, st.integers(1, 500), st.integers(1, 500))
def test_clipping_twice_is_clipping_once(of: Box, height_px: int, width_px: int) -> None:
    once = of.clipped(height_px, width_px)
    assert once.clipped(height_px, width_px) == once


@STEADY
@given(MASKS)
def test_regions_are_those_of_a_flood_fill(mask: NDArray[np.bool_]) -> None:
    labels, count = label_regions(mask)
    expected, expected_count = flood_fill(mask)
    assert (labels.dtype, count) == (np.dtype(np.int32), expected_count)
    assert labels.tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        (("....", "...."), 0),
        (("####", "####"), 1),
        (("#.#.", ".#.#"), 1),  # corners touch
        (("#..#", "#..#"), 2),
        (("#.#.#", "#.#.#", "#####"), 1),  # combs join late
        (("#####", "#.#.#", "#.#.#"), 1),
        (("#####", "#...#", "#.#.#", "#...#", "#####"), 2),  # one inside the other
        (("##.##", "..#.."), 1),
        (("##..##", "......", "##..##"), 4),
    ],
)
def test_count_of_regions(rows: tuple[str, ...], count: int) -> None:
    assert label_regions(mask_of(*rows))[1] == count


def test_regions_are_numbered_by_their_first_pixel() -> None:
    labels, _ = label_regions(mask_of("..#..#", "#....#", "#.#..."))
    assert labels.tolist() == [[0, 0, 1, 0, 0, 2], [3, 0, 0, 0, 0, 2], [3, 0, 4, 0, 0, 0]]


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0)])
def test_mask_without_pixels_has_no_regions(shape: tuple[int, int]) -> None:
    labels, count = label_regions(np.zeros(shape, dtype=np.bool_))
    assert (labels.shape, count) == (shape, 0)
    assert region_boxes(labels, np.zeros(shape, dtype=np.float32)) == []


def test_mask_is_left_as_it_was() -> None:
    mask = mask_of("#.#", "###")
    before = mask.copy()
    label_regions(mask)
    assert mask.tolist() == before.tolist()


@pytest.mark.parametrize(
    ("height", "width", "is_held"), [(3, 4, True), (2, 9, False), (9, 2, False)]
)
def test_square_is_held_by_what_is_as_high_and_wide(height: int, width: int, is_held: bool) -> None:
    mask = np.zeros((12, 10), np.bool_)
    mask[1 : 1 + height, 1 : 1 + width] = True
    assert holds_square(mask, 3) is is_held
    mask[2, 2] = False
    assert not holds_square(mask, 3)


def test_square_larger_than_the_mask_is_not_held() -> None:
    assert not holds_square(np.ones((2, 9), np.bool_), 3)


def test_region_boxes_come_with_the_highest_value_inside() -> None:
    labels, _ = label_regions(mask_of("##...", ".#..#", "....#"))
    values = np.arange(15, dtype=np.float32).reshape(3, 5)
    assert region_boxes(labels, values) == [(box(0, 0, 2, 2), 6.0), (box(4, 1, 1, 2), 14.0)]


def test_region_boxes_of_negative_values_are_their_highest() -> None:
    labels, _ = label_regions(mask_of("##", ".."))
    values = np.array([[-3.0, -2.0], [7.0, 7.0]], dtype=np.float32)
    assert region_boxes(labels, values) == [(box(0, 0, 2, 1), -2.0)]


@STEADY
@given(MASKS, st.integers(0, 2**32 - 1))
def test_region_boxes_hold_their_region_and_no_more(mask: NDArray[np.bool_], seed: int) -> None:
    labels, count = label_regions(mask)
    values = np.random.default_rng(seed).normal(size=mask.shape).astype(np.float32)
    expected = []
    for number in range(1, count + 1):
        y, x = np.nonzero(labels == number)
        left, top = int(x.min()), int(y.min())
        outline = box(left, top, int(x.max()) - left + 1, int(y.max()) - top + 1)
        expected.append((outline, float(values[labels == number].max())))
    assert region_boxes(labels, values) == expected


def test_maps_one_after_the_other_are_one_map() -> None:
    first = AxisMap(scale_x=2.0, scale_y=3.0, offset_x_px=1.0, offset_y_px=-4.0)
    second = AxisMap(scale_x=0.5, scale_y=0.25, offset_x_px=7.0, offset_y_px=8.0)
    box = Box(x_px=1.0, y_px=2.0, width_px=4.0, height_px=8.0)
    assert first.then(second).box(box) == second.box(first.box(box))
    assert first.shifted(5.0, 6.0).box(box) == first.then(
        AxisMap(scale_x=1.0, scale_y=1.0, offset_x_px=5.0, offset_y_px=6.0)
    ).box(box)
