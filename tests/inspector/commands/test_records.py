"""`inspector records`: sums, tables, and the proof that nothing changed."""

import csv
import json
from pathlib import Path

import pytest

from inspector.flow import Decision
from inspector.store.schema import Shift
from inspector.store.writer import RecordWriter
from tests.inspector.store.test_health import minutes
from tests.support.fakes import START, record
from tests.support.lots import inspector
from tests.support.panels import part
from tests.support.stores import in_sqlite, write_store


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """The folder of a line that has seen three parts."""
    with RecordWriter(tmp_path / "records.db") as writer:
        writer.begin_shift(Shift(first_part=1, started_at=START))
        writer.append([part(1), part(2, Decision.FAIL), part(3, Decision.ERROR)])
    return tmp_path


def test_summary_counts_and_times(line: Path) -> None:
    table = json.loads(inspector("records", "summary", line, "--json").stdout)
    assert (table["n_pass"], table["n_fail"], table["n_error"]) == (1, 1, 1)
    assert table["stage_ms"]["infer"] == {"p50": 7.8, "p95": 7.8, "p99": 7.8}
    assert "parts 3   pass 1   fail 1   error 1" in inspector("records", "summary", line).stdout


def test_export_has_one_row_for_each_part(line: Path) -> None:
    out = line / "parts.csv"
    assert inspector("records", "export", line / "records.db", "--out", out).returncode == 0
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["part"], row["decision"], row["camera"]) for row in rows] == [
        ("1", "PASS", "top"), ("2", "FAIL", "top"), ("3", "ERROR", "top"),
    ]  # fmt: skip
    assert (rows[0]["store_ms"], rows[0]["total_ms"]) == ("0.600", "9.000")


def test_export_takes_the_place_of_no_other_file(line: Path) -> None:
    whole = (line / "records.db").read_bytes()
    for out in (line / "records.db", line, ""):
        done = inspector("records", "export", line, "--out", out)
        assert (done.returncode, done.stdout) == (3, "")
        assert "Traceback" not in done.stderr
    assert (line / "records.db").read_bytes() == whole
    for _ in range(2):  # an earlier export may be written anew
        assert inspector("records", "export", line, "--out", line / "a.csv").returncode == 0


def test_export_of_a_batch_has_the_columns_of_records_csv(tmp_path: Path) -> None:
    write_store(tmp_path / "records.db", [record("a.png")])
    out = tmp_path / "out.csv"
    inspector("records", "export", tmp_path, "--out", out)
    assert out.read_text().startswith("record_id,image,captured_at,decision,score,threshold,label,")


def test_whole_store_is_proven_and_a_changed_value_found(line: Path) -> None:
    done = inspector("records", "verify", line, "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"is_whole": True, "n_records": 3})
    in_sqlite(line / "records.db", "UPDATE records SET decision = 'PASS' WHERE part_number = 2")
    done = inspector("records", "verify", line)
    assert (done.returncode, done.stdout) == (4, "")
    assert "is damaged" in done.stderr


def test_store_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = inspector("records", "summary", tmp_path / "gone.db")
    assert done.returncode == 3
    assert "gone.db" in done.stderr


def test_health_shows_the_last_minutes_and_what_grows(line: Path) -> None:
    with RecordWriter(line / "records.db") as writer:
        for row in minutes(130, lambda minute: 400.0 + minute):
            writer.note_health(row)
    shown = inspector("records", "health", line, "--minutes", "2").stdout.splitlines()
    assert shown[0].split() == [
        "at", "memory", "MB", "handles", "threads", "waiting", "to", "store", "p99", "ms", "lost",
        "disk", "GB",
    ]  # fmt: skip
    assert shown[2].split() == [
        "2026-03-04", "07:15:07", "529.0", "40", "20", "1", "0", "12.5", "0", "90.0",
    ]  # fmt: skip
    assert shown[3:] == ["memory grow by 60.0 an hour in the last run"]
    table = json.loads(inspector("records", "health", line, "--json").stdout)
    assert len(table["minutes"]) == 60
    assert table["growth"][0]["what"] == "memory"
