"""Files of the program go where the user's system wants them, or nowhere."""

import sys
from pathlib import Path

import pytest

from inspector.machine.user_folders import cache_folder, home_folder, state_folder
from tests.support.no_home import take_home_away

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="one folder for both there")


def test_folders_lie_in_the_home_or_where_their_variables_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert home_folder() == tmp_path
    assert state_folder() == tmp_path / ".local" / "state"
    assert cache_folder() == tmp_path / ".cache"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c"))
    assert (state_folder(), cache_folder()) == (tmp_path / "s", tmp_path / "c")


def test_user_without_a_home_has_no_folders_but_those_that_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_home_away(monkeypatch)
    assert (home_folder(), state_folder(), cache_folder()) == (None, None, None)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_folder() == tmp_path
