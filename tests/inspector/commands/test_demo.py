"""`inspector demo`: from nothing to a report, as often as one likes."""

from pathlib import Path

from tests.support.bundles import write_bundle
from tests.support.lots import grey_lot, inspector, rows_of


def test_demo_ends_with_a_summary_and_works_a_second_time(tmp_path: Path) -> None:
    for _ in range(2):
        done = inspector("demo", "--out", tmp_path / "demo")
        assert done.returncode == 0, done.stderr
        assert "parts 100" in done.stdout
        assert "inspector batch YOUR_FOLDER --bundle" in done.stdout
    rows = rows_of(tmp_path / "demo" / "results")
    holes = [row["decision"] for row in rows if row["image"].endswith("missing_hole.png")]
    assert len(rows) == 100
    assert holes == ["FAIL"] * 4


def test_demo_into_a_file_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = inspector("demo", "--out", tmp_path / "file")
    assert done.returncode == 3
    assert "cannot be made" in done.stderr


def test_results_of_somebody_else_are_not_touched(tmp_path: Path) -> None:
    lot, bundle = grey_lot(tmp_path / "lot"), write_bundle(tmp_path / "grey.bundle")
    results = tmp_path / "demo" / "results"
    assert inspector("batch", lot, "--bundle", bundle, "--out", results).returncode == 1
    before = (results / "records.csv").read_bytes()
    done = inspector("demo", "--out", tmp_path / "demo")
    assert done.returncode == 3
    assert "holds results that are not the demo's; choose another --out" in done.stderr
    assert (results / "records.csv").read_bytes() == before
    assert (results / "records.db").exists()
