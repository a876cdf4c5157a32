"""The station file that is written says what was wanted, or stays as it was."""

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.bundle import open_bundle
from inspector.errors import BundleError, RecipeError, SettingsError
from inspector.recipe import load_recipe
from inspector.settings import load_station
from inspector.transfer.places import put_bundle, put_recipe, write_station
from tests.support.moved_stations import write_line


@pytest.fixture
def station(tmp_path: Path) -> Path:
    return write_line(tmp_path / "line")


def test_places_outside_are_named_whole_and_inside_relatively(station: Path) -> None:
    settings = load_station(station)
    wanted = replace(
        settings, store=station.parents[1] / "far", recipe=station.parent / "mild.toml"
    )
    write_station(station.read_text(), wanted)
    assert load_station(station) == wanted
    assert 'recipe = "mild.toml"' in station.read_text()


def test_text_of_another_station_is_not_written(station: Path) -> None:
    settings, before = load_station(station), station.read_bytes()
    with pytest.raises(SettingsError, match="cannot be changed in it; write them by hand"):
        write_station(station.read_text().replace("Line 3", "Line 4"), settings)
    assert station.read_bytes() == before


def test_bundle_that_is_another_by_now_is_not_put(station: Path, tmp_path: Path) -> None:
    manifest = open_bundle(station.parent / "grey.bundle").manifest
    other = replace(manifest, bundle_id="0" * 64)
    with pytest.raises(BundleError, match="changed while it was copied"):
        put_bundle(station.parent / "grey.bundle", other, tmp_path / "new.bundle")
    assert not (tmp_path / "new.bundle").exists()


def test_recipe_that_is_another_by_now_is_not_put(station: Path, tmp_path: Path) -> None:
    mild = load_recipe(station.parent / "mild.toml")
    with pytest.raises(RecipeError, match="changed while it was copied"):
        put_recipe(station.parent / "strict.toml", mild, tmp_path / "new.toml")
    assert not (tmp_path / "new.toml").exists()
