"""Memory of a batch: small, and the same for a thousand and for ten thousand pictures."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.lots import CHECKOUT, batch_command


def test_memory_stays_small_and_does_not_grow_with_the_number_of_pictures(
    tile_images: Path, tile_bundle: Path, budgets: dict[str, Any], tmp_path: Path
) -> None:
    peaks_mb = {
        count: _peak_rss_mb(_folder_of(count, tile_images, tmp_path), tile_bundle, tmp_path)
        for count in (1_000, 10_000)
    }
    shown = ", ".join(f"{count:,} pictures {peak:.0f} MB" for count, peak in peaks_mb.items())
    sys.stdout.write(f"\npeak resident memory: {shown}\n")
    assert max(peaks_mb.values()) <= budgets["batch"]["max_rss_mb"]
    assert peaks_mb[10_000] - peaks_mb[1_000] <= budgets["batch"]["max_growth_mb"]


def _folder_of(count: int, images: Path, tmp_path: Path) -> Path:
    folder = tmp_path / f"{count}"
    folder.mkdir()
    sources = sorted(images.glob("*.jpg"))
    for number in range(count):
        source = sources[number % len(sources)]
        (folder / f"{number:05d}.jpg").symlink_to(source)
    return folder


def _peak_rss_mb(folder: Path, bundle: Path, tmp_path: Path) -> float:
    command = batch_command(folder, bundle, tmp_path / f"out-{folder.name}")
    child = subprocess.Popen(
        [*command, "--jobs", "2"],
        stdout=subprocess.DEVNULL,
        cwd=CHECKOUT,
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 1
    return usage.ru_maxrss / 1024
