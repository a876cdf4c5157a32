"""A person's file keeps everything but the values that were asked for."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from inspector.files.toml_edit import with_texts

TEXT = """\
# Line 3, by Anna
name = "Line 3"  # as on the door
store   =  'records'
recipe = "a.toml"

[images]
store = "another table's"
"""


def test_value_changes_and_comments_order_and_spacing_stay() -> None:
    assert with_texts(TEXT, {"name": "Line 4", "store": "records"}) == TEXT.replace(
        '"Line 3" ', '"Line 4" '
    )


def test_key_goes_and_a_new_one_comes_before_the_first_table() -> None:
    changed = with_texts(TEXT, {"recipe": None, "bundle": "b.bundle"})
    table = tomllib.loads(changed)
    assert table == {
        "name": "Line 3",
        "store": "records",
        "bundle": "b.bundle",
        "images": {"store": "another table's"},
    }
    assert changed.startswith("# Line 3, by Anna\n")


def test_line_ends_of_windows_stay() -> None:
    changed = with_texts(TEXT.replace("\n", "\r\n"), {"name": "Line 4"})
    assert changed.replace("\r\n", "\n").count("\r") == 0
    assert changed.count("\r\n") == TEXT.count("\n")


@given(value=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_read_back_as_it_was_given(value: str) -> None:
    assert tomllib.loads(with_texts(TEXT, {"store": value}))["store"] == value
