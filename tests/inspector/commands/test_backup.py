"""`inspector backup` and `inspector restore`, as a technician types them."""

import json
from pathlib import Path

import pytest

from tests.support.lots import inspector
from tests.support.moved_stations import run_line, write_line
from tests.support.stations import change_station


@pytest.fixture
def station(tmp_path: Path) -> Path:
    path = write_line(tmp_path / "line")
    run_line(path)
    return path


def test_station_moves_by_two_commands(station: Path, tmp_path: Path) -> None:
    made = inspector("backup", station, tmp_path / "a.zip")
    assert made.returncode == 0
    shown = made.stdout.splitlines()
    assert shown[0].startswith(f"backup   {tmp_path / 'a.zip'}, 0.0 MB, written and read back")
    assert shown[1] == "station  Line 3"
    assert shown[3:] == [
        "recipe   strict.toml",
        "records  3, each as it was written",
        "without  what camera 'top' reads: parts",
        "without  the kept pictures of parts: --images takes them too",
    ]
    done = inspector("restore", tmp_path / "a.zip", tmp_path / "new")
    assert done.returncode == 0
    new = tmp_path / "new"
    assert done.stdout.splitlines() == [
        f"station  {new / 'station.toml'}",
        f"bundle   {new / 'grey.bundle'}",
        f"recipe   {new / 'strict.toml'}",
        f"records  3 in {new / 'records'}",
    ]
    (station.parent / "parts").rename(new / "parts")
    assert inspector("run", "--station", new / "station.toml", "--json").returncode == 1


def test_both_speak_json(station: Path, tmp_path: Path) -> None:
    made = json.loads(inspector("backup", station, tmp_path, "--images", "--json").stdout)
    assert (made["station"], made["n_records"], made["n_files"]) == ("Line 3", 3, 9)
    assert made["left_out"] == ["what camera 'top' reads: parts"]
    before = station.read_bytes()
    done = inspector("restore", made["path"], station, "--replace", "--json")
    table = json.loads(done.stdout)
    assert table["backup_id"] == made["backup_id"]
    assert table["bundle_id"] == made["bundle_id"]
    assert Path(table["old_station"]).read_bytes() == before


def test_what_is_no_backup_is_wrong_usage_and_makes_nothing(station: Path, tmp_path: Path) -> None:
    done = inspector("restore", station, tmp_path / "new")
    assert done.returncode == 3
    assert "damaged or no backup: File is not a zip file" in done.stderr
    assert not (tmp_path / "new").exists()


def test_other_model_of_another_version_is_said(
    station: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from inspector.__main__ import main
    from inspector.transfer import backup

    with monkeypatch.context() as older:  # its product came with another bundle
        older.setattr(backup, "shipped_bundle", lambda: station.parent / "grey.bundle")
        change_station(station, '"grey.bundle"', '"demo"')
        assert main(["backup", str(station), str(tmp_path / "a.zip")]) == 0
    assert "which comes with the product and is not in it" in capsys.readouterr().out
    assert main(["restore", str(tmp_path / "a.zip"), str(tmp_path / "new")]) == 0
    assert "another model, with another threshold" in capsys.readouterr().out
