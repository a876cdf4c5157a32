"""Triggered cameras, Basler's emulated ones, against what people write by hand; and isolation."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bench.test_live_line import camera, measured, ratios, say
from tests.support.lots import CHECKOUT

__all__ = ["camera"]
TURNS = 5
N_PARTS = 300
RATE = 30.0


def triggered(
    what: str, folder: Path, *, n_parts: int = N_PARTS, rate: float = RATE, n_cameras: int = 1
) -> dict[str, float]:
    numbers = (str(n_parts), str(rate), str(n_cameras))
    command = [sys.executable, "-m", "tests.bench.camera_line", what, str(folder), *numbers]
    done = subprocess.run(command, capture_output=True, text=True, cwd=CHECKOUT)
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_verdict_follows_the_trigger_as_fast_as_a_loop_by_hand(
    tmp_path: Path, budgets: dict[str, Any]
) -> None:
    hand, line = [], []
    for _ in range(TURNS):
        hand.append(triggered("hand", tmp_path))
        line.append(triggered("line", tmp_path))
    p50, p50_text = ratios(line, hand, "p50_ms")
    p99, p99_text = ratios(line, hand, "p99_ms")
    say(
        f"line / by hand at {RATE:g} triggers/s: {p50_text}, {p99_text}; by hand p50 "
        f"{hand[0]['p50_ms']:.1f} ms; errors {sum(one['n_errors'] for one in line):g}"
    )
    assert p50 <= budgets["triggered"]["max_p50_ratio_to_hand"]
    assert p99 <= budgets["triggered"]["max_p99_ratio_to_hand"]


@pytest.mark.parametrize(("n_cameras", "rate"), [(2, 15.0), (4, 8.0)])
def test_several_cameras_give_one_result_for_each_trigger(
    tmp_path: Path, n_cameras: int, rate: float
) -> None:
    found = triggered("line", tmp_path, rate=rate, n_cameras=n_cameras)
    say(
        f"{n_cameras} cameras at {rate:g} triggers/s: {found['n_parts']:g} results of {N_PARTS} "
        f"triggers, {found['n_errors']:g} errors, p50 {found['p50_ms']:.1f} ms, p99 "
        f"{found['p99_ms']:.1f} ms"
    )
    assert found["n_parts"] == N_PARTS
    assert found["n_errors"] == 0
    assert found["parts_per_s"] >= 0.97 * rate


def test_isolated_model_is_nearly_as_fast(camera: Path, budgets: dict[str, Any]) -> None:
    line, isolated = [], []
    for _ in range(TURNS):
        line.append(measured("line", camera))
        isolated.append(measured("isolated", camera))
    p50, p50_text = ratios(isolated, line, "p50_ms")
    _, p99_text = ratios(isolated, line, "p99_ms")
    say(f"isolated / in the line's process at 30 parts/s: {p50_text}, {p99_text}")
    assert p50 <= budgets["triggered"]["max_isolated_ratio"]
