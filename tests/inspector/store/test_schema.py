"""A record survives the road into a row and back, bit for bit, or is known to be damaged."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.flow import Decision, Reason, Record, Region, Stage, StoredImage
from inspector.geometry import Box
from inspector.store.schema import COLUMNS, from_row, to_row
from tests.support.fakes import START, record
from tests.support.stores import stored, write_store

PLAIN = record("a.png")
FAILED = record("b.png", Decision.FAIL, 0.7000000000000001)
REGION = FAILED.verdict.regions[0]


@pytest.mark.parametrize(
    "kept",
    [
        PLAIN,
        FAILED,
        record("c.png", Decision.ERROR),
        replace(PLAIN, part_id="M6-0001", frame_id=2**53, source_id="cam0"),
        replace(PLAIN, captured_at=None, score=None, stage_ms={}),
        replace(PLAIN, image=StoredImage(path="", sha256="")),
        replace(PLAIN, image=StoredImage(path="a b/划痕 \\xff 'x'; --\n.png", sha256="0" * 64)),
        replace(PLAIN, judged_at=START + timedelta(days=36_500, milliseconds=1)),
        replace(PLAIN, stage_ms={Stage.DECODE: 0.1, Stage.TOTAL: 1e-9}),
        replace(PLAIN, score=5e-324),
        replace(PLAIN, score=-1.7976931348623157e308),
        replace(
            FAILED,
            verdict=replace(
                FAILED.verdict,
                reasons=(
                    Reason(rule="score", measured=1 / 3, limit=0.1, unit="µm"),
                    Reason(rule="Überlauf", detail='"quoted"\n\0 and 划痕'),
                    Reason(rule="alone"),
                ),
                regions=(
                    REGION,
                    Region(
                        box_sensor_px=Box(x_px=-0.5, y_px=1 / 3, width_px=1e9, height_px=0.0),
                        peak=-2.5,
                    ),
                ),
            ),
        ),
    ],
    ids=range(12),
)
def test_record_comes_back_equal_in_every_field(path: Path, kept: Record) -> None:
    assert from_row(to_row(kept)) == kept
    write_store(path, [kept])
    assert stored(path) == [kept]


def test_minus_zero_and_whole_numbers_are_no_damage(path: Path) -> None:
    verdict = replace(PLAIN.verdict, threshold=1)
    write_store(path, [replace(PLAIN, score=-0.0, verdict=verdict, stage_ms={Stage.TOTAL: -0.0})])
    assert stored(path) == [replace(PLAIN, score=0.0, verdict=verdict, stage_ms={Stage.TOTAL: 0.0})]


@pytest.mark.parametrize("place", range(len(COLUMNS)))
def test_row_with_another_value_in_any_column_is_not_a_record(place: int) -> None:
    row = list(to_row(FAILED))
    row[place] = "another"
    assert from_row(row) is None
