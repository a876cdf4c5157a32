"""Three shapes that differ without colour."""

from PySide6.QtWidgets import QApplication

from inspector.flow import Decision
from ui.widgets.shapes import shape_icon


def test_shapes_differ_in_the_same_colour(application: QApplication) -> None:
    images = [shape_icon(d, "#000000", 32).pixmap(32, 32).toImage() for d in Decision]
    assert all(image != other for i, image in enumerate(images) for other in images[:i])
