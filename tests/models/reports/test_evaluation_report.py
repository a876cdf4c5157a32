"""The page and the rows of an evaluation say what was measured."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.errors import UsageError
from inspector.flow import Decision
from inspector.store.summary import Percentiles
from models.dataset.sample import Sample
from models.measures.evaluation import Evaluation, Judged
from models.reports.evaluation_report import write_evaluation


def judged(name: str, label: str, score: float) -> Judged:
    sample = Sample(name=name, image=Path(name), label=label, masks=(), split="test", part=name)
    decision = Decision.FAIL if score > 1.0 else Decision.PASS
    return Judged(sample=sample, decision=decision, label="", score=score, latency_ms=2.0)


EVALUATION = Evaluation(
    task="anomaly",
    has_good=True,
    bundle_id="b" * 64,
    threshold=1.0,
    data_sha256="d" * 64,
    judged=(
        judged("g1.png", "good", 0.5),
        judged("g<2>.png", "good", 1.2),
        judged("s1.png", "scratch", 1.5),
        judged("d1.png", "dent", 0.9),
    ),
    pixel_auroc=None,
    aupro=None,
    miou=None,
    latency_ms=Percentiles(p50=2.0, p95=2.0, p99=2.0),
)


def test_rows_hold_every_picture_in_its_order(tmp_path: Path) -> None:
    write_evaluation(EVALUATION, tmp_path / "out")
    with (tmp_path / "out" / "pictures.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["image", "label", "decision", "score", "latency_ms"],
        ["g1.png", "good", "PASS", "0.5", "2.000"],
        ["g<2>.png", "good", "FAIL", "1.2", "2.000"],
        ["s1.png", "scratch", "FAIL", "1.5", "2.000"],
        ["d1.png", "dent", "PASS", "0.9", "2.000"],
    ]


def test_overlap_is_shown_where_pictures_have_masks(tmp_path: Path) -> None:
    write_evaluation(EVALUATION, tmp_path / "without")
    write_evaluation(replace(EVALUATION, miou=0.7432), tmp_path / "with")
    pages = [(tmp_path / name / "report.html").read_text() for name in ("without", "with")]
    assert ["Mean overlap" in page for page in pages] == [False, True]
    assert "0.7432" in pages[1]


def test_figures_stand_in_the_json_as_on_stdout(tmp_path: Path) -> None:
    write_evaluation(EVALUATION, tmp_path)
    figures = json.loads((tmp_path / "evaluation.json").read_text())
    assert figures == json.loads(json.dumps(EVALUATION.as_table()))
    assert (figures["escape_rate"], figures["overkill_rate"]) == (0.5, 0.5)
    assert figures["image_auroc"] == 0.75


def test_page_names_both_mistakes_and_escapes_what_comes_from_outside(tmp_path: Path) -> None:
    page = write_evaluation(EVALUATION, tmp_path).read_text()
    assert "g&lt;2&gt;.png" in page
    assert "g<2>" not in page
    assert "d1.png" in page
    assert "s1.png" not in page  # judged rightly
    assert "http" not in page.replace("http-equiv", "")


def test_what_only_sorts_has_no_escapes(tmp_path: Path) -> None:
    right = replace(judged("b1.png", "bolt", 0.2), label="bolt")
    wrong = replace(judged("n1.png", "nut", 0.3), label="bolt")
    sorter = replace(EVALUATION, has_good=False, task="classify", judged=(right, wrong))
    write_evaluation(sorter, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert "Called something else" in page
    assert page.count("n1.png") == 1
    assert "b1.png" not in page
    assert "passed" not in page
    assert "Found, by defect" not in page


def test_folder_that_cannot_be_made_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be made"):
        write_evaluation(EVALUATION, tmp_path / "file" / "out")


def test_escapes_are_shown_however_many_false_alarms_there_are(tmp_path: Path) -> None:
    alarms = tuple(judged(f"g{number}.png", "good", 1.5) for number in range(60))
    many = replace(EVALUATION, judged=(*alarms, judged("slipped.png", "crack", 0.05)))
    page = write_evaluation(many, tmp_path).read_text()
    assert page.index("slipped.png") < page.index("g0.png")
    assert "Defects that passed" in page
    assert "10 more stand in pictures.csv." in page


def test_results_of_a_batch_are_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "records.db").write_bytes(b"")
    with pytest.raises(UsageError, match="holds the results of a batch"):
        write_evaluation(EVALUATION, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["records.db"]
