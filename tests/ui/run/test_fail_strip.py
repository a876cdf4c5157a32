"""The last fails: newest first, each of them opens, and no more than are looked at."""

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from inspector.flow import Decision
from inspector.pipeline.parts import PartResult, View
from tests.support.fakes import inspected
from tests.support.panels import result
from ui.run.fail_pictures import fail_picture
from ui.run.fail_strip import MAX_KEPT, FailStrip
from ui.theme.theme import Theme


def strip_of(theme: Theme, count: int) -> FailStrip:
    strip = FailStrip(theme)
    strip.resize(900, 160)
    strip.show()
    for number in range(1, count + 1):
        strip.add(fail_picture(result(number)))
    return strip


def test_newest_is_first_and_the_oldest_goes(theme: Theme) -> None:
    strip = strip_of(theme, MAX_KEPT + 3)
    numbers = [fail.part_number for fail in strip.fails]
    assert numbers == list(range(MAX_KEPT + 3, 3, -1))


def test_click_and_keys_open_a_fail(theme: Theme, qtbot: QtBot) -> None:
    strip = strip_of(theme, 3)
    inner = strip._strip
    places = inner.places()
    with qtbot.waitSignal(strip.chosen) as told:
        qtbot.mouseClick(inner, Qt.MouseButton.LeftButton, pos=places[1].center())
    assert told.args is not None
    assert told.args[0].part_number == 2
    qtbot.keyClick(inner, Qt.Key.Key_Right)
    qtbot.keyClick(inner, Qt.Key.Key_Right)
    with qtbot.waitSignal(strip.chosen) as told:
        qtbot.keyClick(inner, Qt.Key.Key_Return)
    assert told.args is not None
    assert told.args[0].part_number == 1
    with qtbot.assertNotEmitted(strip.chosen):
        qtbot.mouseClick(inner, Qt.MouseButton.LeftButton, pos=QPoint(890, 40))


def test_part_without_a_picture_has_its_place_too(theme: Theme) -> None:
    strip = strip_of(theme, 0)
    seen = View(camera="top", inspected=inspected(Decision.ERROR))
    strip.add(
        fail_picture(
            PartResult(part_number=3, views=(seen,), deciding=seen, triggered_ns=0, total_ms=1.0)
        )
    )
    assert not strip.grab().isNull()
    strip.clear()
    assert strip.fails == []
