"""Marks are whole SVG whatever the words in them."""

from xml.etree.ElementTree import fromstring

from inspector.report.svg import chart, line, rect, text


def test_chart_holds_its_marks_and_shows_foreign_words_as_they_are() -> None:
    words = "<b> & 'c'"
    marks = [
        line(0, 1, 2, 3, "axis"),
        rect(0, 0, 4, 5, "pass", words),
        text(1, 2, words, "end", "tick"),
    ]
    drawn = fromstring(chart(words, 100, 50, marks))
    assert [mark.tag for mark in drawn] == ["title", "line", "rect", "text"]
    assert [mark.text for mark in drawn.iter("title")] == [words, words]
    assert drawn.findtext("text") == words
    assert drawn.get("viewBox") == "0 0 100 50"


def test_chart_is_as_wide_as_the_page_unless_told_otherwise() -> None:
    assert fromstring(chart("a", 100, 50, [])).get("style") is None
    narrow = fromstring(chart("a", 100, 50, [], max_width_px=300))
    assert narrow.get("style") == "max-width:300px;min-width:0"
