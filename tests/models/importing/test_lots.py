"""Pictures that choose and pictures that prove are never the same, nor those of the test split."""

from pathlib import Path

import pytest

from inspector.bundle import InputSpec
from inspector.errors import DataError
from models.importing.lots import divide, is_defect, samples_to_import_by

SPEC = InputSpec(height_px=8, width_px=16, color="rgb", resize="stretch")


def test_val_split_is_taken_and_divided_the_same_way_each_time(parts: Path) -> None:
    samples = samples_to_import_by(parts)
    assert {sample.split for sample in samples} == {"val"}
    lots, again = (divide(samples, SPEC, has_good=True) for _ in range(2))
    assert (len(lots.held_out.samples), len(lots.proof.samples)) == (21, 5)
    assert set(lots.samples) == set(samples)
    assert lots.proof.samples == again.proof.samples


def test_train_split_stands_in_for_a_missing_val_split_and_it_is_said(
    parts: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = parts.with_name("train.csv")
    data.write_text(parts.read_text().replace(",val", ",train"))
    assert {sample.split for sample in samples_to_import_by(data)} == {"train"}
    assert "the list has no val split" in caplog.text


def test_too_few_good_parts_or_pictures_are_refused(parts: Path) -> None:
    samples = samples_to_import_by(parts)
    good = [sample for sample in samples if sample.is_good]
    defects = [sample for sample in samples if not sample.is_good]
    with pytest.raises(DataError, match=r"different good parts are left of 15 .*; at least 4"):
        divide([*good[:3], *defects], SPEC, has_good=True)
    with pytest.raises(DataError, match="2 pictures are too few"):
        divide(defects[:2], SPEC, has_good=False)


def test_nothing_is_a_defect_where_no_class_is_good(parts: Path) -> None:
    samples = samples_to_import_by(parts)
    assert sum(is_defect(samples, ("good", "defect"))) == 12
    assert sum(is_defect(samples, ("dent", "scratch"))) == 0
