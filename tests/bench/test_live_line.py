"""The live line against what it is made of, and the window against the line without it."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.capture.synthetic.defects import Defect
from inspector.capture.synthetic.render import render_part
from inspector.opencv import cv2
from inspector.preprocess import resized
from inspector.store.images import write_png
from tests.support.lots import CHECKOUT

TURNS = 5
N_PARTS = 220
RATE = 30.0
CAMERA_PX, LARGE_PX = (480, 640), (2048, 2448)


def parts(folder: Path, size_px: tuple[int, int], count: int) -> Path:
    """Pictures of drawn parts, each fifth with a defect, in `folder/parts`."""
    (folder / "parts").mkdir(parents=True)
    for number in range(count):
        defect = Defect.DENT if number % 5 == 4 else None
        pixels = render_part(seed=800_000 + number, defect=defect).pixels
        large = np.asarray(cv2.resize(pixels, size_px[::-1], interpolation=cv2.INTER_CUBIC))
        write_png(folder / "parts" / f"{number:03d}.png", large.astype(np.uint8))
    return folder


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return parts(tmp_path_factory.mktemp("camera"), CAMERA_PX, 30)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return parts(tmp_path_factory.mktemp("large"), LARGE_PX, 10)


def measured(
    what: str, folder: Path, n_parts: int = N_PARTS, rate: float = RATE
) -> dict[str, float]:
    command = [
        sys.executable, "-m", "tests.bench.live_line", what, str(folder), str(n_parts), str(rate),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=CHECKOUT)
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def ratios(
    over: list[dict[str, float]], under: list[dict[str, float]], figure: str
) -> tuple[float, str]:
    """The median over the turns, and all for people."""
    every = [a[figure] / b[figure] for a, b in zip(over, under, strict=True)]
    middle = statistics.median(every)
    return middle, f"{figure} {middle:.2f} ({min(every):.2f}..{max(every):.2f})"


def say(text: str) -> None:
    sys.stdout.write(f"\n{text}\n")


def test_verdict_follows_the_frame_as_fast_as_a_bare_loop(
    camera: Path, budgets: dict[str, Any]
) -> None:
    bare, line = [], []
    for _ in range(TURNS):
        bare.append(measured("bare", camera))
        line.append(measured("line", camera))
    p50, p50_text = ratios(line, bare, "p50_ms")
    p99, p99_text = ratios(line, bare, "p99_ms")
    say(f"line / bare at 30 parts/s: {p50_text}, {p99_text}; bare p50 {bare[0]['p50_ms']:.2f} ms")
    assert p50 <= budgets["live"]["max_p50_ratio_to_bare"]
    assert p99 <= budgets["live"]["max_p99_ratio_to_bare"]


def test_window_does_not_slow_the_line(camera: Path, budgets: dict[str, Any]) -> None:
    line, window = [], []
    for _ in range(TURNS):
        line.append(measured("line", camera))
        window.append(measured("window", camera))
    p50, p50_text = ratios(window, line, "p50_ms")
    p99, p99_text = ratios(window, line, "p99_ms")
    say(f"window / line at 30 parts/s: {p50_text}, {p99_text}")
    assert p50 <= budgets["live"]["max_ratio_with_window"]
    assert p99 <= budgets["live"]["max_ratio_with_window"]


def test_line_is_as_fast_as_its_inference(camera: Path, budgets: dict[str, Any]) -> None:
    every = []
    for _ in range(TURNS):
        bare = measured("bare", camera, 600, 0.0)
        line = measured("line", camera, 600, 0.0)
        every.append(line["parts_per_s"] / bare["infer_per_s"])
    ratio = statistics.median(every)
    say(f"flat out, line / bare inference: {ratio:.2f} ({min(every):.2f}..{max(every):.2f})")
    assert ratio >= budgets["live"]["min_throughput_share"]


def test_window_never_stalls_under_large_pictures(large: Path, budgets: dict[str, Any]) -> None:
    found = measured("window", large, n_parts=round(60 * RATE))
    say(
        f"60 s of 5 Mpx at 30 parts/s: longest stall {found['longest_stall_ms']:.0f} ms, "
        f"999 of 1000 below {found['p999_stall_ms']:.0f} ms, errors {found['n_errors']}"
    )
    assert found["longest_stall_ms"] <= budgets["live"]["max_stall_ms"]


def test_ten_thousand_parts_are_all_there_and_memory_is_flat(
    camera: Path, budgets: dict[str, Any]
) -> None:
    found = measured("window", camera, 10_000, 0.0)
    say(
        f"{found['n_parts']} parts with the window: none lost, growth {found['growth_mb']:.1f} MB "
        f"after warm-up, {found['parts_per_s']:.0f} parts/s"
    )
    assert found["n_parts"] >= 10_000
    assert found["growth_mb"] <= budgets["live"]["max_growth_mb"]


@pytest.mark.parametrize(("channels", "budget"), [(1, "max_mono_ms"), (3, "max_colour_ms")])
def test_large_picture_is_prepared_at_once(
    channels: int, budget: str, budgets: dict[str, Any]
) -> None:
    rng = np.random.default_rng(1)
    shape = LARGE_PX if channels == 1 else (*LARGE_PX, 3)
    pixels = rng.integers(0, 256, shape, dtype=np.uint8)
    times_ms = []
    for _ in range(31):
        begun = time.perf_counter()
        resized(pixels, 256, 256)
        times_ms.append((time.perf_counter() - begun) * 1e3)
    say(f"5 Mpx to 256 x 256, {channels} channels: {statistics.median(times_ms):.2f} ms")
    assert statistics.median(times_ms) <= budgets["prepare"][budget]


def test_window_is_painted_soon(budgets: dict[str, Any], tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom ui.app import make_application\nfrom pathlib import Path\n"
        "from ui.languages import Languages\nfrom ui.main_window import MainWindow\n"
        "from ui.window_settings import WindowSettings, WindowState\n"
        "app = make_application()\n"
        f"settings = WindowSettings(Path({str(tmp_path)!r}) / 'w.ini')\n"
        "window = MainWindow(WindowState(language='en'), settings, lambda: None, Languages())\n"
        "window.show()\napp.processEvents()\nwindow.grab()\nwindow.close()\n"
    )
    times_s = []
    for _ in range(6):
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", script],
            check=True,
            cwd=CHECKOUT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        )
        times_s.append(time.perf_counter() - begun)
    say(f"command to painted window and its end: {statistics.median(times_s[1:]):.2f} s")
    assert statistics.median(times_s[1:]) <= budgets["start_up"]["max_window_s"]
