"""Everything works for a user without a home, as in a container started as an unknown user."""

import sys
from pathlib import Path

import numpy as np
import pytest

from inspector.store.images import write_png
from tests.support.bundles import write_bundle
from tests.support.lots import grey_lot
from tests.support.no_home import run_without_home

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there every user has one")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_bundle(tmp_path / "grey.bundle", threshold=0.5)


def test_batch_info_and_records_need_no_home(bundle: Path, tmp_path: Path) -> None:
    lot = grey_lot(tmp_path / "lot")
    commands: tuple[tuple[int, tuple[str | Path, ...]], ...] = (
        (1, ("batch", lot, "--bundle", bundle, "--out", tmp_path / "out")),
        (0, ("bundle", "info", bundle)),
        (0, ("bundle", "verify", bundle)),
        (0, ("records", "summary", tmp_path / "out" / "records.db")),
        (0, ("camera", "list")),
        (0, ("selftest",)),
    )
    for code, command in commands:
        done = run_without_home("inspector", *command, cwd=tmp_path)
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["grey.bundle", "lot", "out"]


def test_what_cannot_be_remembered_is_said(bundle: Path, tmp_path: Path) -> None:
    done = run_without_home("inspector", "bundle", "verify", bundle, "--tune", cwd=tmp_path)
    assert done.returncode == 0
    assert "the choice cannot be kept: this user has no home folder: set HOME, or" in done.stderr
    assert "chosen" in done.stdout


def test_home_that_may_not_be_written_is_no_obstacle_either(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "home").write_bytes(b"")  # nobody, not even an administrator, makes folders in it
    home = {"HOME": str(tmp_path / "home")}
    done = run_without_home("inspector", "bundle", "verify", bundle, "--tune", cwd=tmp_path, **home)
    assert done.returncode == 0
    assert "the choice cannot be kept in" in done.stderr
    lot = grey_lot(tmp_path / "lot")
    command = ("batch", lot, "--bundle", bundle, "--out", tmp_path / "out")
    assert run_without_home("inspector", *command, cwd=tmp_path, **home).returncode == 1


def test_training_needs_no_home_and_leaves_nothing_behind(tmp_path: Path) -> None:
    data = tmp_path / "data"
    rng = np.random.default_rng(0)
    for split, count in (("train", 20), ("test", 2)):
        (data / split / "good").mkdir(parents=True)
        for number in range(count):
            pixels = rng.normal(120, 20, (40, 40)).astype(np.uint8)
            write_png(data / split / "good" / f"{number}.png", pixels)
    command = (
        "train",
        "--task",
        "anomaly",
        "--data",
        data,
        "--out",
        tmp_path / "b",
        "--size",
        "64",
    )
    done = run_without_home("models", *command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "weights are converted anew each time: this user has no home folder" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "b.source", "data"]
