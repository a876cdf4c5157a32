"""Which names of a zip would lead out of its folder."""

import pytest

from inspector.files.zip_file import leads_outside


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/passwd", "a\\b", "..\\a"])
def test_name_that_leads_outside_is_seen(name: str) -> None:
    assert leads_outside(name)


@pytest.mark.parametrize("name", ["a", "a/b.png", "a..b", "划痕/零件 1.png"])
def test_name_that_stays_inside_is_let_through(name: str) -> None:
    assert not leads_outside(name)
