"""The commands of the installer's guide, in order and as written, on a Debian with its own init.

What a person brings is laid there before: the package, a model on a stick, an editor that writes
the demo's camera into the station file.
"""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from build import OUT
from environment import ROOT
from inspector.assembly import shipped_bundle
from tests.bundle.booted import Booted, booted_debian
from tests.bundle.conftest import WORK

GUIDE = ROOT / "docs" / "install.md"
SHIMS = {
    "sudo": 'if [ "$1" = -H ]; then shift 3; fi; exec "$@"',
    "nano": """sed -i -e 's/usb:0/synthetic/' -e 's/NAME/line1/' "$1" """,
}
STATION = """
schema_version = 1
name = "{name}"
store = "{store}"
bundle = "demo"
[images]
free_space_floor_mb = 0
[[camera]]
name = "top"
source = "synthetic"
"""


def commands() -> list[str]:
    """Those for Debian, of all the guide."""
    text = GUIDE.read_text(encoding="utf-8").split("## Windows")[0]
    return re.findall(r"^    (.+)$", text, re.MULTILINE)


@pytest.fixture(scope="module")
def system(package: Path) -> Iterator[Booted]:
    with booted_debian(WORK / "booted") as system:
        home, shims = system.path / "root", system.path / "usr/local/bin"
        for path in (package, OUT / "SHA256SUMS"):
            shutil.copyfile(path, home / path.name)
        for name, text in SHIMS.items():
            (shims / name).write_text(f"#!/bin/sh\n{text}\n")
            (shims / name).chmod(0o755)
        (system.path / "etc/apt/apt.conf.d/yes").write_text(
            'APT::Get::Assume-Yes "true";\nAPT::Install-Recommends "false";\n'
        )
        stick = system.path / "media/stick"
        stick.mkdir(parents=True)
        for place in (home, stick):
            shutil.make_archive(str(place / "part.bundle"), "zip", shipped_bundle())
        (stick / "part.toml").write_text('schema_version = 1\nname = "part"\nthreshold = 0.9\n')
        (home / "station.toml").write_text(STATION.format(name="Line 3", store="records"))
        (home / "line2.toml").write_text(STATION.format(name="Line 2", store="/var/lib/old"))
        yield system


def test_commands_of_the_guide_do_what_it_says(system: Booted) -> None:
    said = {}
    for command in commands():
        said[command] = system.run(command)
        if "apt install" in command:  # what the other machine would have brought
            system.run("inspector backup line2.toml line2.backup.zip && rm line2.toml")
    assert "inspector_0.1.0_amd64.deb: OK" in said["sha256sum --check --ignore-missing SHA256SUMS"]
    assert said["inspector selftest"].endswith("this machine is fit to judge\n")
    assert "active (running)" in said["systemctl status inspector@line1"]
    assert (system.path / "root/part.bundle/manifest.json").exists()
    assert "threshold = 0.9" in (system.path / "root/line3/part.toml").read_text()
    system.wait_until(lambda: n_records(system, "line2") > 5)


def test_service_tells_how_it_does_and_runs_as_its_own_user(system: Booted) -> None:
    assert 'Status: "running  |  pass ' in system.run("systemctl status inspector@line1")
    assert system.run(f"stat -c %U /proc/{main_pid(system)}") == "inspector\n"
    written = system.run("find / -xdev -user inspector -not -path '/proc/*' -type f")
    places = {line.rsplit("/", 2)[0] for line in written.split()}
    assert all(place.startswith("/var/lib/inspector") for place in places), places


def test_service_that_is_killed_is_back_and_counts_on(system: Booted) -> None:
    pid = main_pid(system)
    system.run(f"kill -9 {pid}")
    system.wait_until(lambda: main_pid(system) not in (pid, "0") and is_active(system))
    before = n_records(system, "line1")
    system.wait_until(lambda: n_records(system, "line1") > before)
    said = json.loads(system.run("inspector records verify /var/lib/inspector/line1 --json"))
    assert said["is_whole"]


def test_service_that_hangs_is_started_anew(system: Booted) -> None:
    pid = main_pid(system)
    system.run(f"kill -STOP {pid}")
    elapsed_s = system.wait_until(
        lambda: main_pid(system) not in (pid, "0") and is_active(system), limit_s=60.0
    )
    assert elapsed_s < 30.0  # 15 s of silence, then 2 s, then the start


def test_upgrade_starts_running_stations_again_and_stopped_ones_stay_so(system: Booted) -> None:
    system.run("systemctl stop inspector@line2")
    assert system.run("systemctl show -P Result inspector@line2") == "success\n"
    pid = main_pid(system)
    system.run("dpkg -i ./inspector_*.deb")
    system.wait_until(lambda: main_pid(system) not in (pid, "0") and is_active(system))
    assert system.run("systemctl is-active inspector@line2", codes=(3,)) == "inactive\n"


def test_removal_stops_stations_and_keeps_what_is_theirs(system: Booted) -> None:
    system.run("apt purge inspector")
    assert system.run("systemctl is-active inspector@line1", codes=(3, 4)) != "active\n"
    assert (system.path / "var/lib/inspector/line1/records.db").exists()
    assert (system.path / "etc/inspector/line1/station.toml").exists()


def main_pid(system: Booted) -> str:
    return system.run("systemctl show -P MainPID inspector@line1").strip()


def is_active(system: Booted) -> bool:
    return system.run("systemctl is-active inspector@line1", codes=(0, 3)) == "active\n"


def n_records(system: Booted, station: str) -> int:
    said = system.run(f"inspector records summary /var/lib/inspector/{station} --json")
    return int(json.loads(said)["n_parts"])
