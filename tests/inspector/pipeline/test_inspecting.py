"""Every view that is taken in comes to one finding, unless nobody waits for it any more."""

import pytest

from inspector.concurrency.bounded_queue import Closed
from inspector.flow import Decision, Stage
from inspector.geometry import PixelRegion
from inspector.pipeline.inspected import Inspected
from inspector.pipeline.inspecting import TO_INSPECT, Inspecting
from inspector.pipeline.judging import Judging
from tests.support.fakes import FakeClock, frame
from tests.support.lines import brightness_inspection

BEYOND = PixelRegion(x_px=30, y_px=0, width_px=30, height_px=20)  # of a frame of 32 x 24 px
OLD, NEW = (brightness_inspection(threshold=threshold) for threshold in (0.9, 0.1))


class Line:
    """What the judging thread talks to."""

    def __init__(self) -> None:
        self.judging = Judging(OLD)
        self.unwanted: set[int] = set()
        self.begun: list[int] = []
        self.found: list[tuple[int, str, Inspected]] = []
        self.inspecting = Inspecting(
            self.judging,
            FakeClock(),
            regions={"top": None, "side": BEYOND},
            is_wanted=lambda number: number not in self.unwanted,
            on_judging=self.begun.append,
            on_inspected=lambda *found: self.found.append(found),
        )

    def take(self, *numbers: int) -> None:
        for number in numbers:
            self.judging.begin(number)
            self.inspecting.take(number, "top", frame())

    def decisions(self) -> list[tuple[int, Decision]]:
        return [(number, inspected.verdict.decision) for number, _, inspected in self.found]


def test_views_are_judged_in_their_order_by_the_inspection_of_their_part() -> None:
    line = Line()
    line.take(1)
    line.judging.change(NEW)
    line.take(2)
    line.inspecting.close()
    line.inspecting.run()
    assert line.decisions() == [(1, Decision.PASS), (2, Decision.FAIL)]
    assert line.begun == [1, 2]
    assert [camera for _, camera, _ in line.found] == ["top", "top"]
    assert Stage.QUEUE in line.found[0][2].stage_ms


def test_view_that_nobody_waits_for_is_not_judged() -> None:
    line = Line()
    line.take(1, 2)
    line.unwanted.add(1)
    line.inspecting.close()
    line.inspecting.run()
    assert line.begun == [2]
    assert line.decisions() == [(2, Decision.PASS)]


def test_view_that_finds_no_room_is_an_error_at_once() -> None:
    line = Line()
    line.take(*range(TO_INSPECT + 1))
    assert line.decisions() == [(TO_INSPECT, Decision.ERROR)]
    assert line.found[0][2].verdict.reasons[0].rule == "Overrun"
    line.inspecting.close()
    line.inspecting.run()
    assert len(line.found) == TO_INSPECT + 1


def test_picture_that_cannot_be_prepared_does_not_wait() -> None:
    line = Line()
    line.judging.begin(1)
    line.inspecting.take(1, "side", frame())
    assert line.decisions() == [(1, Decision.ERROR)]


def test_what_is_discarded_is_not_judged_and_nothing_more_is_taken() -> None:
    line = Line()
    line.take(1)
    line.inspecting.discard()
    line.take(2)
    line.inspecting.run()
    assert line.found == []
    with pytest.raises(Closed):
        line.inspecting.wait_for_room()
