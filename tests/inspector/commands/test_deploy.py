"""`inspector deploy`, as a technician types it with a stick in hand."""

import json
from pathlib import Path

import pytest

from inspector.settings import load_station
from tests.support.bundles import write_bundle
from tests.support.lots import inspector
from tests.support.moved_stations import write_line


@pytest.fixture
def station(tmp_path: Path) -> Path:
    return write_line(tmp_path / "line")


def test_bundle_of_a_stick_is_in_force_and_said_to_be_proven(station: Path, tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path / "new.bundle", threshold=0.7)
    done = inspector("deploy", station, "--bundle", bundle, "--no-recipe")
    assert done.returncode == 0
    shown = done.stdout.splitlines()
    assert shown[0] == f"station  {station}, in force from the next part on"
    assert shown[1].startswith(f"bundle   {station.parent / 'new.bundle'}: brightness 1 (")
    assert shown[1].endswith("), whole, and judges here as it was proven")
    assert shown[2] == "recipe   none"
    assert load_station(station).bundle == station.parent / "new.bundle"


def test_recipe_is_deployed_alone(station: Path) -> None:
    recipe = station.parent / "mild.toml"
    table = json.loads(inspector("deploy", station, "--recipe", recipe, "--json").stdout)
    assert table["recipe"] == str(recipe)


def test_nothing_to_deploy_is_wrong_usage(station: Path) -> None:
    done = inspector("deploy", station)
    assert (done.returncode, done.stdout) == (3, "")
    assert "nothing to deploy: give --bundle, --recipe or --no-recipe" in done.stderr
