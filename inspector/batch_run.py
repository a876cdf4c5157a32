"""Judges pictures with several threads, and keeps every result through one more.

what is to be judged -> inspect:0..n -> [queue] -> store (one writer)
"""

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal, Protocol

from inspector.assembly import ReadyInspection
from inspector.capture.files.pictures import WaitingPicture
from inspector.clock import Clock
from inspector.concurrency.bounded_queue import BoundedQueue, Closed
from inspector.concurrency.worker import Worker
from inspector.errors import CaptureError, InspectorError, WorkerFailed
from inspector.flow import Decision, Frame, Record, Stage
from inspector.pipeline.record import Subject, make_record
from inspector.pipeline.storing import MAX_COMMIT, Item, Judged, store_all
from inspector.pipeline.timing import Stopwatch
from inspector.store.images import write_png
from inspector.store.writer import RecordWriter

COMMIT_EVERY_S = 0.1  # a kill costs so much work; each commit waits for the disk

SaveImages = Literal["all", "fail", "none"]


class Progress(Protocol):
    """Hears how far the batch is. Called from the thread that stores."""

    def stored(self, count: int) -> None:
        """So many more records are on the disk."""
        ...


def record_id_of(image: str, ready: ReadyInspection) -> str:
    """The same for one picture under one bundle and recipe, on every run."""
    name = f"{ready.bundle.manifest.bundle_id}|{ready.recipe.recipe_id}|{image}"
    return hashlib.sha256(name.encode()).hexdigest()[:16]


class Feed:
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


class BatchRun:
    """The threads of one batch. Used once.

    Args:
        store_path: Of a store that was made or checked a moment ago.
        images_folder: Has one folder for each decision, where pictures are to be kept.
        is_resumed: There are results already; a picture that changed since is judged anew, and
            what was kept of the old one goes.
    """

    def __init__(
        self,
        *,
        ready: ReadyInspection,
        clock: Clock,
        jobs: int,
        store_path: Path,
        images_folder: Path,
        save_images: SaveImages,
        progress: Progress,
        pictures: Iterator[WaitingPicture],
        is_resumed: bool = False,
    ) -> None:
        self._is_resumed = is_resumed
        self._ready = ready
        self._clock = clock
        self._store_path = store_path
        self._images_folder = images_folder
        self._save_images = save_images
        self._progress = progress
        self._feed = Feed(pictures)
        self._to_store = BoundedQueue[Item](MAX_COMMIT)
        self._inspectors = [
            Worker(f"inspect:{index}", self._inspect_all, self._stop) for index in range(jobs)
        ]
        self._storer = Worker("store", self._store_all, self._stop)
        self._failures: list[InspectorError] = []
        self.n_stored = 0

    def drive(self) -> bool:
        """Judge until there is no more; False when a person interrupted it.

        Raises:
            InspectorError: What failed first, when every thread has ended.
        """
        try:
            for worker in (self._storer, *self._inspectors):
                worker.start()
        except BaseException:  # such as no room for one more thread: nothing may be left running
            self._feed.stop()
            raise
        finally:
            is_complete = self._wait_for(self._inspectors)
            self._to_store.close()  # whatever was judged is in it
            is_complete = self._wait_for([self._storer]) and is_complete
        if self._failures:
            raise self._failures[0]
        return is_complete

    def _wait_for(self, workers: Sequence[Worker]) -> bool:
        """Wait for their end; False when a person interrupted, and then nothing new is begun.

        However often they do: what is begun ends within one picture, and is kept.
        """
        is_complete = True
        for worker in workers:
            is_over = False
            while not is_over:
                try:
                    worker.join()
                    is_over = True
                except KeyboardInterrupt:
                    is_complete = False
                    self._feed.stop()
        return is_complete

    def _stop(self, failure: InspectorError) -> None:
        """Whatever failed first ends the run: nobody may go on judging what cannot be kept."""
        if isinstance(failure, CaptureError):
            # Before the run it would be a wrong argument; now the run itself broke.
            failure = WorkerFailed("inspect", failure)
        self._failures.append(failure)
        self._feed.stop()
        self._to_store.close()

    def _inspect_all(self) -> None:
        while (waiting := self._feed.take()) is not None:
            try:
                self._to_store.put(Judged(self._inspect(waiting), self._clock.monotonic_ns()))
            except Closed:  # the storer failed, or another inspector
                return

    def _inspect(self, waiting: WaitingPicture) -> Record:
        watch = Stopwatch(self._clock)
        with watch.stage(Stage.TOTAL):
            try:
                with watch.stage(Stage.DECODE):
                    frame = waiting.load()
            except CaptureError as error:
                inspected = self._ready.inspection.errored(error, None, {})
            else:
                inspected = self._ready.inspection.inspect(frame)
        record = make_record(
            Subject(
                record_id=record_id_of(waiting.image, self._ready),
                source_id=waiting.image,
                frame_id=waiting.frame_id,
                image_path=waiting.image,
                captured_at=waiting.taken_at,
            ),
            inspected,
            judged_at=self._clock.now(),
            bundle_id=self._ready.bundle.manifest.bundle_id,
            stage_ms=_with_decoding(watch.stage_ms, waiting.decoded_ms),
        )
        is_kept = self._save_images == "all" or (
            self._save_images == "fail" and record.verdict.decision is not Decision.PASS
        )
        if self._is_resumed and self._save_images != "none":
            self._forget_older(record)
        if inspected.frame is not None and is_kept:
            self._save(record, inspected.frame)
        return record

    def _save(self, record: Record, frame: Frame) -> None:
        """Keep the picture before its record is: a record never speaks of a file that is not."""
        # Named by the record: a picture's own name may hold anything, also a way out of here.
        name = f"{record.record_id}.png"
        write_png(self._images_folder / record.verdict.decision.value / name, frame.pixels)

    def _forget_older(self, record: Record) -> None:
        for decision in Decision:
            with suppress(OSError):  # a picture too many is not a reason to end a run
                (self._images_folder / decision.value / f"{record.record_id}.png").unlink(True)

    def _store_all(self) -> None:
        with RecordWriter(self._store_path, is_checked=True) as writer:
            store_all(
                self._to_store,
                lambda action: action(writer),
                self._count,
                linger_s=COMMIT_EVERY_S,
            )

    def _count(self, stored: Sequence[Record]) -> None:
        self.n_stored += len(stored)
        self._progress.stored(len(stored))


def _with_decoding(stage_ms: Mapping[Stage, float], decoded_ms: float) -> Mapping[Stage, float]:
    """The times of a picture that was decoded before its turn came."""
    if not decoded_ms:
        return stage_ms
    both = (Stage.DECODE, Stage.TOTAL)
    return {stage: ms + decoded_ms * (stage in both) for stage, ms in stage_ms.items()}
