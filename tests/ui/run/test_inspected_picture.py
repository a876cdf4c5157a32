"""What is painted is what was inspected."""

from inspector.flow import Decision
from tests.support.fakes import inspected
from tests.support.panels import view
from ui.run.inspected_picture import picture_of


def test_picture_has_heat_and_regions_of_its_inspection() -> None:
    seen = view(Decision.FAIL).inspected
    picture = picture_of(seen)
    assert picture is not None
    assert seen.frame is not None
    assert seen.prediction is not None
    assert picture.pixels is seen.frame.pixels
    assert picture.heat is seen.prediction.heatmap
    assert (picture.to_sensor, picture.regions) == (seen.to_sensor, seen.verdict.regions)
    assert picture.threshold == seen.verdict.threshold


def test_inspection_without_a_frame_has_no_picture() -> None:
    assert picture_of(inspected(Decision.ERROR)) is None
