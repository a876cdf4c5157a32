"""A GigE Vision camera that is killed, frozen and brought back in mid-stream, under a line."""

import signal
from pathlib import Path

from inspector.clock import SystemClock
from inspector.concurrency.worker import Worker
from inspector.settings import load_station
from inspector.station import prepared_run
from tests.support.bundles import write_bundle
from tests.support.gige_fake import ADDRESS, gige_camera
from tests.support.lines import Ear
from tests.support.stores import stored

N_ROUNDS = 10
BACK_WITHIN_S = 10.0
NOTICED_WITHIN_S = 6.0  # the heartbeat of five seconds, and one
STATION = f"""
schema_version = 1
name = "Line 3"
store = "records"
bundle = "grey.bundle"
[images]
keep = "none"
free_space_floor_mb = 0
[[camera]]
name = "top"
source = "gige:{ADDRESS}"
"""


def kill_and_freeze(folder: Path, n_rounds: int) -> tuple[float, float]:
    """By turns; s until it was noticed, and from its return until a part was judged."""
    write_bundle(folder / "grey.bundle", threshold=1.0)
    station = folder / "station.toml"
    station.write_text(STATION)
    clock, ear = SystemClock(), Ear()
    noticed_s = back_s = 0.0

    def until(is_open: bool) -> float:
        begun_ns = clock.monotonic_ns()
        ear.wait_for(lambda ear: ear.snapshots[-1].cameras[0].is_open is is_open, timeout_s=30.0)
        if is_open:
            count = len(ear.results)
            ear.wait_for(lambda ear: len(ear.results) > count + 5, timeout_s=30.0)
        return (clock.monotonic_ns() - begun_ns) / 1e9

    with gige_camera() as camera, prepared_run(load_station(station), ear, clock) as prepared:
        worker = Worker("line", prepared.runner.run, lambda _: None)
        worker.start()
        try:
            ear.wait_for(lambda ear: len(ear.results) > 20)
            for _ in range(n_rounds):
                camera.send_signal(signal.SIGSTOP)
                noticed_s = max(noticed_s, until(is_open=False))
                camera.send_signal(signal.SIGCONT)
                back_s = max(back_s, until(is_open=True))
            camera.kill()
            for _ in range(n_rounds):
                noticed_s = max(noticed_s, until(is_open=False))
                with gige_camera():
                    back_s = max(back_s, until(is_open=True))
        finally:
            prepared.runner.stop()
            worker.join()
    assert worker.failure is None
    numbers = [record.part_number for record in stored(prepared.store_path)]
    assert numbers == list(range(1, len(numbers) + 1))
    return noticed_s, back_s


def test_line_goes_on_when_its_camera_is_killed_frozen_and_back(tmp_path: Path) -> None:
    noticed_s, back_s = kill_and_freeze(tmp_path, N_ROUNDS)
    print(
        f"frozen and killed {N_ROUNDS} times each: noticed after {noticed_s:.1f} s at most, back "
        f"after {back_s:.1f} s at most"
    )
    assert noticed_s <= NOTICED_WITHIN_S
    assert back_s <= BACK_WITHIN_S
