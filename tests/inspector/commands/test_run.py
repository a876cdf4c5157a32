"""`inspector run` as scripts use it."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.commands.run import status_text
from inspector.flow import Stage
from inspector.pipeline.events import CameraSnapshot, Phase, RunSnapshot
from inspector.pipeline.live_figures import LiveFigures
from inspector.store.summary import Percentiles
from tests.support.lots import CHECKOUT, inspector
from tests.support.stations import change_station, write_station
from tests.support.stores import stored


@pytest.fixture
def station(tmp_path: Path) -> Path:
    return write_station(tmp_path, (10, 100, 200, 255), frames_per_s=200)


def test_parts_that_were_asked_for_are_judged_and_summed_up(station: Path) -> None:
    done = inspector("run", "--station", station, "--parts", "6", "--json")
    table = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert (table["n_parts"], table["n_pass"], table["n_fail"]) == (6, 4, 2)
    assert set(table["stage_ms"]) == {"queue", "preprocess", "infer", "judge", "total", "store"}
    assert (table["station"], table["finish_reason"]) == ("Line 3", "6 parts were asked for")
    again = json.loads(inspector("run", "--station", station, "--parts", "2", "--json").stdout)
    assert again["n_parts"] == 2
    assert len(stored(station.parent / "records" / "records.db")) == 8


def test_words_tell_counts_and_the_store(station: Path) -> None:
    done = inspector("run", "--station", station, "--parts", "4")
    assert "parts 4   pass 2   fail 2   error 0   yield 50.0%" in done.stdout
    assert f"store  {station.parent / 'records' / 'records.db'}" in done.stdout


FAULTS = """
schema_version = 1
[[fault]]
kind = "corrupt"
part = 3
[[fault]]
kind = "drop"
part = 5
every = 1
times = 2
[[fault]]
kind = "drop"
part = 99
"""


def test_injected_faults_are_told_beside_what_became_of_them(station: Path) -> None:
    faults = station.with_name("faults.toml")
    faults.write_text(FAULTS)
    arguments = ("run", "--station", station, "--parts", "8", "--inject", faults)
    done = inspector(*arguments)
    assert done.returncode == 2
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()[-7:]]
    assert lines[:-1] == [
        "fault kind camera part expected stored reason",
        "1 corrupt top 3 ERROR ERROR CorruptFrame: fault 1 of the script: picture 2 is damaged",
        "2 drop top 5 ERROR ERROR FrameLost: picture 4 of 'top' never arrived",
        "2 drop top 6 ERROR ERROR FrameLost: picture 5 of 'top' never arrived",
        "3 drop top - ERROR - the run ended before <-- not as expected",
        "3 of 4 ended as expected",
    ]
    table = json.loads(inspector(*arguments, "--json").stdout)
    assert (table["faults"]["n_injected"], table["faults"]["n_as_expected"]) == (4, 3)


def test_faults_file_of_another_station_is_refused(station: Path) -> None:
    faults = station.with_name("faults.toml")
    faults.write_text(FAULTS.replace("part = 3", 'part = 3\ncamera = "side"'))
    done = inspector("run", "--station", station, "--inject", faults)
    assert done.returncode == 3
    assert "camera is 'side'; it must be one of top" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_ends_cleanly_with_everything_finished_kept(
    station: Path, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "inspector", "run", "--station", station, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
    ) as process:
        store = station.parent / "records" / "records.db"
        wait_for_records(store)
        for _ in range(3):  # impatience changes nothing
            os.kill(process.pid, number)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "")
    assert json.loads(output)["n_parts"] == len(stored(store)) > 0


def wait_for_records(store: Path) -> None:
    program = f"""
import sys, threading
from pathlib import Path
from inspector.errors import StoreError
from tests.support.stores import stored
for _ in range(600):
    try:
        if stored(Path({str(store)!r})):
            sys.exit(0)
    except StoreError:
        pass
    threading.Event().wait(0.05)
sys.exit(1)
"""
    assert subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT).returncode == 0


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (("name =", "nme ="), 3, "the key 'name' is missing; is 'nme' meant"),
        (("[[camera]]", "[[camera]]\ntrigger = 'software'"), 3, "is the window's key F9"),
        (("replay:parts", "replay:nowhere"), 3, "there is no such file or folder"),
        (("grey.bundle", "gone.bundle"), 3, "gone.bundle"),
    ],
)
def test_wrong_station_is_refused_with_what_to_do(
    station: Path, change: tuple[str, str], code: int, words: str
) -> None:
    change_station(station, *change)
    done = inspector("run", "--station", station)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_status_line_tells_counts_speed_and_what_is_wrong() -> None:
    snapshot = RunSnapshot(
        phase=Phase.RUNNING,
        cameras=(CameraSnapshot(name="top", is_open=False, trouble="unplugged"),),
        figures=LiveFigures(
            stage_ms={Stage.TOTAL: Percentiles(p50=9.94, p95=12.0, p99=14.06)}, parts_per_s=29.97
        ),
    )
    assert status_text(snapshot) == (
        "running  |  30.0 parts/s  |  p50 9.9 ms  p99 14.1 ms  |  top: unplugged"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="systemd is of Linux")
def test_service_manager_hears_that_the_line_is_ready_alive_and_stopping(
    station: Path, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hears:
        hears.bind(str(tmp_path / "notify"))
        hears.settimeout(60)
        with subprocess.Popen(
            [sys.executable, "-m", "inspector", "run", "--station", station],
            stdout=subprocess.DEVNULL,
            cwd=CHECKOUT,
            env={**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify")},
        ) as process:
            heard = [hears.recv(1000).decode()]
            while "READY=1" not in heard or not any("STATUS=running" in one for one in heard):
                heard.append(hears.recv(1000).decode())
            os.kill(process.pid, signal.SIGTERM)
            while heard[-1] != "STOPPING=1":
                heard.append(hears.recv(1000).decode())
        assert heard.count("READY=1") == 1
        assert any(one.startswith("WATCHDOG=1\nSTATUS=running  |  pass ") for one in heard)
        assert process.returncode == 130
