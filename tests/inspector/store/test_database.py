"""The store on a real disk: what was kept is there, and what is not as written is refused."""

import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.errors import StoreCorrupt, StoreError, StoreFull
from inspector.flow import Decision, Reason, Record, Region, StoredImage
from inspector.geometry import Box
from inspector.store import database
from inspector.store.database import RecordStore
from tests.support.fakes import START, record

Damage = Callable[[bytes], bytes]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


@pytest.fixture
def full(path: Path) -> list[Record]:
    """The records of a store of several pages, in their order."""
    records = [
        record(f"{n:03d}.png", list(Decision)[n % 3], 0.25 + n / 128 if n % 3 == 1 else None)
        for n in range(60)
    ]
    with RecordStore(path) as store:
        store.append(records)
    return records


def stored(path: Path) -> list[Record]:
    with RecordStore(path) as store:
        return list(store.records())


def overwrite(path: Path, data: bytes) -> None:
    for leaf in path.parent.glob(f"{path.name}-*"):  # the log and its index
        leaf.unlink()
    path.write_bytes(data)


def in_sqlite(path: Path, script: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


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
        replace(PLAIN, stage_ms={"decode": 0.1, "total": 1e-9}),
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
    with RecordStore(path) as store:
        store.append([kept])
        assert list(store.records()) == [kept]
    assert stored(path) == [kept]


def test_minus_zero_and_whole_numbers_are_no_damage(path: Path) -> None:
    verdict = replace(PLAIN.verdict, threshold=1)
    with RecordStore(path) as store:
        store.append([replace(PLAIN, score=-0.0, verdict=verdict, stage_ms={"total": -0.0})])
    assert stored(path) == [replace(PLAIN, score=0.0, verdict=verdict, stage_ms={"total": 0.0})]


def test_commits_reach_the_disk_before_they_return(path: Path) -> None:
    for _ in ("new", "opened again"):
        with RecordStore(path) as store:
            run = store._connection.execute
            assert run("PRAGMA journal_mode").fetchone() == ("wal",)
            assert run("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_file_says_whose_it_is(path: Path) -> None:
    RecordStore(path).close()
    head = path.read_bytes()[:100]
    assert head[:16] == b"SQLite format 3\0"
    assert (head[60:64], head[68:72]) == (b"\0\0\0\1", b"INSP")


def test_closed_store_is_one_file(path: Path, full: list[Record]) -> None:
    assert [leaf.name for leaf in path.parent.iterdir()] == ["records.db"]


def test_opened_again_it_holds_the_same(path: Path, full: list[Record]) -> None:
    assert stored(path) == full
    with RecordStore(path) as store:
        store.append([record("zzz.png")])
    assert stored(path) == [*full, record("zzz.png")]


def test_appended_record_outlives_the_death_of_its_program(path: Path) -> None:
    program = """
import os, sys
from pathlib import Path
from inspector.store.database import RecordStore
from tests.support.fakes import record
store = RecordStore(Path(sys.argv[1]))
store.append([record("kept.png")])
store._connection.execute("BEGIN IMMEDIATE")
store._connection.execute("DELETE FROM records")
os._exit(9)
"""
    here = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", program, str(path)], cwd=here, timeout=60)
    assert done.returncode == 9
    assert stored(path) == [record("kept.png")]


def test_append_is_all_or_nothing(path: Path) -> None:
    good = [record("a.png"), record("b.png")]
    nameless = replace(record("c.png"), bundle_id=None)  # type: ignore[arg-type]
    with RecordStore(path) as store:
        with pytest.raises(StoreError, match=r"NOT NULL constraint failed: records\.bundle_id"):
            store.append([*good, nameless])
        assert list(store.records()) == []
        store.append(good)
        with pytest.raises(StoreError, match="NOT NULL"):
            store.append([record("d.png"), nameless, record("a.png", Decision.FAIL)])
        assert list(store.records()) == good
    assert stored(path) == good


def test_store_goes_on_after_a_record_that_cannot_be_written(path: Path) -> None:
    with RecordStore(path) as store:
        with pytest.raises(UnicodeEncodeError):
            store.append([record("a.png"), replace(PLAIN, record_id="x", source_id="\udcff")])
        store.append([record("b.png")])
    assert stored(path) == [record("b.png")]


def test_full_disk_keeps_what_was_stored_and_nothing_of_the_rest(path: Path) -> None:
    with RecordStore(path) as store:
        store.append([record("a.png")])
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(StoreFull, match="the disk is full; free some space and resume"):
            store.append([record(f"{n}.png") for n in range(100)])
        assert list(store.records()) == [record("a.png")]
        store._connection.execute("PRAGMA max_page_count = 1000")
        store.append([record("b.png")])
    assert stored(path) == [record("a.png"), record("b.png")]


def test_record_of_a_changed_picture_takes_the_place_of_the_old_one(path: Path) -> None:
    old, other = record("a.png"), record("b.png")
    changed = replace(
        record("a.png", Decision.FAIL, 0.875),
        captured_at=START + timedelta(hours=1),
        image=StoredImage(path="a.png", sha256="f" * 64),
    )
    with RecordStore(path) as store:
        store.append([old, other])
        store.append([changed])
        assert list(store.records()) == [changed, other]
        assert store.decisions() == {Decision.PASS: 1, Decision.FAIL: 1, Decision.ERROR: 0}
        assert store.scores() == [0.25, 0.875]
    assert stored(path) == [changed, other]


def test_records_come_in_the_order_of_their_pictures_names(path: Path) -> None:
    names = ["b.png", "B.png", "a/z.png", "a.png", "10.png", "9.png", "é.png", "划.png", "𐀀.png"]
    with RecordStore(path) as store:
        for name in names:
            store.append([record(name)])
        assert [kept.image.path for kept in store.records()] == sorted(names)


def test_worst_are_those_of_highest_score_within_one_decision(path: Path) -> None:
    with RecordStore(path) as store:
        store.append(
            [
                record("pass.png", Decision.PASS, 0.5),
                record("c.png", Decision.FAIL, 0.75),
                record("b.png", Decision.FAIL, 0.875),
                record("a.png", Decision.FAIL, 0.75),
                record("error.png", Decision.ERROR),
            ]
        )
        worst = [kept.image.path for kept in store.worst(Decision.FAIL, 2)]
        assert worst == ["b.png", "a.png"]
        assert len(store.worst(Decision.FAIL, 100)) == 3
        assert store.worst(Decision.PASS, 0) == []


def test_scores_and_times_come_ascending_without_the_absent_ones(path: Path) -> None:
    with RecordStore(path) as store:
        store.append(
            [
                replace(record("a.png", Decision.FAIL, 0.875), stage_ms={"infer": 3.0}),
                replace(record("b.png", Decision.PASS, 0.125), stage_ms={"infer": 0.5}),
                record("c.png", Decision.ERROR),
                replace(record("d.png", Decision.PASS, 0.25), stage_ms={"judge": 1.0}),
            ]
        )
        assert store.scores() == [0.125, 0.25, 0.875]
        assert store.decided_scores() == [
            (0.125, Decision.PASS),
            (0.25, Decision.PASS),
            (0.875, Decision.FAIL),
        ]
        assert store.stage_times_ms("infer") == [0.5, 3.0]
        assert store.stage_times_ms("preprocess") == []
        with pytest.raises(ValueError, match="stage 'paint'; known"):
            store.stage_times_ms("paint")


def test_judged_pictures_are_known_by_time_and_bytes_and_errors_are_not(path: Path) -> None:
    kept, frame = record("a.png"), replace(record("b.png"), captured_at=None)
    frame = replace(frame, image=replace(frame.image, sha256=""))
    failed = record("c.png")
    failed = replace(failed, verdict=replace(failed.verdict, decision=Decision.ERROR))
    with RecordStore(path) as store:
        store.append([kept, frame, failed])
        assert store.judged() == {
            kept.record_id: ("2026-03-04T05:06:07.089Z", kept.image.sha256),
            frame.record_id: (None, ""),
        }


def test_new_store_is_empty(path: Path) -> None:
    with RecordStore(path) as store:
        assert (list(store.records()), store.run(), store.scores()) == ([], {}, [])
        assert store.decisions() == dict.fromkeys(Decision, 0)
        store.append([])
        assert list(store.records()) == []


def test_what_the_run_is_can_be_noted_once(path: Path) -> None:
    with RecordStore(path) as store:
        store.set_run({"bundle_id": "b", "recipe": "划"})
        with pytest.raises(StoreError, match="UNIQUE"):
            store.set_run({"new": "x", "bundle_id": "c"})
    with RecordStore(path) as store:
        assert store.run() == {"bundle_id": "b", "recipe": "划"}


def test_cut_store_is_refused(path: Path, full: list[Record]) -> None:
    data = path.read_bytes()
    accepted = []
    for n_bytes in [2, 15, 16, 99, 100, 511, 512, *range(1024, len(data), 1_511), len(data) - 1]:
        overwrite(path, data[:n_bytes])
        try:
            stored(path)
        except StoreCorrupt:
            continue
        accepted.append(n_bytes)
    assert accepted == []


def test_store_with_an_empty_page_is_refused(path: Path, full: list[Record]) -> None:
    data = path.read_bytes()
    accepted = []
    for start in range(0, len(data), 4096):
        overwrite(path, data[:start] + bytes(4096) + data[start + 4096 :])
        try:
            stored(path)
        except StoreCorrupt:
            continue
        accepted.append(start)
    assert (accepted, len(data) // 4096 > 8) == ([], True)


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
    assert found > 100  # of 400: most of the file is no free room


def test_changed_value_is_told_with_its_picture(path: Path, full: list[Record]) -> None:
    in_sqlite(path, "UPDATE records SET score = score + 1e-9 WHERE image = '004.png'")
    with pytest.raises(StoreCorrupt, match=r"the record of '004\.png' is not what was written"):
        stored(path)


@pytest.mark.parametrize(
    "content", [b"hello, this is a text", bytes(5000), b"SQLite format 4\0" * 9]
)
def test_file_that_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match="set the file aside"):
        RecordStore(path)
    assert path.read_bytes() == content


def test_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    in_sqlite(path, "CREATE TABLE records (id); INSERT INTO records VALUES (1);")
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match="is no store of this program"):
        RecordStore(path)
    assert path.read_bytes() == before


def test_store_of_another_version_is_refused_and_left_alone(path: Path, full: list[Record]) -> None:
    in_sqlite(path, "PRAGMA user_version = 2")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="has schema version 2; this program reads 1") as caught:
        RecordStore(path)
    assert type(caught.value) is StoreError
    assert path.read_bytes() == before


def test_place_that_cannot_hold_a_store_is_a_store_error(tmp_path: Path) -> None:
    for place in (tmp_path / "nowhere" / "records.db", tmp_path):
        with pytest.raises(StoreError, match="check the folder and its disk"):
            RecordStore(place)


def test_store_locked_by_another_program_stores_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.0)
    with RecordStore(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="database is locked"):
            store.append([record("a.png")])
        other.execute("ROLLBACK")
        other.close()
        store.append([record("b.png")])
    assert stored(path) == [record("b.png")]
