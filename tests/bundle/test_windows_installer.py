"""The installer for Windows over a stand-in for the product, run by Wine.

Wine is not Windows: packaging/README.md says what is left to try there.
"""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from inspector import __version__
from smoke import screen
from windows_installer import make_installer

KEY = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\Inspector"
MENU = "ProgramData/Microsoft/Windows/Start Menu/Programs"
AUTOSTART = f"{MENU}/StartUp/Inspector.lnk"
SHORTCUTS = (
    "users/Public/Desktop/Inspector.lnk",
    f"{MENU}/Inspector/Inspector.lnk",
    f"{MENU}/Inspector/Inspector demo.lnk",
)


@dataclass(frozen=True)
class Windows:
    """A drive C and the programs on it."""

    prefix: Path
    environment: dict[str, str]

    @property
    def drive(self) -> Path:
        return self.prefix / "drive_c"

    @property
    def home(self) -> Path:
        return self.drive / "Program Files" / "Inspector"

    def run(self, *command: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["wine", *command],
            env=self.environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=300,
        )

    def registered(self) -> dict[str, str]:
        """The values of the list of programs."""
        lines = self.run("reg", "query", KEY).stdout.splitlines()
        rows = [line.split(maxsplit=2) for line in lines if line.startswith("    ")]
        return {name: value for name, _, value in rows}


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    prefix = tmp_path_factory.mktemp("wine") / "prefix"
    with screen() as (display, _):
        environment = {
            **os.environ,
            "WINEPREFIX": str(prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree=;mshtml=",
            "DISPLAY": display,
        }
        yield Windows(prefix, environment)
        subprocess.run(["wineserver", "-k"], env=environment)


@pytest.fixture(scope="module")
def installer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compiled with warnings as errors."""
    folder = tmp_path_factory.mktemp("installer")
    product = folder / "product"
    (product / "_internal").mkdir(parents=True)
    for name in ("inspector.exe", "inspector-gui.exe", "_internal/python.dll"):
        (product / name).write_text(name)
    return make_installer(product, folder)


def test_silent_installation_brings_programs_shortcuts_and_an_entry(
    windows: Windows, installer: Path
) -> None:
    assert windows.run(installer, "/S", "/AUTOSTART").returncode == 0
    assert (windows.home / "_internal" / "python.dll").exists()
    assert all((windows.drive / place).exists() for place in (*SHORTCUTS, AUTOSTART))
    entry = windows.registered()
    assert (entry["DisplayName"], entry["DisplayVersion"]) == ("Inspector", __version__)
    assert entry["QuietUninstallString"] == r'"C:\Program Files\Inspector\uninstall.exe" /S'


def test_upgrade_leaves_nothing_old_and_keeps_data_and_autostart(
    windows: Windows, installer: Path
) -> None:
    (windows.home / "_internal" / "of_the_old_version").write_text("")
    records = windows.drive / "ProgramData" / "Inspector" / "records.db"
    records.write_text("records")
    assert windows.run(installer, "/S").returncode == 0
    assert not (windows.home / "_internal" / "of_the_old_version").exists()
    assert (windows.home / "inspector.exe").exists()
    assert (windows.drive / AUTOSTART).exists()
    assert records.read_text() == "records"


def test_silent_removal_leaves_the_data_only(windows: Windows, installer: Path) -> None:
    # Told where it is, it does not copy itself and go on alone: its end can be waited for.
    command = [r"C:\Program Files\Inspector\uninstall.exe", "/S", r"_?=C:\Program Files\Inspector"]
    assert windows.run(*command).returncode == 0
    left = {path.name for path in windows.home.rglob("*")}
    assert left <= {"uninstall.exe"}  # Windows keeps a program that runs
    assert not any((windows.drive / place).exists() for place in (*SHORTCUTS, AUTOSTART))
    assert windows.registered() == {}
    assert (windows.drive / "ProgramData" / "Inspector" / "records.db").read_text() == "records"
