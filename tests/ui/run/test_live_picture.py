"""The live picture says what it shows, and what to do where it shows nothing."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from inspector.flow import Decision
from tests.support.panels import snapshot, view
from ui.run.live_picture import LivePicture
from ui.theme.theme import Theme


def panel_of(theme: Theme, *cameras: str) -> LivePicture:
    panel = LivePicture(theme)
    panel.resize(800, 500)
    panel.set_cameras(cameras)
    panel.show()
    return panel


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


def test_buttons_zoom(theme: Theme) -> None:
    panel = panel_of(theme, "top")
    panel.show_view(view())
    before = panel.view.zoom
    panel.zoom_in()
    assert panel.view.zoom > before
    panel.zoom_out()
    assert panel.view.is_fitted
