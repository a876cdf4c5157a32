"""The style sheet is one that Qt reads, in both schemes and every size."""

import pytest
from PySide6.QtWidgets import QPushButton

from ui.theme.colours import Scheme
from ui.theme.style import style_sheet
from ui.theme.theme import theme_of


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("height_px", [720, 1080])
def test_buttons_are_large_enough_for_a_glove(
    scheme: Scheme, height_px: int, qtbot: object
) -> None:
    theme = theme_of(scheme, height_px)
    button = QPushButton("Fit")
    button.setStyleSheet(style_sheet(theme.colours, theme.sizes))
    button.show()
    assert min(button.sizeHint().width(), button.sizeHint().height()) >= 48
