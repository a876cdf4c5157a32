"""What a batch leaves behind: the same whatever the jobs, kills and resumes."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inspector.batch import BatchRequest
from inspector.clock import SystemClock
from inspector.results import write_results
from tests.support.bundles import write_bundle
from tests.support.lots import (
    CHECKOUT,
    LEVELS,
    grey_lot,
    inspector,
    rows_of,
    rows_without_times,
    run,
)

MANY = 1500
DEADLINE_S = 30.0


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_bundle(tmp_path / "grey.bundle", threshold=0.5)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lot that takes a second or two; each picture is a hard link to one of four."""
    folder = grey_lot(tmp_path_factory.mktemp("lots") / "four")
    many = folder.with_name("many")
    many.mkdir()
    sources = sorted(folder.iterdir())
    for number in range(MANY):
        os.link(sources[number % len(sources)], many / f"{number:05d}.png")
    return many


def write(source: Path, bundle: Path, out: Path, jobs: int = 2) -> None:
    request = BatchRequest(source=str(source), bundle=bundle, out=out, jobs=jobs)
    write_results(request, run(request), SystemClock())


def test_rows_do_not_depend_on_the_number_of_jobs(bundle: Path, tmp_path: Path) -> None:
    lot = grey_lot(tmp_path / "lot", {f"{n:02d}.png": n * 6 for n in range(40)})
    for jobs in (1, 2, 7):
        write(lot, bundle, tmp_path / str(jobs), jobs)
    first = rows_without_times(tmp_path / "1")
    assert [row["image"] for row in first] == [f"{n:02d}.png" for n in range(40)]
    assert rows_without_times(tmp_path / "2") == first == rows_without_times(tmp_path / "7")


def test_columns_are_those_that_users_rely_on(bundle: Path, tmp_path: Path) -> None:
    write(grey_lot(tmp_path / "lot"), bundle, tmp_path / "out")
    head = (tmp_path / "out" / "records.csv").read_text().splitlines()[0]
    assert head == (
        "record_id,image,captured_at,decision,score,threshold,label,reasons,decode_ms,"
        "preprocess_ms,infer_ms,judge_ms,total_ms,bundle_id,recipe_id"
    )


def test_summary_counts_what_the_rows_say(bundle: Path, tmp_path: Path) -> None:
    write(grey_lot(tmp_path / "lot"), bundle, tmp_path / "out")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert (summary["n_parts"], summary["n_pass"], summary["n_fail"], summary["n_error"]) == (
        len(LEVELS),
        2,
        2,
        0,
    )
    assert summary["yield"] == 0.5
    assert summary["is_complete"] is True
    assert set(summary["stage_ms"]) == {"decode", "preprocess", "infer", "judge", "total"}
    assert {"bundle_id", "recipe_id", "onnxruntime", "opencv", "inspector"} <= set(summary)


def test_report_shows_the_worst_part_with_its_heat(bundle: Path, tmp_path: Path) -> None:
    write(grey_lot(tmp_path / "lot"), bundle, tmp_path / "out")
    report = (tmp_path / "out" / "report.html").read_text()
    assert report.index("white.png") < report.index("light.png")
    assert report.count("data:image/jpeg") == 2 * len(LEVELS)


def test_picture_that_changed_after_it_was_judged_is_shown_without_a_heat_map(
    bundle: Path, tmp_path: Path
) -> None:
    lot = grey_lot(tmp_path / "lot")
    request = BatchRequest(source=str(lot), bundle=bundle, out=tmp_path / "out", jobs=1)
    outcome = run(request)
    grey_lot(lot, {"white.png": 3})
    (lot / "light.png").unlink()
    write_results(request, outcome, SystemClock())
    report = (tmp_path / "out" / "report.html").read_text()
    assert report.count("data:image/jpeg") == 2 * (len(LEVELS) - 2)


def start(source: Path, bundle: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    command: list[str | Path] = [sys.executable, "-m", "inspector", "batch", source]
    return subprocess.Popen(
        [*command, "--bundle", bundle, "--out", out, "--jobs", "2", *more],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=CHECKOUT,
    )


def wait_for_records(out: Path, least: int) -> int:
    """Wait until so many records are committed; gives how many there are."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        count = count_records(out)
        if count >= least:
            return count
    raise AssertionError(f"fewer than {least} records after {DEADLINE_S} s")


def count_records(out: Path) -> int:
    store = out / "records.db"
    if not store.exists():
        return 0
    connection = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT COUNT(*) FROM records").fetchone()[0])
    except sqlite3.OperationalError:  # it is just being made
        return 0
    finally:
        connection.close()


def test_killed_batch_resumes_to_the_rows_of_an_undisturbed_one(
    many: Path, bundle: Path, tmp_path: Path
) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    assert inspector("batch", many, "--bundle", bundle, "--out", undisturbed).returncode == 1
    for least in (1, 400, 900):
        child = start(many, bundle, killed, "--resume")
        wait_for_records(killed, least)
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert 900 <= count_records(killed) < MANY
    done = inspector("batch", many, "--bundle", bundle, "--out", killed, "--resume", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["n_judged_now"] < MANY - 900
    assert rows_without_times(killed) == rows_without_times(undisturbed)
    assert len(rows_of(killed)) == MANY


def test_interrupted_batch_keeps_what_it_finished_and_ends_with_130(
    many: Path, bundle: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    child = start(many, bundle, out)
    wait_for_records(out, 100)
    child.send_signal(signal.SIGINT)
    assert child.wait(DEADLINE_S) == 130
    rows = rows_of(out)
    assert len(rows) == count_records(out)
    assert 100 <= len(rows) < MANY
    assert json.loads((out / "summary.json").read_text())["is_complete"] is False
    page = (out / "report.html").read_text()
    assert f"Interrupted after {len(rows):,} parts" in page
    assert f"{MANY - len(rows):,} pictures are not judged yet" in page
    assert inspector("batch", many, "--bundle", bundle, "--out", out, "--resume").returncode == 1
    assert len(rows_of(out)) == MANY
