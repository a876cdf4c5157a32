"""A model or limits come into a station with their proof, both at once, or nothing changes."""

import shutil
import stat
from pathlib import Path
from zipfile import ZipFile

import pytest

from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.errors import BundleError, RecipeError, UsageError
from inspector.files.folder_lock import sole_writer
from inspector.recipe import load_recipe
from inspector.settings import load_station
from inspector.transfer.deploy import Deployed, deploy
from inspector.transfer.places import TRANSFER_LOCK
from tests.support.bundles import write_bundle
from tests.support.kills import killed_calls
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
    return deploy(station, CLOCK, bundle=bundle, recipe=recipe, has_recipe=has_recipe)


def contents(folder: Path) -> dict[Path, bytes]:
    """Of everything but locks."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in paths if not path.name.endswith(".lock")}


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
    before = contents(station.parent)
    with pytest.raises(RecipeError, match="is made for the bundle"):
        bring(station, recipe=stick / "strict.toml")
    assert contents(station.parent) == before


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
    before = contents(station.parent)
    with pytest.raises(BundleError, match="is not the file that was validated"):
        bring(station, bundle=stick / "grey.bundle")
    assert contents(station.parent) == before


def test_bundle_that_judges_otherwise_here_changes_nothing(station: Path, stick: Path) -> None:
    write_bundle(stick / "off.bundle", canary_score_offset=0.1)
    before = contents(station.parent)
    with pytest.raises(BundleError, match="the canary picture scores"):
        bring(station, bundle=stick / "off.bundle")
    assert contents(station.parent) == before


def test_names_that_are_both_taken_are_told(station: Path, stick: Path) -> None:
    bundle_id = open_bundle(stick / "grey.bundle").manifest.bundle_id
    (station.parent / f"grey-{bundle_id[:12]}.bundle").mkdir()
    with pytest.raises(UsageError, match="are taken by something else; move one of them away"):
        bring(station, bundle=stick / "grey.bundle")
    assert threshold_of(station) == 0.5


def test_rights_of_the_station_file_stay(station: Path) -> None:
    station.chmod(0o600)
    bring(station, has_recipe=False)
    assert stat.S_IMODE(station.stat().st_mode) == 0o600


def test_bundle_that_is_called_as_the_products_own_is_taken_all_the_same(
    station: Path, stick: Path
) -> None:
    (stick / "grey.bundle").rename(stick / "demo")
    bring(station, bundle=stick / "demo")
    assert 'bundle = "./demo"' in station.read_text()
    assert threshold_of(station) == 0.7


def test_one_at_a_time_brings_things_in(station: Path, stick: Path) -> None:
    held = sole_writer(station.parent, "", TRANSFER_LOCK)
    with held, pytest.raises(UsageError, match="wait until it has ended"):
        bring(station, bundle=stick / "grey.bundle")
    bring(station, bundle=stick / "grey.bundle")


def bring_both(station: str, stick: str) -> None:
    bring(Path(station), bundle=Path(stick) / "grey.bundle", recipe=Path(stick) / "strict.toml")


def test_deployment_that_is_killed_anywhere_leaves_both_old_or_both_new(
    station: Path, stick: Path, tmp_path: Path
) -> None:
    found: list[tuple[float, bool]] = []
    is_done = False
    with killed_calls(bring_both) as reaches_its_end:
        while not is_done:
            at = tmp_path / f"killed-{len(found)}" / "station.toml"
            shutil.copytree(station.parent, at.parent)
            is_done = reaches_its_end(len(found), str(at), str(stick))
            recipe = load_station(at).recipe
            assert recipe is not None
            assert load_recipe(recipe).name == "strict"
            found.append((threshold_of(at), recipe.name == "strict.toml"))
    n_old = found.index((0.7, False))
    assert n_old > 8
    assert found == [(0.5, True)] * n_old + [(0.7, False)] * (len(found) - n_old)
