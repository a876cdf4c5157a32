"""`inspector batch` as scripts use it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.bundles import write_bundle
from tests.support.lots import CHECKOUT, batch_command, decisions_of, grey_lot, inspector, rows_of


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_bundle(tmp_path / "grey.bundle", threshold=0.5)


@pytest.mark.parametrize(("level", "code"), [(10, 0), (200, 1)])
def test_exit_code_tells_the_worst_part(
    level: int, code: int, bundle: Path, tmp_path: Path
) -> None:
    lot = grey_lot(tmp_path / "lot", {"a.png": level})
    assert inspector("batch", lot, "--bundle", bundle, "--out", tmp_path / "out").returncode == code


def test_json_is_all_there_is_on_stdout_and_no_bar_is_drawn(bundle: Path, tmp_path: Path) -> None:
    lot = grey_lot(tmp_path / "lot")
    done = inspector("batch", lot, "--bundle", bundle, "--out", tmp_path / "out", "--json")
    assert json.loads(done.stdout) == json.loads((tmp_path / "out" / "summary.json").read_text())
    assert done.stderr == ""


def test_words_name_the_report_and_the_store(bundle: Path, tmp_path: Path) -> None:
    lot, out = grey_lot(tmp_path / "lot"), tmp_path / "out"
    words = inspector("batch", lot, "--bundle", bundle, "--out", out).stdout
    assert "parts 4   pass 2   fail 2   error 0   yield 50.0%" in words
    assert f"report {out / 'report.html'}" in words
    assert f"store  {out / 'records.db'}" in words


def test_zipped_bundle_judges_like_the_folder(bundle: Path, tmp_path: Path) -> None:
    import shutil

    zipped = shutil.make_archive(str(tmp_path / "zipped"), "zip", bundle)
    lot = grey_lot(tmp_path / "lot")
    for name, one in (("folder", bundle), ("zip", zipped)):
        assert inspector("batch", lot, "--bundle", one, "--out", tmp_path / name).returncode == 1
    folder, zipped_rows = rows_of(tmp_path / "folder"), rows_of(tmp_path / "zip")
    assert [row["score"] for row in folder] == [row["score"] for row in zipped_rows]


def test_glob_and_single_file_are_sources_too(bundle: Path, tmp_path: Path) -> None:
    lot = grey_lot(tmp_path / "lot")
    inspector("batch", f"{lot}/*g*.png", "--bundle", bundle, "--out", tmp_path / "glob")
    inspector("batch", lot / "dark.png", "--bundle", bundle, "--out", tmp_path / "file")
    assert decisions_of(rows_of(tmp_path / "glob")) == {"grey.png": "PASS", "light.png": "FAIL"}
    assert decisions_of(rows_of(tmp_path / "file")) == {"dark.png": "PASS"}


@pytest.mark.parametrize("jobs", ["0", "65", "two"])
def test_jobs_out_of_range_are_wrong_usage(jobs: str, bundle: Path, tmp_path: Path) -> None:
    lot = grey_lot(tmp_path / "lot")
    done = inspector("batch", lot, "--bundle", bundle, "--out", tmp_path / "o", "--jobs", jobs)
    assert done.returncode == 3
    assert "--jobs" in done.stderr


def test_batch_imports_neither_the_training_library_nor_the_screen(
    bundle: Path, tmp_path: Path
) -> None:
    script = (
        "import sys\nfrom inspector.__main__ main\n"
        "code = main(sys.argv[1:])\n"
        "heavy = {'tensorflow', 'keras', 'onnx', 'tf2onnx', 'PySide6', 'models', 'ui'}\n"
        "print(code, sorted(heavy & {name.split('.')[0] for name in sys.modules}))"
    ).replace("__main__ main", "__main__ import main")
    lot = grey_lot(tmp_path / "lot")
    done = subprocess.run(
        [sys.executable, "-c", script, "batch", lot, "--bundle", bundle, "--out", tmp_path / "o"],
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
    )
    assert done.stdout.splitlines()[-1] == "1 []", done.stderr


@pytest.mark.parametrize("command", [[], ["batch"], ["bundle"], ["demo"], ["selftest"]])
def test_help_is_quick_for_it_brings_no_library(command: list[str]) -> None:
    script = (
        "import sys\nfrom inspector.__main__ import main\n"
        "try:\n    main([*sys.argv[1:], '--help'])\n"
        "except SystemExit as ended:\n    assert ended.code == 0\n"
        "print([name for name in ('numpy', 'cv2', 'onnxruntime', 'tqdm') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *command], capture_output=True, text=True, cwd=CHECKOUT
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_run_ends_well_where_the_terminal_cannot_show_a_name(tmp_path: Path) -> None:
    lot, bundle = grey_lot(tmp_path / "lot", {"dark.png": 10}), write_bundle(tmp_path / "b.bundle")
    done = subprocess.run(
        batch_command(lot, bundle, tmp_path / "零件"),
        env=os.environ | {"PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        cwd=CHECKOUT,
    )
    assert done.returncode == 0, done.stderr
    assert rb"\u96f6\u4ef6" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_run_ends_well_without_stderr(tmp_path: Path) -> None:
    lot, bundle = grey_lot(tmp_path / "lot", {"dark.png": 10}), write_bundle(tmp_path / "b.bundle")
    without_stderr = ["sh", "-c", 'exec "$@" 2>&-', "sh"]
    done = subprocess.run(
        [*without_stderr, *batch_command(lot, bundle, tmp_path / "out")],
        stdout=subprocess.PIPE,
        cwd=CHECKOUT,
    )
    assert done.returncode == 0


def test_empty_folder_name_is_wrong_usage(tmp_path: Path) -> None:
    done = inspector("batch", tmp_path, "--bundle", tmp_path, "--out", "")
    assert done.returncode == 3
    assert "is empty; name a folder" in done.stderr
