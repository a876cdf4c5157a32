"""A model or limits come into a station with their proof, both at once, or nothing changes."""

import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest

from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.errors import BundleError, RecipeError, UsageError
from inspector.recipe import load_recipe
from inspector.settings import load_station
from inspector.transfer.deploy import Deployed, deploy
from tests.support.bundles import write_bundle
from tests.support.kills import reaches_its_end
from tests.support.moved_stations import RECIPE, write_line

CLOCK = SystemClock()


@pytest.fixture
def station(tmp_path: Path) -> Path:
    return write_line(tmp_path / "line")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """With a newer bundle under the old one's name, and limits for it."""
    stick = tmp_path / "stick"
    stick.mkdir()
    bundle = write_bundle(stick / "grey.bundle", threshold=0.7)
    bundle_id = open_bundle(bundle).manifest.bundle_id
    (stick / "strict.toml").write_text(f'{RECIPE}bundle_id = "{bundle_id[:12]}"\n')
    return stick


def bring(
    station: Path,
    *,
    bundle: Path | None = None,
    recipe: Path | None = None,
    has_recipe: bool = True,
) -> Deployed:
    settings = load_station(station)
    return deploy(settings, CLOCK, bundle=bundle, recipe=recipe, has_recipe=has_recipe)


def threshold_of(station: Path) -> float:
    bundle = load_station(station).bundle
    assert bundle is not None
    return open_bundle(bundle).manifest.threshold.value


def test_bundle_comes_beside_the_station_and_the_old_one_stays(station: Path, stick: Path) -> None:
    done = bring(station, bundle=stick / "grey.bundle")
    assert threshold_of(station) == 0.7
    assert open_bundle(station.parent / "grey.bundle").manifest.threshold.value == 0.5
    name = f"grey-{done.bundle.manifest.bundle_id[:12]}.bundle"
    assert f'bundle = "{name}"  # of May\n' in station.read_text()
    shutil.rmtree(stick)
    assert threshold_of(station) == 0.7


def test_way_back_is_the_same_way(station: Path, stick: Path) -> None:
    before = station.read_bytes()
    bring(station, bundle=stick / "grey.bundle")
    bring(station, bundle=station.parent / "grey.bundle")
    assert station.read_bytes() == before
    assert len(list(station.parent.glob("*.bundle"))) == 2


def test_zipped_bundle_is_a_folder_on_the_line(station: Path, stick: Path) -> None:
    with ZipFile(stick / "new.bundle.zip", "w") as archive:
        for path in (stick / "grey.bundle").iterdir():
            archive.write(path, path.name)
    bring(station, bundle=stick / "new.bundle.zip")
    assert load_station(station).bundle == station.parent / "new.bundle"
    assert threshold_of(station) == 0.7


def test_bundle_and_its_recipe_come_together(station: Path, stick: Path) -> None:
    bring(station, bundle=stick / "grey.bundle", recipe=stick / "strict.toml")
    settings = load_station(station)
    assert threshold_of(station) == 0.7
    assert settings.recipe is not None
    assert settings.recipe.name.startswith("strict-")
    assert load_recipe(settings.recipe) == load_recipe(stick / "strict.toml")
    assert (station.parent / "strict.toml").read_text() == RECIPE


def test_recipe_of_another_bundle_changes_nothing(station: Path, stick: Path) -> None:
    before = sorted(station.parent.rglob("*")), station.read_bytes()
    with pytest.raises(RecipeError, match="is made for the bundle"):
        bring(station, recipe=stick / "strict.toml")
    assert (sorted(station.parent.rglob("*")), station.read_bytes()) == before


def test_recipe_goes_and_the_bundles_own_limits_hold(station: Path) -> None:
    done = bring(station, has_recipe=False)
    assert load_station(station).recipe is None
    assert done.recipe.name == "default"
    assert (station.parent / "strict.toml").exists()


def test_recipe_that_is_there_already_is_named_where_it_is(station: Path) -> None:
    bring(station, recipe=station.parent / "mild.toml")
    assert 'recipe = "mild.toml"\n' in station.read_text()
    assert len(list(station.parent.glob("*.toml"))) == 3


def test_damaged_bundle_changes_nothing(station: Path, stick: Path) -> None:
    model = stick / "grey.bundle" / "model.onnx"
    model.write_bytes(model.read_bytes()[:-1])
    before = sorted(station.parent.rglob("*")), station.read_bytes()
    with pytest.raises(BundleError, match="is not the file that was validated"):
        bring(station, bundle=stick / "grey.bundle")
    assert (sorted(station.parent.rglob("*")), station.read_bytes()) == before


def test_bundle_that_judges_otherwise_here_changes_nothing(station: Path, stick: Path) -> None:
    write_bundle(stick / "off.bundle", canary_score_offset=0.1)
    before = sorted(station.parent.rglob("*")), station.read_bytes()
    with pytest.raises(BundleError, match="the canary picture scores"):
        bring(station, bundle=stick / "off.bundle")
    assert (sorted(station.parent.rglob("*")), station.read_bytes()) == before


def test_names_that_are_both_taken_are_told(station: Path, stick: Path) -> None:
    bundle_id = open_bundle(stick / "grey.bundle").manifest.bundle_id
    (station.parent / f"grey-{bundle_id[:12]}.bundle").mkdir()
    with pytest.raises(UsageError, match="are taken by something else; move one of them away"):
        bring(station, bundle=stick / "grey.bundle")
    assert threshold_of(station) == 0.5


def bring_both(station: str, stick: str) -> None:
    bring(Path(station), bundle=Path(stick) / "grey.bundle", recipe=Path(stick) / "strict.toml")


def test_deployment_that_is_killed_anywhere_leaves_both_old_or_both_new(
    station: Path, stick: Path
) -> None:
    found: list[tuple[float, str]] = []
    is_done = False
    while not is_done:
        is_done = reaches_its_end(len(found), bring_both, str(station), str(stick))
        recipe = load_station(station).recipe
        assert recipe is not None
        assert load_recipe(recipe).name == "strict"
        found.append((threshold_of(station), recipe.name))
        if found[-1][0] == 0.7:
            break
    assert len(found) >= 6
    assert found[:-1] == [(0.5, "strict.toml")] * (len(found) - 1)
    assert found[-1][0] == 0.7
    assert found[-1][1].startswith("strict-")
