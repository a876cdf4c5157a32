"""The threads of a batch: every picture once, and one end for all of them."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from inspector.assembly import ReadyInspection, build_inspection
from inspector.batch_run import BatchRun, Feed, SaveImages, record_id_of
from inspector.bundle import open_bundle
from inspector.capture.files.pictures import PictureSource, WaitingPicture
from inspector.clock import SystemClock
from inspector.concurrency.worker import Worker
from inspector.errors import SourceUnavailable, StoreError, WorkerFailed
from inspector.flow import Decision
from inspector.recipe import DEFAULT_RECIPE, Recipe
from inspector.store.images import write_png
from inspector.store.reader import RecordReader
from tests.support.bundles import write_bundle

LEVELS = (0, 40, 80, 120, 160, 200, 240)  # grey; the bundle's threshold is 0.5 of 255


class Counter:
    """Hears what was stored."""

    def __init__(self) -> None:
        self.counts: list[int] = []

    def stored(self, count: int) -> None:
        self.counts.append(count)


@pytest.fixture
def ready(tmp_path: Path) -> ReadyInspection:
    bundle = write_bundle(tmp_path / "grey.bundle", threshold=0.5)
    return build_inspection(open_bundle(bundle), DEFAULT_RECIPE, SystemClock())


@pytest.fixture
def pictures(tmp_path: Path) -> list[WaitingPicture]:
    folder = tmp_path / "parts"
    folder.mkdir()
    for level in LEVELS:
        write_png(folder / f"{level:03d}.png", np.full((32, 48, 3), level, dtype=np.uint8))
    return list(PictureSource(str(folder), SystemClock()))


def run_of(
    ready: ReadyInspection,
    pictures: Iterator[WaitingPicture],
    tmp_path: Path,
    *,
    jobs: int = 2,
    save_images: SaveImages = "none",
    progress: Counter | None = None,
) -> BatchRun:
    for decision in Decision:
        (tmp_path / "images" / decision.value).mkdir(parents=True, exist_ok=True)
    return BatchRun(
        ready=ready,
        clock=SystemClock(),
        jobs=jobs,
        store_path=tmp_path / "records.db",
        images_folder=tmp_path / "images",
        save_images=save_images,
        progress=progress or Counter(),
        pictures=pictures,
    )


@pytest.mark.parametrize("jobs", [1, 2, 8])
def test_every_picture_has_one_record_whatever_the_number_of_jobs(
    jobs: int, ready: ReadyInspection, pictures: list[WaitingPicture], tmp_path: Path
) -> None:
    progress = Counter()
    run = run_of(ready, iter(pictures), tmp_path, jobs=jobs, progress=progress)
    assert run.drive() is True
    with RecordReader(tmp_path / "records.db") as store:
        records = list(store.records())
    assert [record.image.path for record in records] == [f"{level:03d}.png" for level in LEVELS]
    assert [record.verdict.decision for record in records] == [
        Decision.FAIL if level / 255 > 0.5 else Decision.PASS for level in LEVELS
    ]
    assert run.n_stored == len(LEVELS) == sum(progress.counts)


def test_saved_failures_are_the_judged_pixels_and_nothing_else_is_saved(
    ready: ReadyInspection, pictures: list[WaitingPicture], tmp_path: Path
) -> None:
    run_of(ready, iter(pictures), tmp_path, save_images="fail").drive()
    saved = sorted(path.relative_to(tmp_path / "images") for path in tmp_path.rglob("images/*/*"))
    failed = [level for level in LEVELS if level / 255 > 0.5]
    assert saved == sorted(
        Path("FAIL") / f"{record_id_of(f'{level:03d}.png', ready)}.png" for level in failed
    )


def test_source_that_breaks_ends_the_run_with_its_error_and_keeps_what_was_judged(
    ready: ReadyInspection, pictures: list[WaitingPicture], tmp_path: Path
) -> None:
    def breaking() -> Iterator[WaitingPicture]:
        yield from pictures[:3]
        raise SourceUnavailable("the drive is gone")

    run = run_of(ready, breaking(), tmp_path, jobs=1)
    with pytest.raises(WorkerFailed, match="the drive is gone"):  # no longer a wrong argument
        run.drive()
    with RecordReader(tmp_path / "records.db") as store:
        assert sum(store.decisions().values()) == 3


def test_bug_in_a_worker_ends_the_run_as_worker_failed(
    ready: ReadyInspection, tmp_path: Path
) -> None:
    def buggy(number: int) -> WaitingPicture:
        raise ZeroDivisionError(f"a bug at {number}")

    with pytest.raises(WorkerFailed, match="a bug at 0"):
        run_of(ready, map(buggy, range(9)), tmp_path, jobs=3).drive()


def test_store_that_cannot_be_opened_ends_the_run_and_every_thread(
    ready: ReadyInspection, pictures: list[WaitingPicture], tmp_path: Path
) -> None:
    (tmp_path / "records.db").mkdir()
    with pytest.raises(StoreError, match=r"records\.db"):
        run_of(ready, iter(pictures * 100), tmp_path).drive()
    assert [thread.name for thread in threading.enumerate() if ":" in thread.name] == []


def test_stopped_feed_hands_out_nothing_more(pictures: list[WaitingPicture]) -> None:
    feed = Feed(iter(pictures))
    assert feed.take() is pictures[0]
    feed.stop()
    assert feed.take() is None


def test_record_id_depends_on_the_recipe_and_the_name(tmp_path: Path) -> None:
    bundle = open_bundle(write_bundle(tmp_path / "grey.bundle", threshold=0.5))
    strict = Recipe(name="strict", threshold=0.1)
    one, other = (build_inspection(bundle, r, SystemClock()) for r in (DEFAULT_RECIPE, strict))
    ids = {record_id_of(name, ready) for name in ("a.png", "b.png") for ready in (one, other)}
    assert len(ids) == 4
    assert record_id_of("a.png", one) == record_id_of("a.png", one)


def test_second_interruption_ends_the_run_as_the_first_does(
    ready: ReadyInspection,
    pictures: list[WaitingPicture],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A person who is impatient must not leave a thread that waits for ever."""
    join, calls = Worker.join, []

    def interrupted(worker: Worker) -> None:
        calls.append(worker.name)
        if len(calls) <= 3:
            raise KeyboardInterrupt
        join(worker)

    monkeypatch.setattr(Worker, "join", interrupted)
    run = run_of(ready, iter(pictures), tmp_path)
    assert run.drive() is False
    with RecordReader(tmp_path / "records.db") as store:
        assert sum(store.decisions().values()) == run.n_stored


def test_thread_that_cannot_be_started_leaves_none_running(
    ready: ReadyInspection,
    pictures: list[WaitingPicture],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = Worker.start

    def refuse(worker: Worker) -> None:
        if worker.name == "inspect:1":
            raise RuntimeError("can't start new thread")
        start(worker)

    monkeypatch.setattr(Worker, "start", refuse)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        run_of(ready, iter(pictures), tmp_path).drive()
