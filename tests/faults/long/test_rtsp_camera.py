"""An RTSP camera that is killed, frozen and brought back under a running line."""

import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inspector.clock import SystemClock
from inspector.settings import load_station
from inspector.station import prepared_run
from tests.support.bundles import write_bundle
from tests.support.lines import Ear
from tests.support.mjpeg_server import free_port
from tests.support.stores import stored

SERVER = Path(__file__).with_name("rtsp_server.py")
BACK_WITHIN_S = 10.0
STATION = """
schema_version = 1
name = "Line 3"
store = "records"
bundle = "grey.bundle"
deadline_ms = 5000
[images]
keep = "none"
free_space_floor_mb = 0
[[camera]]
name = "top"
source = "rtsp://127.0.0.1:{port}/camera"
"""


@contextmanager
def serving(port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = ["/usr/bin/python3", str(SERVER), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield process
        finally:
            process.kill()


@pytest.fixture
def port() -> int:
    return free_port()


def test_line_goes_on_when_its_camera_is_killed_frozen_and_back(port: int, tmp_path: Path) -> None:
    write_bundle(tmp_path / "grey.bundle", threshold=0.5)
    station = tmp_path / "station.toml"
    station.write_text(STATION.format(port=port))
    clock, ear = SystemClock(), Ear()

    def back_after(begun_ns: int) -> float:
        count = len(ear.results)
        ear.wait_for(lambda heard: len(heard.results) > count + 5, timeout_s=30.0)
        return (clock.monotonic_ns() - begun_ns) / 1e9

    def lost() -> None:
        ear.wait_for(
            lambda heard: bool(heard.snapshots) and not heard.snapshots[-1].cameras[0].is_open,
            timeout_s=30.0,
        )

    with serving(port) as first:
        prepared = prepared_run(load_station(station), ear, clock)
        with prepared as run:
            thread = threading.Thread(target=run.runner.run)  # noqa: TID251  (a test's own)
            thread.start()
            try:
                ear.wait_for(lambda heard: len(heard.results) >= 20, timeout_s=30.0)
                first.kill()
                first.wait()
                lost()
                begun_ns = clock.monotonic_ns()
                with serving(port) as second:
                    after_kill_s = back_after(begun_ns)
                    second.send_signal(signal.SIGSTOP)
                    lost()
                    second.send_signal(signal.SIGCONT)
                    after_freeze_s = back_after(clock.monotonic_ns())
            finally:
                run.runner.stop()
                thread.join()
    records = stored(tmp_path / "records" / "records.db")
    assert [record.part_number for record in records] == list(range(1, len(records) + 1))
    assert after_kill_s <= BACK_WITHIN_S
    assert after_freeze_s <= BACK_WITHIN_S
