"""A defect that nobody tolerates is not excused by one beside it that is."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.flow import Prediction, Reason, Region
from inspector.geometry import Box
from inspector.recipe import Recipe
from inspector.tolerance import OTHER_KIND, UNKNOWN, not_tolerated

GOOD, SCRATCH, HOLE = 0, 1, 2  # places among the labels
RECIPE = Recipe(name="r", tolerated_area_px2=(("scratch", 300.0),))
LEVEL, FAINT = 0.5, 0.2
SIZE_PX = (40, 60)
Layer = NDArray[np.float32]


def region(label: str = "scratch", area_px2: float = 200.0) -> Region:
    box = Box(x_px=4, y_px=4, width_px=20, height_px=10)
    return Region(box_sensor_px=box, peak=0.9, label=label, area_px2=area_px2)


def part(*marks: tuple[int, int, int, int, float], unexplained: float | None = None) -> Prediction:
    """A scratch of 20 x 10 px at (4, 4), and squares: y, x, side, kind and chance."""
    heatmap = np.zeros(SIZE_PX, np.float32)
    class_map = np.full(SIZE_PX, GOOD, np.uint8)
    heatmap[4:14, 4:24], class_map[4:14, 4:24] = 0.9, SCRATCH
    for y, x, side, kind, chance in marks:
        window = np.s_[y : y + side, x : x + side]
        heatmap[window], class_map[window] = chance, kind
    return Prediction(
        frame_id=1,
        score=0.9,
        heatmap=heatmap,
        bundle_id="b" * 64,
        class_map=class_map,
        unexplained=unexplained,
    )


def reasons(prediction: Prediction, *found: Region) -> tuple[Reason, ...] | None:
    regions = found or (region(),)
    return not_tolerated(prediction, regions, RECIPE, (GOOD, SCRATCH), FAINT)


def test_scratch_alone_is_excused() -> None:
    assert reasons(part()) == ()


@pytest.mark.parametrize(
    ("y", "x", "chance"),
    [
        (5, 10, 0.875),  # inside the scratch, of whose region it is
        (14, 8, 0.875),  # touching it
        (30, 45, 0.25),  # far away, and too faint to be outlined
    ],
)
def test_hole_is_not_excused_wherever_it_lies(y: int, x: int, chance: float) -> None:
    hole = part((y, x, 8, HOLE, chance))
    expected = Reason(rule=OTHER_KIND, measured=chance, limit=FAINT)
    assert reasons(hole) == (expected,)


@pytest.mark.parametrize("mark", [(30, 45, 8, HOLE, 0.1), (14, 8, 4, HOLE, 0.9)])
def test_what_good_parts_show_too_and_single_cells_do_not_count(
    mark: tuple[int, int, int, int, float],
) -> None:
    assert reasons(part(mark)) == ()


def test_second_scratch_is_no_mark_of_another_kind() -> None:
    assert reasons(part((30, 45, 8, SCRATCH, 0.9))) == ()


def test_scratch_that_covers_too_much_is_the_reason() -> None:
    (reason,) = reasons(part(), region(), region(area_px2=150.0)) or ()
    assert reason.text() == "area of scratch 350 over 300 px²"


def test_region_of_another_kind_leaves_the_score_as_the_reason() -> None:
    assert reasons(part(), region(), region("hole")) is None


@pytest.mark.parametrize(("unexplained", "is_excused"), [(None, True), (1.0, True), (1.1, False)])
def test_what_nobody_knows_is_not_excused(unexplained: float | None, is_excused: bool) -> None:
    found = reasons(part(unexplained=unexplained))
    assert found == (() if is_excused else (Reason(rule=UNKNOWN, measured=1.1, limit=1.0),))
