"""The demo's station can be run as it is, and a changed one is left alone."""

from pathlib import Path

import pytest

from inspector.demo_line import write_demo_station
from inspector.errors import UsageError
from inspector.settings import load_station


def test_demo_station_is_one_that_can_be_read(tmp_path: Path) -> None:
    path = write_demo_station(tmp_path / "demo")
    station = load_station(path)
    assert (station.name, station.bundle) == ("Demo line", None)
    assert station.store == tmp_path / "demo" / "records"


def test_station_that_somebody_changed_is_left_as_it_is(tmp_path: Path) -> None:
    path = write_demo_station(tmp_path)
    path.write_text("mine")
    assert write_demo_station(tmp_path).read_text() == "mine"


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="the demo's station cannot be written"):
        write_demo_station(tmp_path / "file" / "demo")
