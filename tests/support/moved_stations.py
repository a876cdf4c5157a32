"""Stations to be moved: with a recipe, comments, and records of a line that ran."""

from pathlib import Path

from inspector.clock import SystemClock
from inspector.settings import StationSettings, load_station
from inspector.station import prepared_run
from tests.support.lines import Ear
from tests.support.stations import change_station, write_station

RECIPE = 'schema_version = 1\nname = "strict"\nthreshold = 0.4\n'
OTHER_RECIPE = 'schema_version = 1\nname = "mild"\nthreshold = 0.9\n'


def write_line(folder: Path) -> Path:
    """A station with three parts to see, the second of them bright, and two recipes."""
    folder.mkdir(exist_ok=True)
    path = write_station(folder, (20, 200, 30), frames_per_s=0, is_looped=False)
    change_station(path, 'bundle = "grey.bundle"\n', 'bundle = "grey.bundle"  # of May\n')
    change_station(path, "[images]", 'recipe = "strict.toml"\n[images]')
    (folder / "strict.toml").write_text(RECIPE)
    (folder / "mild.toml").write_text(OTHER_RECIPE)
    return path


def run_line(station: Path) -> StationSettings:
    """Let it judge its three parts."""
    settings = load_station(station)
    with prepared_run(settings, Ear(), SystemClock()) as prepared:
        prepared.runner.run()
    return settings
