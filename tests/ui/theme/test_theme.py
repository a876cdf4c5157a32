"""A theme is a scheme at a size."""

from ui.theme.colours import COLOURS, Scheme
from ui.theme.sizes import sizes_for
from ui.theme.theme import theme_of


def test_theme_joins_both() -> None:
    theme = theme_of(Scheme.LIGHT, 720)
    assert (theme.colours, theme.sizes) == (COLOURS[Scheme.LIGHT], sizes_for(720))
