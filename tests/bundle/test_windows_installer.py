"""The installer for Windows over a stand-in for the product, run by Wine.

Wine is not Windows: packaging/README.md says what is left to try there.
"""

import os
import random
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from deb import ICON
from icon import write_icon
from inspector import __version__
from smoke import screen
from windows_installer import make_installer

PROGRAMS = ("inspector.exe", "inspector-gui.exe")
N_DLL_BYTES = 4_000_000
N_KILLS = 10
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
        # Not through a pipe: what Wine leaves running in the background would hold it open.
        with TemporaryFile("w+", errors="replace") as said:
            done = subprocess.run(
                ["wine", *command], env=self.environment, stdout=said, stderr=said, timeout=300
            )
            said.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, said.read())

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


def compiled(folder: Path, contents: str) -> Path:
    """An installer of a stand-in whose programs say which folder they load from."""
    product = folder / "product"
    (product / contents / "lib").mkdir(parents=True)
    (product / contents / "lib" / "python.dll").write_bytes(os.urandom(N_DLL_BYTES))
    for name in PROGRAMS:
        (product / name).write_text(contents)
    write_icon(ICON, folder / "inspector.ico")
    (folder / "licences").mkdir()
    (folder / "licences" / "LGPL-3.0.txt").write_text("the licence")
    sbom = folder / "sbom.cdx.json"
    sbom.write_text("{}")
    return make_installer(product, folder / "inspector.ico", folder, folder / "licences", sbom)


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the version before; compiled with warnings as errors, as the other one."""
    return compiled(tmp_path_factory.mktemp("older"), "_internal-01d01d01")


@pytest.fixture(scope="module")
def installer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("installer"), "_internal-ae3ae3ae")


def test_silent_installation_brings_programs_shortcuts_and_an_entry(
    windows: Windows, older: Path
) -> None:
    assert windows.run(older, "/S", "/AUTOSTART").returncode == 0
    contents = windows.home / "_internal-01d01d01"
    for place in ("lib/python.dll", "licences/LGPL-3.0.txt", "sbom.cdx.json"):
        assert (contents / place).exists()
    assert all((windows.drive / place).exists() for place in (*SHORTCUTS, AUTOSTART))
    entry = windows.registered()
    assert (entry["DisplayName"], entry["DisplayVersion"]) == ("Inspector", __version__)
    assert entry["QuietUninstallString"] == r'"C:\Program Files\Inspector\uninstall.exe" /S'


def test_upgrade_leaves_nothing_old_and_keeps_data_and_autostart(
    windows: Windows, installer: Path
) -> None:
    records = windows.drive / "ProgramData" / "Inspector" / "records.db"
    records.write_text("records")
    assert windows.run(installer, "/S").returncode == 0
    names = {path.name for path in windows.home.iterdir()}
    assert names == {*PROGRAMS, "_internal-ae3ae3ae", "uninstall.exe"}
    assert (windows.drive / AUTOSTART).exists()
    assert records.read_text() == "records"


def test_upgrade_that_is_killed_leaves_whole_programs(
    windows: Windows, older: Path, installer: Path
) -> None:
    times = []
    for one in (older, installer, older):  # the first run starts Wine's server too
        start = time.perf_counter()
        assert windows.run(one, "/S").returncode == 0
        times.append(time.perf_counter() - start)
    whole_s = min(times)
    draw, n_killed = random.Random(21), 0
    for _ in range(20 * N_KILLS):
        if n_killed == N_KILLS:
            break
        with subprocess.Popen(["wine", installer, "/S"], env=windows.environment) as child:
            try:
                child.wait(draw.uniform(0.1, 0.9) * whole_s)
            except subprocess.TimeoutExpired:
                n_killed += 1
                child.kill()
                for step in ("-k9", "-w"):  # a new one cannot start beside one that dies
                    subprocess.run(["wineserver", step], env=windows.environment, timeout=60)
        for name in PROGRAMS:
            dll = windows.home / (windows.home / name).read_text() / "lib" / "python.dll"
            assert dll.stat().st_size == N_DLL_BYTES
        assert windows.run(older, "/S").returncode == 0
    assert n_killed == N_KILLS
    assert windows.run(installer, "/S").returncode == 0
    names = {path.name for path in windows.home.iterdir()}
    assert names == {*PROGRAMS, "_internal-ae3ae3ae", "uninstall.exe"}


def test_program_that_runs_is_not_replaced_and_the_exit_code_says_so(
    windows: Windows, older: Path
) -> None:
    """Windows lets nobody write to a program that runs; here a folder stands for it."""
    program = windows.home / "inspector-gui.exe"
    program.unlink()
    program.mkdir()
    assert windows.run(older, "/S").returncode == 1
    assert (windows.home / "inspector.exe").read_text() == "_internal-ae3ae3ae"
    assert not (windows.home / "_internal-01d01d01").exists()
    program.rmdir()
    program.write_text("_internal-ae3ae3ae")


def test_silent_removal_leaves_the_data_only(windows: Windows, installer: Path) -> None:
    assert windows.run(r"C:\Program Files\Inspector\uninstall.exe", "/S").returncode == 0
    # It goes on by itself from a copy, for no program can delete itself; the entry goes last.
    for _ in range(100):
        if windows.registered() == {}:
            break
    assert windows.registered() == {}
    assert not windows.home.exists()
    assert not any((windows.drive / place).exists() for place in (*SHORTCUTS, AUTOSTART))
    assert (windows.drive / "ProgramData" / "Inspector" / "records.db").read_text() == "records"
