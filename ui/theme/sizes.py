"""How large things are in a window of a given height, so that three metres away all is read."""

from dataclasses import dataclass

BODY_PX = 19  # 14 pt at 96 dots per inch
TOUCH_PX = 48  # a gloved finger
GAP_PX = 8  # between two things that are touched
STEP_PX = 90
COMPACT_BELOW_PX = 900  # window height: the charts fold into tabs, and rows close up


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Heights of letters and things, logical px.

    Attributes:
        verdict: A tenth of the window, and a little more for what a font leaves above its letters.
        counter: A thirtieth, likewise.
    """

    body: int
    title: int
    counter: int
    verdict: int
    row: int
    touch: int
    gap: int
    is_compact: bool


def sizes_for(height_px: int) -> Sizes:
    """Sizes for a window of this height, logical px.

    They change by steps: styling every widget anew at each pixel of a resize would stall it.
    """
    stepped_px = -(-height_px // STEP_PX) * STEP_PX  # up: letters may be larger, never smaller
    return Sizes(
        body=BODY_PX,
        title=max(22, stepped_px // 45),
        counter=max(28, stepped_px // 28),
        verdict=max(72, stepped_px // 9),
        row=30 if height_px < COMPACT_BELOW_PX else 36,
        touch=TOUCH_PX,
        gap=GAP_PX,
        is_compact=height_px < COMPACT_BELOW_PX,
    )
