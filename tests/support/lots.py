"""Small lots of grey pictures, and batches over them in this process or in one of their own."""

import csv
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inspector.batch import BatchOutcome, BatchRequest, run_batch
from inspector.clock import SystemClock
from inspector.store.images import write_png

CHECKOUT = Path(__file__).resolve().parents[2]
TIME_COLUMNS = ("decode_ms", "preprocess_ms", "infer_ms", "judge_ms", "total_ms")
LEVELS = {"dark.png": 10, "grey.png": 100, "light.png": 200, "white.png": 255}


class Silent:
    """Progress that nobody sees."""

    def stored(self, count: int) -> None:
        pass


def grey_lot(folder: Path, levels: dict[str, int] = LEVELS) -> Path:
    """A folder of pictures of one brightness each; the test bundle's threshold is 0.5 of 255."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, level in levels.items():
        write_png(folder / name, np.full((32, 48, 3), level, dtype=np.uint8))
    return folder


def run(request: BatchRequest) -> BatchOutcome:
    with run_batch(request, SystemClock(), lambda _: Silent()) as outcome:
        return outcome


def inspector(*arguments: str | Path, cwd: Path = CHECKOUT) -> subprocess.CompletedProcess[str]:
    """The line's program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "inspector", *arguments], capture_output=True, text=True, cwd=cwd
    )


def batch_command(lot: Path, bundle: Path, out: Path) -> list[str | Path]:
    """`inspector batch`, for whoever starts the process in a way of their own."""
    called: list[str | Path] = [sys.executable, "-m", "inspector", "batch", lot]
    return [*called, "--bundle", bundle, "--out", out]


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / "records.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def rows_without_times(out: Path) -> list[dict[str, str]]:
    return [
        {column: value for column, value in row.items() if column not in TIME_COLUMNS}
        for row in rows_of(out)
    ]


def decisions_of(rows: Sequence[dict[str, str]]) -> dict[str, str]:
    return {row["image"]: row["decision"] for row in rows}
