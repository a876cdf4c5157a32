"""`inspector demo`: from nothing to a report, as often as one likes."""

from pathlib import Path

from tests.support.lots import inspector, rows_of


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
