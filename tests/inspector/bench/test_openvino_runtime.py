"""OpenVINO gives what the line's runtime gives, in a process of its own."""

import threading
from pathlib import Path

import numpy as np
import psutil  # type: ignore[import-untyped]
import pytest

from inspector.bench.runtime import offered
from inspector.bench.runtime_process import RuntimeProcess
from inspector.clock import SystemClock

PATIENCE_S = 60.0


def test_model_gives_its_scores_for_one_picture_and_for_tiles(bundle: Path, tmp_path: Path) -> None:
    tensors = [np.full((n, 32, 48, 3), 51 * n, dtype=np.uint8) for n in (1, 3, 2)]
    with RuntimeProcess("openvino", offered()["openvino"].value, timeout_s=60.0) as process:
        size_bytes, version = process.open(bundle, tmp_path, 1)
        assert process.scores(tensors) == pytest.approx([0.2, 0.6, 0.4])
    assert size_bytes == (bundle / "model.onnx").stat().st_size
    assert version.startswith("20")


def orphans() -> list[int]:
    """Processes of a bench that is gone."""
    return [
        one.pid
        for one in psutil.process_iter(["cmdline", "ppid"])
        if one.info["ppid"] == 1 and (one.info["cmdline"] or [])[-2:] == ["serve", "bench"]
    ]


def test_what_the_library_starts_by_itself_ends_with_it(bundle: Path, tmp_path: Path) -> None:
    """It forks a process to report, which stood still for ever where its parent had threads."""
    before = set(orphans())
    plugin = offered()["openvino"].value
    with RuntimeProcess("openvino", plugin, timeout_s=PATIENCE_S) as running:
        running.open(bundle, tmp_path, 1)
        running.scores([np.zeros((1, 32, 48, 3), dtype=np.uint8)])
    clock, pause = SystemClock(), threading.Event()
    until_ns = clock.monotonic_ns() + round(PATIENCE_S * 1e9)
    while set(orphans()) - before and clock.monotonic_ns() < until_ns:
        pause.wait(0.05)
    assert set(orphans()) - before == set()
