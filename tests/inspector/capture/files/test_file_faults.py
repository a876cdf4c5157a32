"""The words for a refused file: what, in which file, and what to do; and names one can print."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.capture.files.file_faults import broken, not_read, readable, truncated


def test_words_name_the_file_the_fault_and_the_remedy() -> None:
    assert str(truncated("a.png", "the file is empty")) == (
        "a.png: the file is empty: the file is truncated; copy it again"
    )
    assert str(broken("a.png", "the PNG has no pixels in it")) == (
        "a.png: the PNG has no pixels in it: the file is damaged; copy it again, or save it anew"
    )
    assert str(not_read("a.tif", "a TIFF of 12 bits", "save it as 8 bits")) == (
        "a.tif: a TIFF of 12 bits is not read; save it as 8 bits"
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("part 1.png", "part 1.png"),
        ("划痕/é.png", "划痕/é.png"),
        ("\u3000wide.png", "\u3000wide.png"),
        (os.fsdecode(b"\xff\xfe.png"), "\\xff\\xfe.png"),
        (os.fsdecode(b"caf\xe9 \xe5\x88\x92.png"), "caf\\xe9 划.png"),
        ("a\rb\nc\td\x00e\x7f\x85.png", "a\\x0db\\x0ac\\x09d\\x00e\\x7f\\x85.png"),
        ("", ""),
        pytest.param(
            "a\\xff.png",
            "a\\\\xff.png",
            marks=pytest.mark.skipif(os.sep == "\\", reason="separates folders here"),
        ),
    ],
)
def test_name_is_one_line_that_can_be_encoded(name: str, shown: str) -> None:
    assert readable(name) == shown
    assert readable(name).encode("utf-8").decode("utf-8") == shown
    assert len(readable(name).splitlines()) <= 1


@given(st.lists(st.text(alphabet="a\\xf\udcff\n", max_size=6), min_size=2, max_size=2, unique=True))
@pytest.mark.skipif(os.sep == "\\", reason="a backslash is in no name here")
def test_no_two_names_are_spelled_alike(names: list[str]) -> None:
    assert readable(names[0]) != readable(names[1])
