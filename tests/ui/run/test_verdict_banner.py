"""The verdict is a word, a shape and a colour, and is never cut."""

import pytest
from PySide6.QtGui import QColor

from inspector.flow import Decision
from ui.run.banner_memory import Face
from ui.run.verdict_banner import VerdictBanner
from ui.theme.colours import VERDICT_HUES, Scheme
from ui.theme.theme import Theme, theme_of


def face(decision: Decision, n_recent: int = 0) -> Face:
    return Face(
        decision=decision,
        part_number=12_408,
        score=1.27,
        threshold=1.0,
        total_ms=12.06,
        n_recent=n_recent,
    )


def colours_of(banner: VerdictBanner) -> dict[str, int]:
    image = banner.grab().toImage()
    counted: dict[str, int] = {}
    for y in range(0, image.height(), 2):
        for x in range(0, image.width(), 2):
            name = QColor(image.pixel(x, y)).name().upper()
            counted[name] = counted.get(name, 0) + 1
    return counted


def test_details_tell_score_time_and_part(theme: Theme) -> None:
    banner = VerdictBanner(theme)
    banner.show_face(face(Decision.PASS))
    assert banner.details() == ["score 1.27 of 1.00", "12.1\u202fms", "#\u202f12\u202f408"]
    banner.show_face(face(Decision.FAIL, n_recent=5))
    assert banner.details() == ["score 1.27 of 1.00", "5 in 10 s", "#\u202f12\u202f408"]


@pytest.mark.parametrize("scheme", Scheme)
def test_fail_and_error_fill_the_banner_and_pass_is_an_outline(scheme: Scheme) -> None:
    banner = VerdictBanner(theme_of(scheme))
    banner.resize(600, banner.height())
    shares = {}
    for decision in Decision:
        banner.show_face(face(decision))
        counted = colours_of(banner)
        shares[decision] = counted.get(VERDICT_HUES[decision], 0) / sum(counted.values())
    assert shares[Decision.FAIL] > 0.4
    assert shares[Decision.ERROR] > 0.4
    assert 0 < shares[Decision.PASS] < 0.1


def test_without_a_part_there_is_a_sentence_and_no_colour(theme: Theme) -> None:
    banner = VerdictBanner(theme)
    banner.show_face(None, "Press Start to begin.")
    assert banner.accessibleName() == "Press Start to begin."
    assert not set(VERDICT_HUES.values()) & set(colours_of(banner))


def test_screen_reader_is_told_the_verdict(theme: Theme) -> None:
    banner = VerdictBanner(theme)
    banner.show_face(face(Decision.ERROR))
    assert banner.accessibleName() == "ERROR"


def test_alarm_is_as_loud_as_an_error(theme: Theme) -> None:
    banner = VerdictBanner(theme)
    banner.resize(400, 200)
    at = (banner.width() // 2, 20)
    banner.show_face(None, "Stopped")
    quiet = banner.grab().toImage().pixelColor(*at)
    banner.show_face(None, "Not ready", is_alarm=True)
    assert banner.grab().toImage().pixelColor(*at) == QColor(VERDICT_HUES[Decision.ERROR])
    banner.show_face(None, "Stopped")
    assert banner.grab().toImage().pixelColor(*at) == quiet
