"""Figures of a bundle on labelled pictures, by the line's own code."""

from pathlib import Path
from typing import cast

import pytest

from inspector.errors import DataError
from models.dataset.reader import load_samples
from models.evaluate import evaluate
from models.reports.evaluation_report import write_evaluation
from tests.models.conftest import N_TEST, TrainedBundle

KEYS = [
    "task", "n_images", "n_good", "n_defect", "threshold", "image_auroc", "image_ap",
    "pixel_auroc", "aupro", "accuracy", "macro_f1", "miou", "map50", "escape_rate",
    "overkill_rate", "confusion", "latency_ms", "bundle_id", "data_sha256",
]  # fmt: skip


def test_table_has_the_promised_keys_and_counts_that_add_up(trained: TrainedBundle) -> None:
    table = evaluate(trained.bundle, trained.data, "test").as_table()
    assert list(table) == KEYS
    assert (table["n_images"], table["n_good"], table["n_defect"]) == (2 * N_TEST, N_TEST, N_TEST)
    confusion = cast("dict[str, dict[str, int]]", table["confusion"])
    assert {truth: sum(row.values()) for truth, row in confusion.items()} == {
        "good": N_TEST,
        "defect": N_TEST,
    }
    assert table["escape_rate"] == confusion["defect"]["PASS"] / N_TEST
    assert table["overkill_rate"] == confusion["good"]["FAIL"] / N_TEST
    assert (table["macro_f1"], table["map50"]) == (None, None)
    assert 0.3 < cast("float", table["miou"]) <= 1.0
    assert table["bundle_id"] == trained.manifest.bundle_id


def test_picture_that_cannot_be_judged_counts_as_rejected(
    trained: TrainedBundle, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good, *_ = (one for one in load_samples(trained.data) if one.split == "test" and one.is_good)
    (tmp_path / "cut.png").write_bytes(good.image.read_bytes()[:200])
    rows = [f"{good.image.resolve()},good,,test", "cut.png,good,,test", "cut2.png,dent,,test"]
    (tmp_path / "cut2.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    data = tmp_path / "list.csv"
    data.write_text("\n".join(["image,label,mask,split", *rows]))
    evaluation = evaluate(trained.bundle, data, "test")
    table = evaluation.as_table()
    assert (evaluation.n_errors, table["n_good"], table["n_defect"]) == (2, 2, 1)
    assert (table["escape_rate"], table["overkill_rate"]) == (0.0, 0.5)
    assert table["image_auroc"] is None  # of one picture
    assert table["confusion"] == {
        "good": {"PASS": 1, "FAIL": 0, "ERROR": 1},
        "defect": {"PASS": 0, "FAIL": 0, "ERROR": 1},
    }
    assert "2 of 3 pictures cannot be judged and count as rejected, such as 'cut.png'" in (
        caplog.text
    )
    write_evaluation(evaluation, tmp_path / "report")
    assert "Could not be judged" in (tmp_path / "report" / "report.html").read_text()
    data.write_text("\n".join(["image,label,mask,split", *rows[1:]]))
    with pytest.raises(DataError, match="none of 2 pictures can be judged"):
        evaluate(trained.bundle, data, "test")


def test_missing_holes_score_above_every_good_part(trained: TrainedBundle) -> None:
    table = evaluate(trained.bundle, trained.data, "test").as_table()
    assert table["image_auroc"] == 1.0
    assert cast("float", table["pixel_auroc"]) > 0.8


def test_two_evaluations_give_the_same_scores(trained: TrainedBundle) -> None:
    first, second = (evaluate(trained.bundle, trained.data, "test").judged for _ in range(2))
    assert [one.score for one in first] == [one.score for one in second]


def test_train_split_has_no_defects_and_so_no_area_under_a_curve(trained: TrainedBundle) -> None:
    table = evaluate(trained.bundle, trained.data, "train").as_table()
    assert (table["image_auroc"], table["image_ap"], table["escape_rate"]) == (None, None, None)
    assert (table["pixel_auroc"], table["aupro"]) == (None, None)


def test_empty_split_is_refused(trained: TrainedBundle) -> None:
    with pytest.raises(DataError, match="no picture in the split 'val'"):
        evaluate(trained.bundle, trained.data, "val")


def test_what_is_judged_is_said_with_how_many_defects_have_a_mask(
    trained: TrainedBundle, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        evaluate(trained.bundle, trained.data, "test")
    assert f"judging {2 * N_TEST} pictures: good {N_TEST}, " in caplog.text
    assert f"{N_TEST} of {N_TEST} defects have a mask" in caplog.text
