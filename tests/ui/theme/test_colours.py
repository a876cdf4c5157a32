"""Writing can be read, and verdicts keep their hues."""

import pytest

from inspector.flow import Decision
from ui.theme.colours import COLOURS, ON_VERDICT, VERDICT_HUES, Scheme


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", Scheme)
def test_writing_has_a_contrast_of_seven_on_every_ground(scheme: Scheme) -> None:
    colours = COLOURS[scheme]
    grounds = (
        colours.ground, colours.card, colours.button, colours.chosen, colours.stripe, colours.alarm,
    )  # fmt: skip
    weak = [ground for ground in grounds if contrast(colours.text, ground) < 7]
    weak += [g for g in (colours.ground, colours.card) if contrast(colours.soft, g) < 7]
    assert weak == []


@pytest.mark.parametrize("scheme", Scheme)
def test_large_words_of_verdicts_have_a_contrast_of_four_and_a_half(scheme: Scheme) -> None:
    """What WCAG asks of large letters at its highest level; the smallest are 72 px high."""
    colours = COLOURS[scheme]
    weak = [d for d in Decision if contrast(colours.words[d], colours.card) < 4.5]
    weak += [
        d for d in (Decision.FAIL, Decision.ERROR) if contrast(ON_VERDICT, VERDICT_HUES[d]) < 4.5
    ]
    assert weak == []


def test_hues_of_verdicts_are_those_of_okabe_and_ito() -> None:
    assert VERDICT_HUES == {
        Decision.PASS: "#009E73", Decision.FAIL: "#D55E00", Decision.ERROR: "#E69F00",
    }  # fmt: skip
