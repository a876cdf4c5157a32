"""What was measured adds up, by passing and failing or by the names that a model gives."""

from pathlib import Path

from inspector.flow import Decision
from inspector.store.summary import Percentiles
from models.dataset.sample import Sample
from models.measures.evaluation import Evaluation, Judged, confusion, truth_and_verdict


def judged(truth: str, said: str, decision: Decision, score: float) -> Judged:
    sample = Sample(name="a", image=Path("a"), label=truth, masks=(), split="test", part="a")
    return Judged(sample=sample, decision=decision, label=said, score=score, latency_ms=1.0)


def evaluation(task: str, *rows: Judged) -> Evaluation:
    return Evaluation(
        task=task,
        has_good=True,
        bundle_id="b",
        threshold=0.5,
        data_sha256="d",
        judged=rows,
        pixel_auroc=None,
        aupro=None,
        miou=None,
        latency_ms=Percentiles(p50=1.0, p95=1.0, p99=1.0),
    )


GOOD = judged("good", "good", Decision.PASS, 0.1)
REJECTED = judged("good", "defect", Decision.ERROR, 0.6)
FOUND = judged("dent", "defect", Decision.FAIL, 0.9)
ESCAPED = judged("dent", "good", Decision.PASS, 0.2)


def test_error_rejects_a_part_as_fail_does() -> None:
    table = evaluation("anomaly", GOOD, REJECTED, FOUND, ESCAPED).as_table()
    assert (table["n_good"], table["n_defect"]) == (2, 2)
    assert (table["escape_rate"], table["overkill_rate"], table["accuracy"]) == (0.5, 0.5, 0.5)
    assert (table["macro_f1"], table["image_auroc"]) == (None, 0.75)


def test_classifier_is_measured_by_the_names_it_gives() -> None:
    named = evaluation("classify", GOOD, judged("dent", "burr", Decision.FAIL, 0.9))
    table = named.as_table()
    assert table["accuracy"] == 0.5
    assert table["confusion"] == {
        "dent": {"burr": 1, "dent": 0, "good": 0},
        "good": {"burr": 0, "dent": 0, "good": 1},
    }
    assert list(table["confusion"]) == ["good", "dent"]
    assert list(table["confusion"]["dent"]) == ["good", "burr", "dent"]


def test_confusion_of_passing_and_failing_has_every_cell() -> None:
    pairs = [truth_and_verdict(FOUND.sample, Decision.FAIL, "defect", is_named=False)]
    assert confusion(pairs, is_named=False) == {
        "good": {"PASS": 0, "FAIL": 0},
        "defect": {"PASS": 0, "FAIL": 1},
    }
