"""Stations over pictures of grey parts: real bundles, real files, a real store."""

from pathlib import Path

import numpy as np

from inspector.store.images import write_png
from tests.support.bundles import write_bundle

STATION = """
schema_version = 1
name = "Line 3"
store = "records"
bundle = "grey.bundle"
[images]
free_space_floor_mb = 0
[[camera]]
name = "top"
source = "replay:parts"
options = {{ frames_per_s = {frames_per_s}, loop = {loop} }}
"""


def write_station(
    folder: Path,
    levels: tuple[int, ...],
    *,
    frames_per_s: float = 60.0,
    is_looped: bool = True,
    size_px: tuple[int, int] = (48, 64),
) -> Path:
    """A station whose camera shows one grey part for each level; those above 127 fail.

    Returns:
        Its file; `parts` and `grey.bundle` lie beside it, `records` will.
    """
    write_bundle(folder / "grey.bundle", threshold=0.5)
    (folder / "parts").mkdir()
    for number, level in enumerate(levels):
        pixels = np.full((*size_px, 3), level, dtype=np.uint8)
        write_png(folder / "parts" / f"{number}.png", pixels)
    path = folder / "station.toml"
    text = STATION.format(frames_per_s=frames_per_s, loop=str(is_looped).lower())
    path.write_text(text, encoding="utf-8")
    return path


def change_station(path: Path, old: str, new: str) -> None:
    """Write something else into a station file; what is replaced must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
