"""Every source is found by its name, and a wrong name is told with the known ones."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from inspector.capture import registry
from inspector.capture.registry import known_kinds, make_source
from inspector.clock import SystemClock
from inspector.errors import SettingsError
from inspector.settings import Trigger


def bring(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Another package that brings a source of this name."""
    brought = EntryPoint(
        name=name, value="inspector.capture.replay:KIND", group=registry.ENTRY_POINT_GROUP
    )
    monkeypatch.setattr(registry, "entry_points", lambda group: [brought])


def test_each_kind_says_how_it_is_written_and_what_it_is() -> None:
    for name, load in known_kinds().items():
        kind = load()
        assert kind.usage.partition(":")[0] == name
        assert kind.summary != ""
        assert isinstance(kind.find(), tuple)


def test_unknown_kind_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"there is no kind 'ubs'; known: .*replay, rtsp"):
        make_source("ubs:0", {}, "cam0", str(tmp_path), SystemClock())


def test_source_of_another_package_stands_beside_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bring(monkeypatch, "theirs")
    assert "theirs" in known_kinds()
    source = make_source("theirs:folder", {}, "cam0", str(tmp_path), SystemClock())
    assert type(source).__name__ == "Replay"


def test_name_used_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bring(monkeypatch, "replay")
    with pytest.raises(SettingsError, match="'replay' is brought by"):
        known_kinds()


def test_kind_whose_makers_library_is_not_here_is_shown_with_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pypylon", None)  # as where it is not installed
    monkeypatch.delitem(sys.modules, "inspector.capture.basler", raising=False)
    kind = known_kinds()["basler"]()
    needs = "a Basler camera; needs the package 'pypylon': pip install 'inspector[basler]'"
    assert (kind.usage, kind.summary, kind.find()) == ("basler:SERIAL", needs, ())
    with pytest.raises(SettingsError, match="needs the package 'pypylon'"):
        make_source("basler:1", {}, "cam0", str(tmp_path), SystemClock())


@pytest.mark.parametrize("source", ["usb:0", "synthetic", "replay:.", "rtsp://host/path"])
def test_hardware_trigger_needs_a_camera_with_an_input(source: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'hardware' needs a camera with an input of its own"):
        make_source(source, {}, "cam0", str(tmp_path), SystemClock(), trigger=Trigger.HARDWARE)
