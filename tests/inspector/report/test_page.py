"""The page: nothing from outside acts, nothing is loaded, and every text can be read."""

import re

import pytest

from inspector.flow import Decision
from inspector.report.page import badge, foreign, icon, page, picture, shown, table

TEXTS = ("ink", "soft", "pass", "fail", "error")
GROUNDS = ("ground", "card", "faint")


def whole() -> str:
    return "".join(page("title", ["body"]))


def palettes() -> list[dict[str, str]]:
    """The colours of the style sheet by name: light, then dark."""
    blocks = re.findall(r":root \{(.*?)\}", whole(), re.DOTALL)
    return [dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in blocks]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_text_has_a_contrast_of_at_least_four_and_a_half_in_light_and_dark() -> None:
    too_weak = []
    assert [len(palette) for palette in palettes()] == [10, 10]
    for number, palette in enumerate(palettes()):
        for text in TEXTS:
            for ground in GROUNDS:
                pair = sorted(luminance(palette[name]) + 0.05 for name in (text, ground))
                if pair[1] / pair[0] < 4.5:
                    too_weak.append((number, text, ground, round(pair[1] / pair[0], 2)))
    assert too_weak == []


def test_page_forbids_scripts_and_loads_nothing() -> None:
    text = whole()
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in text
    assert re.findall(r"<script|<link|<iframe|@import|url\(|\bon\w+=", text) == []


def test_page_escapes_its_title() -> None:
    assert "<title>&lt;/title&gt; &amp; 零件</title>" in "".join(page("</title> & 零件", []))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert('x')</script>", "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;"),
        ('a" onerror="b', "a&quot; onerror=&quot;b"),
        ("法兰盘/零件　划痕.png", "法兰盘/零件　划痕.png"),
        ("a\x00b\nc\x1b[31m", "a\\x00b\\nc\\x1b[31m"),
        ("half \udc80 name", "half \\udc80 name"),
        ("gnp.\u202efdp", "gnp.\\u202efdp"),
        ("Ünïcödé 🙂", "Ünïcödé 🙂"),
    ],
)
def test_text_from_outside_is_shown_and_does_nothing(text: str, html: str) -> None:
    assert shown(text) == html
    assert foreign(text) == f'<span class="foreign">{html}</span>'


def test_each_decision_has_its_own_shape_and_goes_with_its_word() -> None:
    assert len({icon(decision) for decision in Decision}) == 3
    assert [re.sub("<.*?>", "", badge(decision)) for decision in Decision] == [
        " PASS",
        " FAIL",
        " ERROR",
    ]


def test_picture_is_inside_the_page_and_its_name_escaped() -> None:
    html = picture(b"\xff\xd8jpeg", 'a" onload="b', "none")
    assert html == (
        '<div><img src="data:image/jpeg;base64,/9hqcGVn" alt="a&quot; onload=&quot;b"></div>'
    )
    assert picture(None, "a", "There is none.") == "<div><span>There is none.</span></div>"


def test_table_without_a_head_has_none() -> None:
    assert table([], ["<tr></tr>"]) == '<table class=""><tbody><tr></tr></tbody></table>'
    assert "<thead><tr><th scope=col>A</th></tr></thead>" in table(["A"], [])
