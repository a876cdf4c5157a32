"""records.csv to the byte: the file that scripts and spreadsheets rely on."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inspector.flow import Decision, Record
from inspector.store.records_csv import COLUMNS, write_records_csv
from tests.support.fakes import record

HEADER = (
    "record_id,image,captured_at,decision,score,threshold,label,reasons,"
    "decode_ms,preprocess_ms,infer_ms,judge_ms,total_ms,bundle_id,recipe_id"
)


def written(records: list[Record], folder: Path) -> bytes:
    path = folder / "records.csv"
    write_records_csv(records, path)
    return path.read_bytes()


def read_back(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def test_rows_are_spelled_exactly_so(tmp_path: Path) -> None:
    records = [
        replace(record("a.png"), record_id="1" * 32),
        replace(record("sub dir/划痕.png", Decision.FAIL, 0.75), record_id="2" * 32),
        replace(record('c,"d".png', Decision.ERROR), record_id="3" * 32, captured_at=None),
    ]
    ids = f"{'b' * 64},0123456789ab"
    expected = (
        f"{HEADER}\n"
        f"{'1' * 32},a.png,2026-03-04T05:06:07.089Z,PASS,0.25,0.5,good,,"
        f"2.500,0.250,7.125,0.500,10.375,{ids}\n"
        f"{'2' * 32},sub dir/划痕.png,2026-03-04T05:06:07.089Z,FAIL,0.75,0.5,defect,"
        f"score 0.75 over 0.5,2.500,0.250,7.125,0.500,10.375,{ids}\n"
        f'{"3" * 32},"c,""d"".png",,ERROR,,0.5,,"CorruptFrame: c,""d"".png: the file is truncated",'
        f"2.500,,,,2.500,{ids}\n"
    )
    assert written(records, tmp_path) == expected.encode()


def test_no_records_give_the_header_alone(tmp_path: Path) -> None:
    assert written([], tmp_path) == f"{HEADER}\n".encode()
    assert ",".join(COLUMNS) == HEADER


def test_rows_keep_the_order_given(tmp_path: Path) -> None:
    names = ["b.png", "a.png", "c.png"]
    data = written([record(name) for name in names], tmp_path)
    assert [row["image"] for row in read_back(data)] == names


def test_score_has_every_bit_of_a_float32(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    scores = rng.integers(0, 2**31, 500, dtype=np.uint32).view(np.float32)
    scores = scores[np.isfinite(scores)]
    records = [record(f"{n:03d}", Decision.FAIL, float(score)) for n, score in enumerate(scores)]
    back = [np.float32(row["score"]) for row in read_back(written(records, tmp_path))]
    assert back == list(scores)


def test_several_reasons_stand_in_one_field(tmp_path: Path) -> None:
    failed = record("a.png", Decision.FAIL, 0.75)
    verdict = replace(failed.verdict, reasons=failed.verdict.reasons * 2)
    (row,) = read_back(written([replace(failed, verdict=verdict)], tmp_path))
    assert row["reasons"] == "score 0.75 over 0.5; score 0.75 over 0.5"


def test_line_break_in_a_name_does_not_break_the_row(tmp_path: Path) -> None:
    (row,) = read_back(written([record("two\nlines.png")], tmp_path))
    assert (row["image"], row["decision"]) == ("two\nlines.png", "PASS")


def test_file_is_not_touched_when_the_records_end_in_an_error(tmp_path: Path) -> None:
    before = written([record("old.png")], tmp_path)

    def half() -> Iterator[Record]:
        yield record("new.png")
        raise RuntimeError("store lost")

    with pytest.raises(RuntimeError, match="store lost"):
        write_records_csv(half(), tmp_path / "records.csv")
    assert (tmp_path / "records.csv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["records.csv"]
