"""Throughput of `inspector batch --jobs 2` against the loop that people write by hand."""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.lots import CHECKOUT, batch_command


def test_batch_outruns_the_plain_loop(
    tile_images: Path, tile_bundle: Path, budgets: dict[str, Any], tmp_path: Path
) -> None:
    """Both in turns, so that a noisy machine treats them alike; start-up is not counted."""
    plain, batch = [], []
    for turn in range(budgets["batch"]["rounds"]):
        plain.append(_plain_images_per_s(tile_bundle, tile_images))
        batch.append(_batch_images_per_s(tile_bundle, tile_images, tmp_path / str(turn)))
    ratios = [ours / theirs for ours, theirs in zip(batch, plain, strict=True)]
    ratio = statistics.median(ratios)
    sys.stdout.write(
        f"\nimages/s, medians of {len(ratios)} turns: batch {statistics.median(batch):.0f}, "
        f"plain loop {statistics.median(plain):.0f}; ratio {ratio:.2f} "
        f"({min(ratios):.2f}..{max(ratios):.2f})\n"
    )
    assert ratio >= budgets["batch"]["min_ratio_to_plain_loop"]


def _plain_images_per_s(bundle: Path, images: Path) -> float:
    script = Path(__file__).with_name("plain_loop.py")
    done = subprocess.run([sys.executable, script, bundle, images], capture_output=True, check=True)
    return float(json.loads(done.stdout)["images_per_s"])


def _batch_images_per_s(bundle: Path, images: Path, out: Path) -> float:
    command = [*batch_command(images, bundle, out), "--jobs", "2", "--json"]
    done = subprocess.run(command, capture_output=True, cwd=CHECKOUT)
    assert done.returncode == 1, done.stderr.decode()
    return float(json.loads(done.stdout)["images_per_s"])
