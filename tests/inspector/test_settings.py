"""The station file: what is written is in force, and anything else is refused with a hint."""

from pathlib import Path

import pytest

from inspector.errors import SettingsError
from inspector.geometry import PixelRegion
from inspector.keeping import Keep, KeepRule
from inspector.settings import (
    CameraSettings,
    ImageSettings,
    StationSettings,
    Trigger,
    load_station,
)

HEAD = """
schema_version = 1
name = "Line 3"
store = "records"
bundle = "bolt.bundle"
"""
CAMERA = """
[[camera]]
name = "top"
source = "synthetic"
"""


def load(folder: Path, text: str) -> StationSettings:
    path = folder / "station.toml"
    path.write_text(text, encoding="utf-8")
    return load_station(path)


def test_short_file_has_the_usual_values(tmp_path: Path) -> None:
    assert load(tmp_path, HEAD + CAMERA) == StationSettings(
        path=tmp_path / "station.toml",
        name="Line 3",
        store=tmp_path / "records",
        bundle=tmp_path / "bolt.bundle",
        recipe=None,
        cameras=(CameraSettings(name="top", source="synthetic"),),
        images=ImageSettings(
            rule=KeepRule(keep=Keep.FAILS), quota_mb=2_000, free_space_floor_mb=500
        ),
        deadline_ms=1_000.0,
    )


def test_every_key_is_read(tmp_path: Path) -> None:
    text = (
        HEAD.replace("bolt.bundle", "demo")
        + """
recipe = "bolt.toml"
deadline_ms = 250
isolated = true
[images]
keep = "all"
quota_mb = 10
free_space_floor_mb = 0
[[camera]]
name = "top"
source = "usb:0"
trigger = "timer"
trigger_every_ms = 200
region = { x_px = 1, y_px = 2, width_px = 30, height_px = 40 }
options = { exposure_us = 500 }
[[camera]]
name = "侧面"
source = "replay:side"
trigger = "timer"
trigger_every_ms = 200
"""
    )
    station = load(tmp_path, text)
    assert (station.bundle, station.recipe) == (None, tmp_path / "bolt.toml")
    assert (station.deadline_ms, station.is_isolated) == (250.0, True)
    assert station.images == ImageSettings(
        rule=KeepRule(keep=Keep.ALL), quota_mb=10, free_space_floor_mb=0
    )
    assert station.cameras == (
        CameraSettings(
            name="top",
            source="usb:0",
            trigger=Trigger.TIMER,
            trigger_every_ms=200.0,
            region=PixelRegion(x_px=1, y_px=2, width_px=30, height_px=40),
            options={"exposure_us": 500},
        ),
        CameraSettings(
            name="侧面", source="replay:side", trigger=Trigger.TIMER, trigger_every_ms=200.0
        ),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD, "the key 'camera' is missing"),
        (HEAD + "camera = []\n", "0 cameras; a station has 1 to 16"),
        (HEAD + "stroe = 'x'\n" + CAMERA, "unknown key 'stroe'; did you mean 'store'"),
        (HEAD.replace("schema_version = 1", "schema_version = 2") + CAMERA, "reads version 1"),
        (HEAD + "deadline_ms = 0\n" + CAMERA, "deadline_ms 0 outside 1..600000"),
        (HEAD + CAMERA + "sorce = 'x'\n", r"camera 1: unknown key 'sorce'; did you mean 'source'"),
        (HEAD + CAMERA + "trigger = 'line'\n", "must be one of free, hardware, timer, software"),
        (HEAD + CAMERA + "trigger = 'timer'\n", "trigger_every_ms goes with trigger = 'timer'"),
        (HEAD + CAMERA + "trigger_every_ms = 5\n", "trigger_every_ms goes with trigger = 'timer'"),
        (HEAD + CAMERA + "region = { x_px = 1 }\n", "the key 'y_px' is missing"),
        (HEAD + CAMERA.replace("top", "a/b"), "none of / "),
        (HEAD + CAMERA.replace("top", " "), "1 to 60 printable characters"),
        (HEAD + CAMERA + CAMERA.replace("top", "TOP"), "two cameras have the name 'top'"),
        (
            HEAD + CAMERA + CAMERA.replace("top", "side"),
            "several cameras cannot have trigger = 'free'",
        ),
        (
            HEAD + CAMERA + CAMERA.replace("top", "side") + "trigger = 'software'\n",
            "the cameras have different triggers",
        ),
        (HEAD + "[images]\nkeep = 'some'\n" + CAMERA, "must be one of all, fails, none"),
        (HEAD + "[images]\none_pass_in = 0\n" + CAMERA, "one_pass_in 0 outside 1"),
        (HEAD + "[images]\nquota = 5\n" + CAMERA, "unknown key 'quota'; did you mean 'quota_mb'"),
        ("name = ", "not valid TOML"),
    ],
)
def test_wrong_file_is_refused_with_what_to_do(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=message):
        load(tmp_path, text)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        load_station(tmp_path / "station.toml")
