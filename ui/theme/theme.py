"""What is in force now: one value that panels read when they paint."""

from dataclasses import dataclass

from ui.theme.colours import COLOURS, Colours, Scheme
from ui.theme.sizes import Sizes, sizes_for

USUAL_HEIGHT_PX = 1080


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours and sizes together."""

    scheme: Scheme
    colours: Colours
    sizes: Sizes


def theme_of(scheme: Scheme, height_px: int = USUAL_HEIGHT_PX) -> Theme:
    """The theme of a scheme in a window of this height, logical px."""
    return Theme(scheme=scheme, colours=COLOURS[scheme], sizes=sizes_for(height_px))
