"""The window's colours, dark and light: grey, but for verdicts, alarms and what can be touched.

The hues are those of Okabe and Ito, which colour-blind eyes tell apart (M. Okabe, K. Ito, "Color
Universal Design", 2008): bluish green, vermilion, orange and blue. Where such a hue would be hard
to read as text on its ground, the word has a darker or lighter shade of it and the shape beside it
the hue itself.
"""

from dataclasses import dataclass
from enum import StrEnum

from inspector.flow import Decision

GREEN, VERMILION, ORANGE, BLUE = "#009E73", "#D55E00", "#E69F00", "#0072B2"
ON_VERDICT = "#0B0D0F"  # writing on a ground of vermilion or orange
VERDICT_HUES = {Decision.PASS: GREEN, Decision.FAIL: VERMILION, Decision.ERROR: ORANGE}


class Scheme(StrEnum):
    """Light or dark."""

    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """One scheme, as #RRGGBB.

    Attributes:
        ground, card, border: Of the window and its panels.
        text, soft: Writing, and writing that may be overlooked.
        button: What can be pressed.
        chosen: What is switched on, with `touch` around it.
        touch: The edge of what can be touched.
        picture: Around a picture.
        stripe: Every second row of a table.
        words: The verdict as a word, large.
        alarm: The ground of a notice.
    """

    ground: str
    card: str
    border: str
    text: str
    soft: str
    button: str
    chosen: str
    touch: str
    picture: str
    stripe: str
    words: dict[Decision, str]
    alarm: str


COLOURS = {
    Scheme.DARK: Colours(
        ground="#14171A",
        card="#1C2024",
        border="#2D343B",
        text="#E6EAEE",
        soft="#B4BDC6",
        button="#2A3037",
        chosen="#0F3A57",
        touch="#56B4E9",  # the set's sky blue: its blue is too dark on this ground
        picture="#0B0D0F",
        stripe="#20252A",
        words={Decision.PASS: "#1DB489", Decision.FAIL: "#FF8A3C", Decision.ERROR: "#F2B73A"},
        alarm="#33270A",
    ),
    Scheme.LIGHT: Colours(
        ground="#EDF0F3",
        card="#FFFFFF",
        border="#CBD3DA",
        text="#14171A",
        soft="#434C55",
        button="#E0E5EA",
        chosen="#CFE4F2",
        touch=BLUE,
        picture="#1C2024",
        stripe="#F3F5F7",
        words={Decision.PASS: "#006B4E", Decision.FAIL: "#9A3F00", Decision.ERROR: "#7A5200"},
        alarm="#FFF1CC",
    ),
}
