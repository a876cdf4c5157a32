"""What the benchmarks share: the budgets, and a bundle trained on the real pictures once."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SHARED_DATA = CHECKOUT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def budgets() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("budgets.toml").read_text())


@pytest.fixture(scope="session")
def tile_images() -> Path:
    folder = SHARED_DATA / "magnetic-tile" / "images"
    if not folder.is_dir():
        pytest.skip("the real pictures are not beside the checkout")
    return folder


@pytest.fixture(scope="session")
def tile_bundle(tile_images: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle that the workshop makes of the magnetic tiles with its own defaults."""
    bundle = tmp_path_factory.mktemp("bench") / "mt.bundle"
    data = tile_images.parent / "good-only.csv"
    command = [sys.executable, "-m", "models", "train", "--task", "anomaly"]
    subprocess.run([*command, "--data", data, "--out", bundle], check=True, cwd=CHECKOUT)
    return bundle
