"""The demo's station: a line to look at without a camera, a model or a file of one's own."""

from pathlib import Path

from inspector.errors import StoreError, UsageError
from inspector.files.atomic import write_whole

EXAMPLE = Path(__file__).with_name("demo_station.toml")
STATION_FILE = "station.toml"


def write_demo_station(folder: Path) -> Path:
    """The demo's station file in this folder; one that is there is left as it is.

    Raises:
        UsageError: It cannot be written.
    """
    path = folder / STATION_FILE
    if path.exists():
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, EXAMPLE.read_bytes())
    except (OSError, StoreError) as error:
        raise UsageError(f"the demo's station cannot be written: {error}") from error
    return path
