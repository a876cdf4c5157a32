"""`inspector bench`: real runtimes on a real bundle, and an end without leftovers."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil  # type: ignore[import-untyped]
import pytest

from inspector.__main__ import main
from inspector.store.images import write_png
from tests.support.bundles import write_bundle

BOTH = ("--runtimes", "onnxruntime,openvino", "--rounds", "2", "--threads", "1")
PATIENCE_S = 60.0


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    return str(write_bundle(tmp_path / "bright.bundle"))


@pytest.fixture
def images(tmp_path: Path) -> str:
    folder = tmp_path / "images"
    folder.mkdir()
    for grey in (51, 102, 153):
        write_png(folder / f"{grey}.png", np.full((32, 48), grey, dtype=np.uint8))
    return str(folder)


def test_json_compares_the_line_with_openvino(
    bundle: str, images: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", bundle, "--images", images, *BOTH, "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert list(table["runtimes"]) == ["onnxruntime", "openvino"]
    for figures in table["runtimes"].values():
        assert 0 < figures["p50_ms"] <= figures["p95_ms"] <= figures["p99_ms"]
        assert figures["score_max_relative"] < 1e-4
        assert figures["error"] is None
    assert list(table["ratios"]) == ["openvino/onnxruntime"]
    assert (table["threads"], table["n_images"], table["rounds"]) == (1, 3, 2)
    assert table["cpu"]


def test_people_get_a_row_for_each_runtime_and_a_word_for_what_cannot_run(
    bundle: str, images: str, capsys: pytest.CaptureFixture[str]
) -> None:
    names = "onnxruntime-int8,onnxruntime"
    assert main(["bench", bundle, "--images", images, "--runtimes", names, "--rounds", "1"]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["runtime", "onnxruntime", "NOT", "3"]
    assert "COMPARED: onnxruntime-int8: the bundle has no model.int8.onnx" in lines[2]


@pytest.mark.parametrize("names", ["torch", "", "onnxruntime,,openvino"])
def test_wrong_names_end_with_3(
    bundle: str, images: str, names: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = main(["bench", bundle, "--images", images, "--runtimes", names])
    except SystemExit as ended:  # argparse's way
        code = ended.code
    assert code == 3
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_interruption_ends_with_130_and_leaves_no_process(bundle: str, images: str) -> None:
    command = [sys.executable, "-m", "inspector", "bench", bundle, "--images", images, *BOTH]
    command[command.index("--rounds") + 1] = "10000"
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        told = [running.stderr.readline() for _ in range(3)]
        assert told[2] == "INFO: taking turns, 10000 rounds\n"
        children = psutil.Process(running.pid).children()
        os.kill(running.pid, signal.SIGINT)
        try:
            code = running.wait(PATIENCE_S)
        finally:
            running.kill()
    assert (code, len(children)) == (130, 2)
    _, alive = psutil.wait_procs(children, PATIENCE_S)
    assert alive == []
