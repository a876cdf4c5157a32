"""One measurement of the live line, in a process of its own; prints one JSON object.

    python -m tests.bench.live_line bare|line|isolated|window FOLDER N_PARTS FRAMES_PER_S

`bare` calls preprocess and the session on the same frames at the same pace, as a loop written by
hand would; `line` runs the station; `isolated` with the model in a process of its own; `window`
under the window. Times are ms from a frame's arrival to its verdict, without the first parts, which
warm up.
"""

import json
import os
import sys
import threading
from pathlib import Path

import numpy as np
import psutil  # type: ignore[import-untyped]

from inspector.assembly import build_tuned_inspection, shipped_bundle
from inspector.bundle import open_bundle
from inspector.capture.replay import Replay, ReplayOptions
from inspector.clock import SystemClock
from inspector.flow import Stage
from inspector.preprocess import preprocess
from inspector.recipe import DEFAULT_RECIPE
from inspector.settings import load_station
from inspector.store.reader import RecordReader
from inspector.store.summary import percentiles

WARM_UP = 20
STATION = """
schema_version = 1
name = "bench"
store = "records-{pid}"
bundle = "demo"
deadline_ms = 10000
isolated = {isolated}
[images]
keep = "none"
free_space_floor_mb = 0
[[camera]]
name = "top"
source = "replay:parts"
options = {{ frames_per_s = {rate} }}
"""


def main() -> None:
    what, folder, n_parts, rate = (
        sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]),
    )  # fmt: skip
    station = folder / f"station-{os.getpid()}.toml"
    isolated = str(what == "isolated").lower()
    station.write_text(STATION.format(pid=os.getpid(), rate=rate, isolated=isolated))
    measure = {"bare": bare, "line": line, "isolated": line, "window": window}[what]
    print(json.dumps(measure(folder, station, n_parts, rate)))


def bare(folder: Path, _station: Path, n_parts: int, rate: float) -> dict[str, float]:
    clock = SystemClock()
    ready = build_tuned_inspection(open_bundle(shipped_bundle()), DEFAULT_RECIPE, clock)
    spec, backend = ready.bundle.manifest.input, ready.inspection._backend
    source = Replay(str(folder / "parts"), ReplayOptions(frames_per_s=rate), "top", clock)
    source.open()
    times_ms, infer_ms = [], []
    for number in range(n_parts):
        frame = source.grab(10.0)
        begun_ns = clock.monotonic_ns()
        tensor = preprocess(frame, spec).tensor
        prepared_ns = clock.monotonic_ns()
        backend.run(tensor)  # type: ignore[attr-defined]
        ended_ns = clock.monotonic_ns()
        if number >= WARM_UP:
            times_ms.append((ended_ns - begun_ns) / 1e6)
            infer_ms.append((ended_ns - prepared_ns) / 1e6)
    source.close()
    infer_per_s = 1e3 * len(infer_ms) / sum(infer_ms)
    return {**figures(times_ms), "infer_per_s": infer_per_s}


def line(_folder: Path, station: Path, n_parts: int, _rate: float) -> dict[str, float]:
    from inspector.station import prepared_run
    from tests.support.lines import Ear

    class Deaf(Ear):
        def on_verdict(self, result: object) -> None:
            return

        def on_state(self, snapshot: object) -> None:
            return

        def on_records(self, records: object) -> None:
            return

    settings = load_station(station)
    with prepared_run(settings, Deaf(), SystemClock(), n_parts=n_parts) as run:
        run.runner.run()
        return stored_figures(run.store_path)


def window(_folder: Path, station: Path, n_parts: int, _rate: float) -> dict[str, float]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer

    from ui.app import make_application
    from ui.languages import Languages
    from ui.main_window import MainWindow
    from ui.window_settings import WindowSettings, WindowState

    clock = SystemClock()
    application = make_application()
    shown = MainWindow(
        WindowState(language="en"),
        WindowSettings(station.with_suffix(".ini")),
        lambda: station,
        Languages(),
    )
    shown.resize(1920, 1080)
    shown.show()
    beats_ns: list[int] = []
    memory: list[int] = []
    process = psutil.Process()

    def beat() -> None:
        beats_ns.append(clock.monotonic_ns())

    def look() -> None:
        memory.append(process.memory_info().rss)
        n_begun = shown.run_view.table.model.rowCount()
        if n_begun >= n_parts:
            shown.stop_line()
        if not shown.is_line_running:
            application.quit()

    pulse, watch = QTimer(), QTimer()
    pulse.setInterval(2)
    pulse.timeout.connect(beat)
    watch.setInterval(200)
    watch.timeout.connect(look)
    shown.open_file(station, is_started=True)
    threading.Event().wait(0.05)
    pulse.start()
    watch.start()
    application.exec()
    shown.close()
    gaps_ms = np.diff(beats_ns[500:]) / 1e6  # after the first second: the line starts
    settings = load_station(station)
    quarter = len(memory) // 4
    return {
        **stored_figures(settings.store / "records.db"),
        "longest_stall_ms": float(gaps_ms.max()),
        "p999_stall_ms": float(np.quantile(gaps_ms, 0.999)),
        "growth_mb": (np.median(memory[-5:]) - np.median(memory[quarter : quarter + 5])) / 1e6,
    }


def stored_figures(path: Path) -> dict[str, float]:
    with RecordReader(path) as reader:
        records = list(reader.records())
    numbers = [record.part_number for record in records]
    assert numbers == list(range(1, len(records) + 1)), "a part was lost"
    times_ms = [
        sum(record.stage_ms[stage] for stage in Stage if stage not in (Stage.TOTAL, Stage.STORE)
            and stage in record.stage_ms)
        for record in records[WARM_UP:]
    ]  # fmt: skip
    first, last = records[WARM_UP].judged_at, records[-1].judged_at
    elapsed_s = (last - first).total_seconds()
    n_errors = sum(record.verdict.decision.value == "ERROR" for record in records)
    return {
        **figures(times_ms),
        "parts_per_s": (len(records) - WARM_UP - 1) / elapsed_s,
        "n_parts": len(records),
        "n_errors": n_errors,
    }


def figures(times_ms: list[float]) -> dict[str, float]:
    found = percentiles(sorted(times_ms))
    return {"p50_ms": found.p50, "p99_ms": found.p99}


if __name__ == "__main__":
    main()
