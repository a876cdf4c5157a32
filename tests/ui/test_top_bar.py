"""The bar says what is judged, and with what."""

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from inspector.pipeline.events import JudgedBy
from ui.line import LineInfo
from ui.theme.theme import Theme
from ui.top_bar import TopBar


def words(bar: TopBar) -> list[str]:
    return [label.text() for label in bar.findChildren(QLabel)]


def test_line_recipe_and_bundle_are_named(theme: Theme, qtbot: QtBot) -> None:
    bar = TopBar(theme)
    bar.show_station("Line 3")
    assert "Line 3" in words(bar)
    info = LineInfo(
        station="Line 3",
        judged_by=JudgedBy(recipe="bolt-m6", bundle_id="3f9a2c" + "0" * 58, threshold=0.5),
        cameras=("top",),
    )
    bar.show_line(info)
    assert words(bar)[:3] == ["Line 3", "bolt-m6", "bundle 3f9a2c"]
    bar.show_judged_by(JudgedBy(recipe="bolt-m8", bundle_id="4" * 64, threshold=0.5))
    assert words(bar)[:3] == ["Line 3", "bolt-m8", "bundle 444444"]
