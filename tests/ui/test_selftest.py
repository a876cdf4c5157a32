"""The window's fonts write both languages, and a missing one is named."""

import pytest

from inspector.errors import InspectorError
from ui import selftest


def test_both_languages_have_letters() -> None:
    assert selftest.fonts() == "English and Chinese, from 4 fonts of its own"


def test_letters_that_no_font_has_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "FILES", ("Inter-Regular.otf",))
    with pytest.raises(InspectorError, match=r"no font has the letters 合格.* of Chinese"):
        selftest.fonts()


def test_font_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "FILES", ("gone.otf",))
    with pytest.raises(InspectorError, match=r"the font gone\.otf cannot be read"):
        selftest.fonts()
