"""Judges every picture of a folder, list or video, and keeps exactly one record of each.

    what is to be judged -> inspect:0..n -> [queue] -> store (one writer)

The database is the truth; CSV, summary and report are written from it at the end, in the order of
the pictures' names, so that neither the number of jobs nor a kill and a resume shows in them.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from inspector.assembly import Judge, build_judge
from inspector.bundle import open_bundle
from inspector.capture.pictures import PictureSource, WaitingPicture
from inspector.clock import Clock, utc_text
from inspector.errors import CaptureError, InspectorError, UsageError
from inspector.exit_codes import ExitCode
from inspector.flow import Decision, Frame, Record, StoredImage
from inspector.pipeline.queues import BoundedQueue, Closed
from inspector.pipeline.timing import Stopwatch
from inspector.pipeline.worker import Worker
from inspector.recipe import DEFAULT_RECIPE, load_recipe
from inspector.store.database import RecordStore
from inspector.store.images import write_png
from inspector.store.summary import Summary, summarise

STORE_FILE = "records.db"
IMAGES_FOLDER = "images"
MAX_JOBS = 64
MAX_COMMIT = 256  # records in one transaction; a full group is written in a few ms
COMMIT_EVERY_S = 0.1  # a kill costs so much work; each commit waits for the disk

SaveImages = Literal["all", "fail", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest:
    """What to judge, with what, and where to put the results.

    Attributes:
        recipe: None: the bundle's own threshold.
        jobs: Pictures judged at the same time.
        resume: Go on with the results that are in `out`; without it there may be none.
    """

    source: str
    bundle: Path
    out: Path
    jobs: int
    recipe: Path | None = None
    resume: bool = False
    save_images: SaveImages = "none"


class Progress(Protocol):
    """Hears how far the batch is. Called from the thread that stores."""

    def stored(self, count: int) -> None:
        """So many more records are on the disk."""
        ...


StartProgress = Callable[[int | None], Progress]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOutcome:
    """How a batch ended.

    Attributes:
        is_complete: False when it was interrupted; what was finished is in the store.
    """

    judge: Judge
    source: PictureSource
    store_path: Path
    summary: Summary
    is_complete: bool

    @property
    def exit_code(self) -> ExitCode:
        """The worst part decides; an interruption comes before that."""
        if not self.is_complete:
            return ExitCode.INTERRUPTED
        if self.summary.decisions[Decision.ERROR]:
            return ExitCode.HAS_ERROR
        return ExitCode.HAS_FAIL if self.summary.decisions[Decision.FAIL] else ExitCode.DONE


def run_batch(request: BatchRequest, clock: Clock, start_progress: StartProgress) -> BatchOutcome:
    """Judge what is not judged yet, and sum up the whole store.

    Args:
        start_progress: Called once with the number of pictures that will be judged, None where a
            video does not tell.

    Raises:
        ConfigurationError, SourceUnavailable: Nothing was begun.
        StoreError, WorkerFailed: The run broke; what was stored stays.
    """
    recipe = DEFAULT_RECIPE if request.recipe is None else load_recipe(request.recipe)
    judge = build_judge(open_bundle(request.bundle), recipe, clock)
    source = PictureSource(request.source, clock)
    _make_folder(request)
    store_path = request.out / STORE_FILE
    done = _begin_store(store_path, request, judge)
    count = _count_waiting(source, judge, done)
    pictures = (waiting for waiting in source if not _is_done(waiting, judge, done))
    run = _Run(request, judge, clock, store_path, start_progress(count), pictures)
    started_ns = clock.monotonic_ns()
    is_complete = run.drive()
    elapsed_s = (clock.monotonic_ns() - started_ns) / 1e9
    with RecordStore(store_path) as store:
        summary = summarise(
            store, elapsed_s=elapsed_s, n_judged_now=run.n_stored, identity=judge.identity
        )
    return BatchOutcome(
        judge=judge,
        source=source,
        store_path=store_path,
        summary=summary,
        is_complete=is_complete,
    )


def record_id_of(image: str, judge: Judge) -> str:
    """The same for one picture under one bundle and recipe, on every run."""
    name = f"{judge.bundle.manifest.bundle_id}|{judge.recipe.recipe_id}|{image}"
    return hashlib.sha256(name.encode()).hexdigest()[:16]


class _Feed:
    """Hands out what is to be judged, one picture to each who asks. May be used from any thread.

    Workers take from it by themselves: a thread that only fed them would fight for the cores.
    """

    def __init__(self, pictures: Iterator[WaitingPicture]) -> None:
        self._pictures = pictures
        self._lock = threading.Lock()
        self._is_stopped = False

    def take(self) -> WaitingPicture | None:
        """The next picture; None when there is no more or somebody stopped it."""
        with self._lock:
            return None if self._is_stopped else next(self._pictures, None)

    def stop(self) -> None:
        """Hand out nothing more."""
        self._is_stopped = True


class _Run:
    """The threads of one batch. Used once."""

    def __init__(
        self,
        request: BatchRequest,
        judge: Judge,
        clock: Clock,
        store_path: Path,
        progress: Progress,
        pictures: Iterator[WaitingPicture],
    ) -> None:
        self._judge = judge
        self._clock = clock
        self._store_path = store_path
        self._images = request.out / IMAGES_FOLDER
        self._save_images = request.save_images
        self._progress = progress
        self._feed = _Feed(pictures)
        self._to_store = BoundedQueue[Record](MAX_COMMIT)
        self._inspectors = [
            Worker(f"inspect:{index}", self._inspect_all, self._stop)
            for index in range(request.jobs)
        ]
        self._storer = Worker("store", self._store_all, self._stop)
        self._failures: list[InspectorError] = []
        self.n_stored = 0

    def drive(self) -> bool:
        """Work until the source ends; False when a person interrupted it.

        Raises:
            InspectorError: What failed first, when every thread has ended.
        """
        is_complete = True
        for worker in (self._storer, *self._inspectors):
            worker.start()
        try:
            self._join_inspectors()
        except KeyboardInterrupt:
            is_complete = False
            self._feed.stop()
            self._join_inspectors()
        self._to_store.close()
        self._storer.join()
        if self._failures:
            raise self._failures[0]
        return is_complete

    def _join_inspectors(self) -> None:
        for worker in self._inspectors:
            worker.join()

    def _stop(self, failure: InspectorError) -> None:
        """Whatever failed first ends the run: nobody may go on judging what cannot be kept."""
        self._failures.append(failure)
        self._feed.stop()
        self._to_store.close()

    def _inspect_all(self) -> None:
        while (waiting := self._feed.take()) is not None:
            try:
                self._to_store.put(self._inspect(waiting))
            except Closed:  # the storer failed, or another inspector
                return

    def _inspect(self, waiting: WaitingPicture) -> Record:
        watch = Stopwatch(self._clock)
        frame: Frame | None = None
        with watch.stage("total"):
            try:
                with watch.stage("decode"):
                    frame = waiting.load()
            except CaptureError as error:
                inspected = self._judge.inspection.errored(error, {})
            else:
                inspected = self._judge.inspection.inspect(frame)
        verdict, prediction = inspected.verdict, inspected.prediction
        record = Record(
            record_id=record_id_of(waiting.image, self._judge),
            source_id=waiting.image,
            frame_id=waiting.frame_id,
            part_id=None if frame is None else frame.part_id,
            image=StoredImage(
                path=waiting.image,
                sha256="" if frame is None else frame.content_sha256 or "",
            ),
            captured_at=waiting.taken_at if frame is None else frame.captured_at,
            judged_at=self._clock.now(),
            verdict=verdict,
            score=None if prediction is None else prediction.score,
            label=self._judge.label_of(verdict.decision),
            bundle_id=self._judge.bundle.manifest.bundle_id,
            stage_ms={**watch.stage_ms, **inspected.stage_ms},
        )
        is_kept = self._save_images == "all" or (
            self._save_images == "fail" and verdict.decision is not Decision.PASS
        )
        if frame is not None and is_kept:
            self._save(record, frame)
        return record

    def _save(self, record: Record, frame: Frame) -> None:
        """Keep the picture before its record is: a record never speaks of a file that is not."""
        # Named by the record: a picture's own name may hold anything, also a way out of here.
        name = f"{record.record_id}.png"
        write_png(self._images / record.verdict.decision.value / name, frame.pixels)

    def _store_all(self) -> None:
        with RecordStore(self._store_path) as store:
            while True:
                try:
                    group = self._to_store.get_batch(MAX_COMMIT, linger_s=COMMIT_EVERY_S)
                except Closed:
                    return
                store.append(group)
                self.n_stored += len(group)
                self._progress.stored(len(group))


def _make_folder(request: BatchRequest) -> None:
    out = request.out
    probe = out / f".write-test-{os.getpid()}"
    try:
        out.mkdir(parents=True, exist_ok=True)
        if request.save_images != "none":
            for decision in Decision:
                (out / IMAGES_FOLDER / decision.value).mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UsageError(
            f"--out {str(out)!r} cannot be written: {error.strerror}; choose another folder or "
            "give this user the right to write there"
        ) from error
    if request.save_images != "none" and out.resolve().is_relative_to(
        Path(request.source).resolve()
    ):
        raise UsageError(
            f"--out {str(out)!r} lies inside the source: the pictures saved there would be judged "
            "as parts next time; choose a folder outside"
        )


def _begin_store(path: Path, request: BatchRequest, judge: Judge) -> dict[str, str | None]:
    """Make the store or check that it is this run's; gives what is judged already."""
    if path.exists() and not request.resume:
        raise UsageError(
            f"{str(path)!r} holds results already; add --resume to go on with them, or choose "
            "another --out"
        )
    identity = {
        "bundle_id": judge.bundle.manifest.bundle_id,
        "recipe_id": judge.recipe.recipe_id,
        "source": os.path.abspath(request.source),  # noqa: PTH100  (a glob is no path)
    }
    with RecordStore(path) as store:
        known = store.run()
        if not known:
            store.set_run(identity)
            return {}
        for key, value in identity.items():
            if known.get(key) != value:
                raise UsageError(
                    f"{str(path)!r} was begun with {key} {known.get(key)!r}, and this run has "
                    f"{value!r}; choose another --out, or repeat the first run's arguments"
                )
        return store.taken_at_by_record()


def _is_done(waiting: WaitingPicture, judge: Judge, done: Mapping[str, str | None]) -> bool:
    """Whether the picture is judged and has not changed since."""
    if not done:
        return False
    record_id = record_id_of(waiting.image, judge)
    taken_at = None if waiting.taken_at is None else utc_text(waiting.taken_at)
    return record_id in done and done[record_id] == taken_at


def _count_waiting(
    source: PictureSource, judge: Judge, done: Mapping[str, str | None]
) -> int | None:
    if source.count is None or not done:
        return source.count
    return sum(not _is_done(waiting, judge, done) for waiting in source)
