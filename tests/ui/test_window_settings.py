"""The window comes back as it was left, and a damaged file never blocks a start."""

import random
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from ui.theme.colours import Scheme
from ui.window_settings import WindowSettings, WindowState, system_language


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    station = tmp_path / "划 station.toml"
    station.touch()
    state = WindowState(
        language="zh_CN",
        scheme=Scheme.LIGHT,
        geometry=b"\x00\x01geometry\xff",
        last_station=station,
        is_heat_shown=False,
    )
    path = tmp_path / "window.ini"
    WindowSettings(path).keep(state)
    assert WindowSettings(path).load() == state


def test_new_user_has_the_usual_values(tmp_path: Path) -> None:
    loaded = WindowSettings(tmp_path / "window.ini").load()
    assert loaded == WindowState(language=system_language())


def test_station_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    WindowSettings(path).keep(WindowState(language="en", last_station=tmp_path / "gone.toml"))
    assert WindowSettings(path).load().last_station is None


@pytest.mark.parametrize("seed", range(40))
def test_damaged_file_gives_values_that_can_be_used(
    seed: int, tmp_path: Path, application: QApplication
) -> None:
    path = tmp_path / "window.ini"
    WindowSettings(path).keep(
        WindowState(language="zh_CN", geometry=b"\x00" * 50, last_station=path)
    )
    rng = random.Random(seed)
    data = bytearray(path.read_bytes())
    for _ in range(1 + seed):
        data[rng.randrange(len(data))] = rng.randrange(256)
    path.write_bytes(bytes(data[: rng.randrange(len(data))] if seed % 3 == 0 else data))
    loaded = WindowSettings(path).load()
    assert loaded.language in ("en", "zh_CN")
    assert loaded.scheme in Scheme
    assert loaded.geometry is None or isinstance(loaded.geometry, bytes)


def test_file_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = WindowSettings(tmp_path / "file" / "window.ini")
    settings.keep(WindowState(language="en"))
