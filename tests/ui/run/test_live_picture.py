"""The live picture says what it shows, and what to do where it shows nothing."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from inspector.flow import Decision
from inspector.pipeline.parts import View
from tests.support.fakes import inspected
from tests.support.panels import snapshot, view
from ui.run.live_picture import BLANK_AFTER_MS, LivePicture
from ui.theme.theme import Theme


def panel_of(theme: Theme, *cameras: str) -> LivePicture:
    panel = LivePicture(theme)
    panel.resize(800, 500)
    panel.set_cameras(cameras)
    panel.show()
    return panel


def shown_px(panel: LivePicture) -> tuple[int, ...] | None:
    picture = panel.view._picture
    return None if picture is None else picture.pixels.shape[:2]


def test_camera_is_named_with_its_size_and_rate(theme: Theme) -> None:
    panel = panel_of(theme, "top")
    panel.show_camera(snapshot().cameras[0], 29.97)
    assert panel._info.text() == "top   2448 \u00d7 2048   30.0 / s"
    assert panel._message.isHidden()


def test_lost_and_silent_cameras_say_what_to_do(theme: Theme) -> None:
    panel = panel_of(theme, "top")
    panel.show_camera(snapshot(trouble="no frame", is_open=False).cameras[0], 0.0)
    assert "Check cable and power" in panel._message.text()
    panel.show_camera(snapshot(trouble="no frame").cameras[0], 0.0)
    assert "Check the trigger" in panel._message.text()
    panel.show_camera(snapshot().cameras[0], 5.0)
    assert panel._message.isHidden()


def test_heat_is_switched_and_told(theme: Theme, qtbot: QtBot) -> None:
    panel = panel_of(theme, "top")
    panel.show_view(view(Decision.FAIL))
    with_heat = panel.view.grab().toImage()
    with qtbot.waitSignal(panel.heat_switched) as told:
        panel.set_heat(False)
    assert told.args == [False]
    assert panel.view.grab().toImage() != with_heat


def test_one_of_several_cameras_is_chosen(theme: Theme, qtbot: QtBot) -> None:
    panel = panel_of(theme, "top", "side")
    assert panel.camera == "top"
    side = next(b for b in panel.findChildren(QPushButton) if b.text() == "side")
    with qtbot.waitSignal(panel.camera_chosen) as told:
        qtbot.mouseClick(side, Qt.MouseButton.LeftButton)
    assert (told.args, panel.camera) == (["side"], "side")
    panel.next_camera()
    assert panel.camera == "top"
    panel.set_cameras(("only",))
    panel.next_camera()
    assert panel.camera == "only"


def test_each_camera_keeps_its_own_picture(theme: Theme) -> None:
    panel = panel_of(theme, "top", "side")
    panel.show_view(view())
    panel.next_camera()
    assert shown_px(panel) is None  # that of the other camera is none of this one
    side = replace(view(size_px=(48, 64)), camera="side")
    panel.show_view(side)
    panel.show_view(view())  # not the chosen one
    assert shown_px(panel) == (48, 64)
    panel.next_camera()
    assert shown_px(panel) == (96, 128)


def test_picture_of_the_part_before_goes_where_a_part_has_none(theme: Theme, qtbot: QtBot) -> None:
    panel = panel_of(theme, "top")
    missed = View(camera="top", inspected=inspected(Decision.ERROR))
    panel.show_view(view())
    panel.show_view(missed)
    panel.show_view(view())  # on a fast line nothing flickers
    qtbot.wait(BLANK_AFTER_MS + 100)
    assert shown_px(panel) == (96, 128)
    panel.show_view(missed)
    qtbot.waitUntil(lambda: shown_px(panel) is None)


def test_buttons_zoom(theme: Theme) -> None:
    panel = panel_of(theme, "top")
    panel.show_view(view())
    before = panel.view.zoom
    panel.zoom_in()
    assert panel.view.zoom > before
    panel.zoom_out()
    assert panel.view.is_fitted
