"""A faults file says exactly what happens to which part, or is refused."""

from pathlib import Path

import pytest

from inspector.errors import SettingsError
from inspector.injection.script import Fault, Kind, Script, load_script
from inspector.settings import StationSettings, load_station
from tests.support.stations import write_station

HEAD = "schema_version = 1\n"
DROP = '[[fault]]\nkind = "drop"\npart = 20\n'


@pytest.fixture
def settings(tmp_path: Path) -> StationSettings:
    return load_station(write_station(tmp_path / "line", (10,)))


def load(tmp_path: Path, settings: StationSettings, text: str) -> Script:
    path = tmp_path / "faults.toml"
    path.write_text(text, encoding="utf-8")
    return load_script(path, settings)


def test_every_key_is_read(tmp_path: Path, settings: StationSettings) -> None:
    text = f"""{HEAD}
[[fault]]
kind = "drop"
part = 20
every = 50
times = 3
camera = "top"
[[fault]]
kind = "slow_inference"
part = 10
for_ms = 1500
"""
    script = load(tmp_path, settings, text)
    assert script.faults == (
        Fault(place=1, kind=Kind.DROP, camera="top", parts=range(20, 170, 50)),
        Fault(place=2, kind=Kind.SLOW_INFERENCE, camera="", parts=range(10, 11), for_ms=1_500.0),
    )
    hit = [part for part in range(1, 300) if script.at(part, "top") is not None]
    assert hit == [20, 70, 120]
    assert script.at(10) is script.faults[1]
    assert script.at(10, "top") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("schema_version = 2\n", "schema_version 2; this program reads version 1"),
        (HEAD, "the key 'fault' is missing"),
        (HEAD + "fault = []\n", "names no fault"),
        (HEAD + DROP.replace("drop", "dropp"), "kind is 'dropp'; it must be one of drop, late"),
        (HEAD + DROP.replace("part = 20", "part = 0"), "part 0 outside 1"),
        (HEAD + DROP + "every = 5\n", "every and times go together"),
        (HEAD + DROP + 'camera = "side"\n', "camera is 'side'; it must be one of top"),
        (HEAD + DROP + "for_ms = 5\n", "unknown key 'for_ms'"),
        (HEAD + DROP.replace("drop", "unplug"), "the key 'for_ms' is missing"),
        (HEAD + DROP.replace("drop", "late") + "for_ms = 900\n", "within the station's deadline"),
        (HEAD + DROP + DROP.replace("drop", "corrupt"), "faults 1 and 2 hit the same part"),
    ],
)
def test_wrong_file_is_refused_with_what_to_do(
    tmp_path: Path, settings: StationSettings, text: str, message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        load(tmp_path, settings, text)


def test_faults_of_different_places_may_meet(tmp_path: Path, settings: StationSettings) -> None:
    slow = DROP.replace("drop", "slow_inference") + "for_ms = 1500\n"
    assert len(load(tmp_path, settings, HEAD + DROP + slow).faults) == 2
