"""A backup holds all that the station is made of, as it was at one moment."""

from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from inspector.clock import SystemClock
from inspector.errors import BundleError, RecipeError, StoreCorrupt, StoreFull, UsageError
from inspector.settings import load_station
from inspector.store.writer import RecordWriter
from inspector.transfer.backup import Backup, back_up
from inspector.transfer.backup_file import BackupWriter, open_backup
from inspector.transfer.backup_manifest import BackupManifest
from tests.support.fakes import record
from tests.support.moved_stations import run_line, write_line
from tests.support.stations import change_station
from tests.support.stores import in_sqlite, stored

CLOCK = SystemClock()


@pytest.fixture
def station(tmp_path: Path) -> Path:
    path = write_line(tmp_path / "line")
    run_line(path)
    return path


def take(station: Path, out: Path, *, has_images: bool = False) -> Backup:
    return back_up(load_station(station), out, CLOCK, has_images=has_images)


def test_backup_holds_settings_recipes_bundle_and_records(station: Path, tmp_path: Path) -> None:
    made = take(station, tmp_path / "a.zip")
    assert sorted(made.manifest.files) == [
        "bundle/canary.png",
        "bundle/manifest.json",
        "bundle/model.onnx",
        "bundle/report.json",
        "recipes/mild.toml",
        "recipes/strict.toml",
        "records.db",
        "station.toml",
    ]
    assert (made.manifest.station, made.manifest.recipe) == ("Line 3", "strict.toml")
    assert (made.manifest.bundle, made.manifest.n_records) == ("grey.bundle", 3)
    assert made.left_out == (
        "what camera 'top' reads: parts",
        "the kept pictures of parts: --images takes them too",
    )
    with ZipFile(made.path) as archive:
        assert archive.read("station.toml") == station.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "line"]


def test_kept_pictures_are_taken_where_they_are_wanted(station: Path, tmp_path: Path) -> None:
    made = take(station, tmp_path / "a.zip", has_images=True)
    assert made.manifest.names("images/") == ["images/000000000002-top.png"]
    assert made.left_out == ("what camera 'top' reads: parts",)


def test_picture_that_made_room_meanwhile_is_passed_over(
    station: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = BackupWriter.add

    def add_late(self: BackupWriter, name: str, source: Path | bytes) -> None:
        if isinstance(source, Path) and source.suffix == ".png":
            source.unlink()
        add(self, name, source)

    monkeypatch.setattr(BackupWriter, "add", add_late)
    made = take(station, tmp_path / "a.zip", has_images=True)
    assert made.manifest.names("images/") == []


def test_records_are_those_of_one_moment_while_the_line_stores(
    station: Path, tmp_path: Path
) -> None:
    store = load_station(station).store / "records.db"
    with RecordWriter(store) as writer:
        writer.append([record("last.png")])  # in the write-ahead log only
        made = take(station, tmp_path / "a.zip")
        writer.append([record("later.png")])
    with open_backup(made.path) as backup:
        backup.extract("records.db", tmp_path / "copy.db")
    assert made.manifest.n_records == len(stored(tmp_path / "copy.db")) == 4


def test_folder_gets_a_file_named_after_station_and_time(station: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    made = take(station, stick)
    assert [path.name for path in stick.iterdir()] == [made.path.name]
    assert made.path.match("Line 3 20??-??-?? ??????.backup.zip")


def test_station_that_never_ran_has_no_records(tmp_path: Path) -> None:
    made = take(write_line(tmp_path / "line"), tmp_path / "a.zip", has_images=True)
    assert made.manifest.n_records == 0
    assert "records.db" not in made.manifest.files


def test_bundle_of_the_product_stays_in_the_product(station: Path, tmp_path: Path) -> None:
    change_station(station, '"grey.bundle"', '"demo"')
    manifest = take(station, tmp_path / "a.zip").manifest
    assert (manifest.bundle, manifest.names("bundle/")) == (None, [])


def test_zipped_bundle_is_a_folder_in_the_backup(station: Path, tmp_path: Path) -> None:
    folder = station.parent / "grey.bundle"
    with ZipFile(station.parent / "zipped.bundle.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    change_station(station, '"grey.bundle"', '"zipped.bundle.zip"')
    manifest = take(station, tmp_path / "a.zip").manifest
    assert manifest.bundle == "zipped.bundle"
    assert len(manifest.names("bundle/")) == 4


def test_what_is_there_is_never_overwritten(station: Path, tmp_path: Path) -> None:
    take(station, tmp_path / "a.zip")
    with pytest.raises(UsageError, match="exists already; choose another name"):
        take(station, tmp_path / "a.zip")


def test_damaged_record_is_told_and_no_file_is_left(station: Path, tmp_path: Path) -> None:
    store = load_station(station).store / "records.db"
    in_sqlite(store, "UPDATE records SET decision = 'PASS' WHERE part_number = 2")
    with pytest.raises(StoreCorrupt, match="is not what was written") as caught:
        take(station, tmp_path / "a.zip")
    assert str(store) in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["line"]


def test_station_that_would_not_run_is_refused(station: Path, tmp_path: Path) -> None:
    recipe = station.parent / "strict.toml"
    recipe.write_text(f'schema_version = 1\nname = "b"\nbundle_id = "{"a" * 12}"\n')
    with pytest.raises(RecipeError, match="recipe 'b' is made for the bundle aaaaaaaaaaaa"):
        take(station, tmp_path / "a.zip")
    (station.parent / "grey.bundle" / "model.onnx").write_bytes(b"x")
    with pytest.raises(BundleError, match=r"model\.onnx is not the file that was validated"):
        take(station, tmp_path / "a.zip")


def test_stick_that_is_full_is_told_and_nothing_stays(
    station: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(BackupWriter, "add", is_full)
    with pytest.raises(StoreFull, match=r"a\.zip': the disk is full"):
        take(station, tmp_path / "a.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["line"]


def test_names_that_not_every_system_can_hold_are_changed_in_the_backup(
    station: Path, tmp_path: Path
) -> None:
    (station.parent / "grey.bundle").rename(station.parent / "grey:1.bundle")
    (station.parent / "strict.toml").rename(station.parent / ".strict.txt")
    change_station(station, '"grey.bundle"', '"grey:1.bundle"')
    change_station(station, '"strict.toml"', '".strict.txt"')
    manifest = take(station, tmp_path / "a.zip").manifest
    assert (manifest.bundle, manifest.recipe) == ("grey-1.bundle", "strict.toml")


def test_recipe_that_is_not_taken_is_told(station: Path, tmp_path: Path) -> None:
    other = tmp_path / "far"
    other.mkdir()
    (station.parent / "mild.toml").rename(other / "strict.toml")
    change_station(station, '"strict.toml"', '"../far/strict.toml"')
    made = take(station, tmp_path / "a.zip")
    assert made.manifest.recipe == "strict.toml"
    assert made.left_out[0] == "strict.toml, for the recipe in force has the same name"


def test_picture_that_the_line_did_not_make_is_passed_over(station: Path, tmp_path: Path) -> None:
    images = load_station(station).store / "images"
    (images / "folder.png").mkdir()
    (images / "a:b.png").touch()
    made = take(station, tmp_path / "a.zip", has_images=True)
    assert made.manifest.names("images/") == ["images/000000000002-top.png"]


def test_folder_that_is_not_there_is_told_before_the_work(station: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no folder .*; make it first"):
        take(station, tmp_path / "gone" / "a.zip")


def test_backup_that_somebody_else_made_meanwhile_stays(
    station: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, seal = tmp_path / "a.zip", BackupWriter.seal

    def seal_late(self: BackupWriter, describe: Callable[..., BackupManifest]) -> BackupManifest:
        out.write_text("another")
        return seal(self, describe)

    monkeypatch.setattr(BackupWriter, "seal", seal_late)
    with pytest.raises(UsageError, match="exists already"):
        take(station, out)
    assert out.read_text() == "another"
