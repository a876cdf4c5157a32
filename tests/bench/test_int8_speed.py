"""The INT8 model of the tiles' bundle against its float one, on real pictures."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench.conftest import CHECKOUT


def test_int8_model_is_kept_and_fast(
    tile_images: Path, tile_bundle: Path, budgets: dict[str, Any], tmp_path: Path
) -> None:
    data = tile_images.parent / "good-only.csv"
    command = [sys.executable, "-m", "models", "quantize", str(tile_bundle), "--data", str(data)]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "int8.bundle"), "--json"],
        capture_output=True,
        check=True,
        cwd=CHECKOUT,
    )
    table = json.loads(done.stdout)
    sys.stdout.write(
        f"\nint8: {table['speed_ratio']:.2f} times as fast, {table['size_share']:.1%} of the size, "
        f"{table['n_flips']} of {table['n_images']} verdicts differ\n"
    )
    assert table["shortcomings"] == []
    assert table["speed_ratio"] >= budgets["int8"]["min_ratio_to_float"]
