"""What a command costs before it does anything, against an empty Python program."""

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
TURNS = 15


def test_help_answers_at_once(budgets: dict[str, Any]) -> None:
    ratios, helps_s = [], []
    for _ in range(TURNS):
        bare_s = _elapsed_s("-c", "pass")
        helps_s.append(_elapsed_s("-m", "inspector", "batch", "--help"))
        ratios.append(helps_s[-1] / bare_s)
    ratio, help_s = statistics.median(ratios), statistics.median(helps_s)
    sys.stdout.write(f"\n`inspector batch --help`: {help_s:.3f} s, {ratio:.1f} empty programs\n")
    assert ratio <= budgets["start_up"]["max_ratio_of_help_to_an_empty_program"]


def _elapsed_s(*arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=CHECKOUT
    )
    return time.perf_counter() - started
