"""One measurement of a line with triggered cameras, in a process of its own; prints a JSON object.

    python -m tests.bench.camera_line hand|line FOLDER N_PARTS RATE N_CAMERAS

`hand` is what people write with Basler's SDK and ONNX Runtime: trigger, take the picture, prepare
it, run the session. `line` is the station with the same emulated cameras at the same pace. Times
are ms from the trigger to the verdict, without the first parts, which warm up.
"""

import json
import os
import sys
import threading
from pathlib import Path

from inspector.assembly import build_tuned_inspection, shipped_bundle
from inspector.bundle import open_bundle
from inspector.clock import SystemClock
from inspector.flow import Decision, Frame, Stage
from inspector.preprocess import preprocess
from inspector.recipe import DEFAULT_RECIPE
from inspector.settings import load_station
from inspector.station import prepared_run
from inspector.store.reader import RecordReader
from tests.bench.live_line import WARM_UP, figures
from tests.support.fakes import START

SIZE_PX = (480, 640)
STATION = """
schema_version = 1
name = "bench"
store = "records-{pid}"
bundle = "demo"
deadline_ms = 10000
[images]
keep = "none"
free_space_floor_mb = 0
"""
CAMERA = """
[[camera]]
name = "camera {number}"
source = "basler:0815-{number:04d}"
trigger = "timer"
trigger_every_ms = {every_ms:.3f}
options = {{ width_px = 640, height_px = 480, exposure_us = 100 }}
"""


class Deaf:
    """Hears nothing. See `Listener`."""

    def on_verdict(self, result: object) -> None:
        return

    def on_records(self, records: object) -> None:
        return

    def on_state(self, snapshot: object) -> None:
        return


def main() -> None:
    what, folder = sys.argv[1], Path(sys.argv[2])
    n_parts, rate, n_cameras = int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
    os.environ["PYLON_CAMEMU"] = str(n_cameras)
    measure = {"hand": hand, "line": line}[what]
    print(json.dumps(measure(folder, n_parts, rate, n_cameras)))


def hand(_folder: Path, n_parts: int, rate: float, _n_cameras: int) -> dict[str, float]:
    from pypylon import pylon

    clock = SystemClock()
    ready = build_tuned_inspection(open_bundle(shipped_bundle()), DEFAULT_RECIPE, clock)
    spec, backend = ready.bundle.manifest.input, ready.inspection._backend
    factory = pylon.TlFactory.GetInstance()
    device = factory.CreateTl("BaslerCamEmu").EnumerateDevices()[0]
    camera = pylon.InstantCamera(factory.CreateDevice(device))
    camera.Open()
    camera.Height.Value, camera.Width.Value = SIZE_PX
    camera.ExposureTime.Value = 100  # not the emulator's other exposure, which takes its time
    camera.TriggerSelector.Value, camera.TriggerMode.Value = "FrameStart", "On"
    camera.TriggerSource.Value = "Software"
    camera.StartGrabbing(pylon.GrabStrategy_OneByOne)
    times_ms, pause = [], threading.Event()
    due_ns = clock.monotonic_ns()
    for number in range(n_parts):
        pause.wait(max(0, due_ns - clock.monotonic_ns()) / 1e9)
        begun_ns = clock.monotonic_ns()
        camera.WaitForFrameTriggerReady(1_000, pylon.TimeoutHandling_ThrowException)
        camera.ExecuteSoftwareTrigger()
        with camera.RetrieveResult(1_000, pylon.TimeoutHandling_ThrowException) as result:
            pixels = result.Array
        frame = Frame(
            frame_id=number, source_id="", captured_ns=begun_ns, captured_at=START, pixels=pixels
        )
        backend.run(preprocess(frame, spec).tensor)  # type: ignore[attr-defined]
        times_ms.append((clock.monotonic_ns() - begun_ns) / 1e6)
        due_ns = max(due_ns + round(1e9 / rate), clock.monotonic_ns())
    camera.Close()
    return figures(times_ms[WARM_UP:])


def line(folder: Path, n_parts: int, rate: float, n_cameras: int) -> dict[str, float]:
    station = folder / f"station-{os.getpid()}.toml"
    cameras = (CAMERA.format(number=number, every_ms=1e3 / rate) for number in range(n_cameras))
    station.write_text(STATION.format(pid=os.getpid()) + "".join(cameras))
    settings = load_station(station)
    with prepared_run(settings, Deaf(), SystemClock(), n_parts=n_parts) as run:
        run.runner.run()
        with RecordReader(run.store_path) as reader:
            records = list(reader.parts_from(1))
    numbers = [record.part_number for record in records]
    assert numbers == list(range(1, n_parts + 1)), "a part was lost"
    elapsed_s = (records[-1].judged_at - records[WARM_UP].judged_at).total_seconds()
    return {
        **figures([record.stage_ms[Stage.TOTAL] for record in records[WARM_UP:]]),
        "parts_per_s": (len(records) - WARM_UP - 1) / elapsed_s,
        "n_parts": len(records),
        "n_errors": sum(record.verdict.decision is Decision.ERROR for record in records),
    }


if __name__ == "__main__":
    main()
