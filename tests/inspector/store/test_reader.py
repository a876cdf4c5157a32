"""What is read is what was written: damage is found, order and selection are as promised."""

import random
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inspector.errors import StoreCorrupt, StoreError
from inspector.flow import Decision, Record, Stage
from inspector.store.reader import RecordReader
from inspector.store.writer import RecordWriter
from tests.support.fakes import record
from tests.support.stores import in_sqlite, make_older, overwrite, stored, write_store

ROOT = Path(__file__).parents[3]


def test_records_come_in_the_order_of_their_pictures_names(path: Path) -> None:
    names = ["b.png", "B.png", "a/z.png", "a.png", "10.png", "9.png", "é.png", "划.png", "𐀀.png"]
    write_store(path, [record(name) for name in names])
    with RecordReader(path) as store:
        assert [kept.image.path for kept in store.records()] == sorted(names)


def test_worst_are_those_of_highest_score_within_one_decision(path: Path) -> None:
    write_store(
        path,
        [
            record("pass.png", Decision.PASS, 0.5),
            record("c.png", Decision.FAIL, 0.75),
            record("b.png", Decision.FAIL, 0.875),
            record("a.png", Decision.FAIL, 0.75),
            record("error.png", Decision.ERROR),
        ],
    )
    with RecordReader(path) as store:
        worst = [kept.image.path for kept in store.worst(Decision.FAIL, 2)]
        assert worst == ["b.png", "a.png"]
        assert len(store.worst(Decision.FAIL, 100)) == 3
        assert store.worst(Decision.PASS, 0) == []


def test_scores_and_times_come_ascending_without_the_absent_ones(path: Path) -> None:
    write_store(
        path,
        [
            replace(record("a.png", Decision.FAIL, 0.875), stage_ms={Stage.INFER: 3.0}),
            replace(record("b.png", Decision.PASS, 0.125), stage_ms={Stage.INFER: 0.5}),
            record("c.png", Decision.ERROR),
            replace(record("d.png", Decision.PASS, 0.25), stage_ms={Stage.JUDGE: 1.0}),
        ],
    )
    with RecordReader(path) as store:
        assert store.scores() == [0.125, 0.25, 0.875]
        assert store.decided_scores() == [
            (0.125, Decision.PASS),
            (0.25, Decision.PASS),
            (0.875, Decision.FAIL),
        ]
        assert store.stage_times_ms(Stage.INFER) == [0.5, 3.0]
        assert store.stage_times_ms(Stage.PREPROCESS) == []


def test_judged_pictures_are_known_by_time_and_bytes_and_errors_are_not(path: Path) -> None:
    kept, frame = record("a.png"), replace(record("b.png"), captured_at=None)
    frame = replace(frame, image=replace(frame.image, sha256=""))
    failed = record("c.png")
    failed = replace(failed, verdict=replace(failed.verdict, decision=Decision.ERROR))
    write_store(path, [kept, frame, failed])
    with RecordReader(path) as store:
        assert store.judged() == {
            kept.record_id: ("2026-03-04T05:06:07.089Z", kept.image.sha256),
            frame.record_id: (None, ""),
        }


def test_new_store_is_empty(path: Path) -> None:
    write_store(path, [])
    with RecordReader(path) as store:
        assert (list(store.records()), store.run(), store.scores()) == ([], {}, [])
        assert store.decisions() == dict.fromkeys(Decision, 0)


def test_flipped_bit_is_found_or_does_no_harm(path: Path, full: list[Record]) -> None:
    """SQLite itself takes a flipped bit inside a value for another value."""
    data = path.read_bytes()
    rng = random.Random(8)
    found = 0
    changed = []
    for _ in range(400):
        place, bit = rng.randrange(len(data)), rng.randrange(8)
        overwrite(path, data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :])
        try:
            if stored(path) != full:
                changed.append((place, bit))
        except StoreError as error:
            found += isinstance(error, StoreCorrupt)
    assert changed == []
    assert found > 100  # of 400: most of the file is not free room


def test_changed_value_is_told_with_its_picture(path: Path, full: list[Record]) -> None:
    in_sqlite(path, "UPDATE records SET score = score + 1e-9 WHERE image = '004.png'")
    with pytest.raises(StoreCorrupt, match=r"the record of '004\.png' is not what was written"):
        stored(path)


def test_reader_sees_what_was_committed_while_the_writer_is_at_work(path: Path) -> None:
    with RecordWriter(path) as writer, RecordReader(path) as reader:
        assert list(reader.records()) == []
        writer.append([record("a.png")])
        assert list(reader.records()) == [record("a.png")]


def test_reader_cannot_write(path: Path, full: list[Record]) -> None:
    with RecordReader(path) as reader, pytest.raises(Exception, match="readonly database"):
        reader._connection.execute("DELETE FROM records")
    assert stored(path) == full


def test_store_without_a_log_is_read_where_nothing_can_be_written(
    path: Path, full: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite is kept from making the file that a reader needs beside the store."""
    plain = sqlite3.connect

    def connect(place: str, **settings: Any) -> Any:
        if "immutable" not in place:
            place = place.replace("records.db", "nowhere/records.db")
        return plain(place, **settings)

    monkeypatch.setattr(sqlite3, "connect", connect)
    assert stored(path) == full


@pytest.mark.parametrize("name", ["nowhere.db", "."])
def test_store_that_is_not_there_is_not_made(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="check the folder and its disk"):
        RecordReader(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_records_of_pictures_that_are_gone_are_kept_and_counted_apart(path: Path) -> None:
    kept = [record(f"{name}.png", Decision.PASS, 0.25) for name in "abc"]
    gone = [record("old.png", Decision.FAIL, 0.75), record("older.png", Decision.ERROR)]
    write_store(path, [*kept, *gone])
    with RecordWriter(path) as writer:
        writer.set_gone(one.record_id for one in gone)
    with RecordReader(path) as store:
        assert list(store.records()) == kept
        assert sorted(store.records(has_gone=True), key=lambda one: one.image.path) == [
            *kept,
            *gone,
        ]
        assert (store.n_gone(), store.gone(1)) == (2, gone[:1])
        assert store.decisions() == {Decision.PASS: 3, Decision.FAIL: 0, Decision.ERROR: 0}
        assert (store.scores(), store.worst(Decision.FAIL, 9)) == ([0.25] * 3, [])
        assert store.decided_scores() == [(0.25, Decision.PASS)] * 3
        assert len(store.record_ids()) == 5
    with RecordWriter(path) as writer:  # one of them came back
        writer.set_gone([gone[1].record_id])
    with RecordReader(path) as store:
        assert store.n_gone() == 1
        assert store.decisions()[Decision.FAIL] == 1


def test_store_of_the_version_before_is_read_without_being_changed(path: Path) -> None:
    write_store(path, [record("a.png", Decision.PASS, 0.25)])
    make_older(path, 2)
    before = path.read_bytes()
    with RecordReader(path) as store:
        assert (store.n_gone(), [kept.image.path for kept in store.records()]) == (0, ["a.png"])
        assert store.decisions()[Decision.PASS] == 1
    assert path.read_bytes() == before
