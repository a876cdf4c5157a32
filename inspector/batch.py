"""Judges every picture of a folder, list or video, and keeps exactly one record of each.

The database is the truth; CSV, summary and report are written from it at the end, in the order of
the pictures' names, so that neither the number of jobs nor a kill and a resume shows in them.
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inspector.assembly import ReadyInspection, build_tuned_inspection
from inspector.batch_run import BatchRun, Progress, SaveImages, record_id_of
from inspector.bundle import open_bundle
from inspector.capture.files.listing import real_path
from inspector.capture.files.pictures import PictureSource, WaitingPicture
from inspector.clock import Clock, utc_text
from inspector.errors import InspectorError, UsageError
from inspector.exit_codes import ExitCode
from inspector.files.folder_lock import sole_writer
from inspector.flow import Decision
from inspector.recipe import DEFAULT_RECIPE, load_recipe
from inspector.store.reader import JudgedPicture, RecordReader
from inspector.store.summary import Summary, exit_code_of, summarise
from inspector.store.writer import RecordWriter

STORE_FILE = "records.db"
IMAGES_FOLDER = "images"
_log = logging.getLogger(__name__)
WAIT_OR_ELSEWHERE = "wait for its end, or choose another --out"


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


StartProgress = Callable[[int | None], Progress]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOutcome:
    """How a batch ended.

    Attributes:
        is_complete: False when it was interrupted or broke; what was finished is in the store.
        failure: What broke it; None while nothing did.
    """

    ready: ReadyInspection
    source: PictureSource
    store_path: Path
    summary: Summary
    is_complete: bool
    failure: InspectorError | None = None

    @property
    def exit_code(self) -> ExitCode:
        """The worst part decides; an interruption comes before that."""
        if not self.is_complete:
            return ExitCode.INTERRUPTED
        return exit_code_of(self.summary.decisions)


@contextmanager
def run_batch(
    request: BatchRequest, clock: Clock, start_progress: StartProgress
) -> Iterator[BatchOutcome]:
    """Judge what is not judged yet, and sum up the whole store.

    A context manager: inside the `with` nobody else writes into the folder.

    Args:
        start_progress: Called once with the number of pictures that will be judged, None where a
            video does not tell.

    Raises:
        ConfigurationError, SourceUnavailable: Nothing was begun, or another run holds the folder.
        StoreError: The store cannot be opened, or not be read after the run.
    """
    recipe = DEFAULT_RECIPE if request.recipe is None else load_recipe(request.recipe)
    ready = build_tuned_inspection(open_bundle(request.bundle), recipe, clock, jobs=request.jobs)
    max_sample = ready.bundle.manifest.input.max_sample
    try:
        source = PictureSource(request.source, clock, max_sample, request.out)
    except UsageError as error:
        if request.resume and (request.out / STORE_FILE).exists():
            raise UsageError(
                f"{error}. The results in {str(request.out)!r} are of before"
            ) from error
        raise
    _make_folder(request, source)
    with sole_writer(request.out, WAIT_OR_ELSEWHERE):
        yield _run(request, ready, source, clock, start_progress)


def _run(
    request: BatchRequest,
    ready: ReadyInspection,
    source: PictureSource,
    clock: Clock,
    start_progress: StartProgress,
) -> BatchOutcome:
    store_path = request.out / STORE_FILE
    done = _begin_store(store_path, request, ready)
    if request.resume:
        _mark_gone(store_path, source, ready)
    pictures, count = _waiting(source, ready, done)
    run = BatchRun(
        ready=ready,
        clock=clock,
        jobs=request.jobs,
        store_path=store_path,
        images_folder=request.out / IMAGES_FOLDER,
        save_images=request.save_images,
        progress=start_progress(count),
        pictures=pictures,
        is_resumed=request.resume,
    )
    started_ns = clock.monotonic_ns()
    failure: InspectorError | None = None
    try:
        is_complete = run.drive()
    except InspectorError as error:  # what was judged before is shown all the same
        failure, is_complete = error, False
    elapsed_s = (clock.monotonic_ns() - started_ns) / 1e9
    with RecordReader(store_path) as store:
        summary = summarise(
            store,
            elapsed_s=elapsed_s,
            n_judged_now=run.n_stored,
            identity=ready.identity,
            left_out=source.left_out,
            n_left=_n_left(count, run.n_stored, is_complete=is_complete),
        )
    return BatchOutcome(
        ready=ready,
        source=source,
        store_path=store_path,
        summary=summary,
        is_complete=is_complete,
        failure=failure,
    )


def _n_left(count: int | None, n_judged: int, *, is_complete: bool) -> int | None:
    """See `Summary`."""
    if is_complete:
        return 0
    return None if count is None else count - n_judged


def source_name(source: str) -> str:
    """The SOURCE argument as a store remembers it, the same from every current folder."""
    path = os.path.abspath(source)  # noqa: PTH100  (a glob is not a path)
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _make_folder(request: BatchRequest, source: PictureSource) -> None:
    out = request.out
    probe = out / f".write-test-{os.getpid()}"
    kept = real_path(out / IMAGES_FOLDER)
    is_inside = real_path(out).is_relative_to(real_path(Path(request.source)))
    if request.save_images != "none" and (is_inside or source.has_any_in(kept)):
        raise UsageError(
            f"--out {str(out)!r} lies inside the source: the pictures saved there would be judged "
            "as parts next time; choose a folder outside"
        )
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


def _begin_store(
    path: Path, request: BatchRequest, ready: ReadyInspection
) -> dict[str, JudgedPicture]:
    """Make the store or check that it is this run's; gives what is judged already."""
    if path.exists() and not request.resume:
        raise UsageError(
            f"{str(path)!r} holds results already; add --resume to go on with them, or choose "
            "another --out"
        )
    identity = {
        "bundle_id": ready.bundle.manifest.bundle_id,
        "recipe_id": ready.recipe.recipe_id,
        "model": ready.identity["model"],
        "source": source_name(request.source),
    }
    with RecordWriter(path) as writer, RecordReader(path) as store:
        known = store.run()
        if not known:
            writer.set_run(identity)
            return {}
        for key, value in identity.items():
            if known.get(key) != value:
                raise UsageError(
                    f"{str(path)!r} was begun with {key} {known.get(key)!r}, and this run has "
                    f"{value!r}; choose another --out, or repeat the first run's arguments"
                )
        return store.judged()


def _mark_gone(path: Path, source: PictureSource, ready: ReadyInspection) -> None:
    """What was judged and is not in the source any more: renamed or taken away since.

    Its record stays, but a run's counts are of what its source holds.
    """
    if source.count is None:  # a video is there as a whole
        return
    present = {record_id_of(item.image, ready) for item in source}
    with RecordWriter(path, is_checked=True) as writer, RecordReader(path) as store:
        gone = store.record_ids() - present
        if gone or store.n_gone():
            writer.set_gone(sorted(gone))
    if gone:
        _log.warning(
            "not in the source any more, %d of the pictures that were judged; their records are "
            "kept and not counted",
            len(gone),
        )


def _is_done(
    waiting: WaitingPicture, ready: ReadyInspection, done: Mapping[str, JudgedPicture]
) -> bool:
    """Whether the picture is judged and has not changed since.

    Its bytes decide, not its time, which a copy can carry over. What was an ERROR is tried again:
    it may have been for want of something that is there now.
    """
    known = done.get(record_id_of(waiting.image, ready)) if done else None
    if known is None:
        return False
    if known.sha256:
        return waiting.content_sha256() == known.sha256
    taken_at = None if waiting.taken_at is None else utc_text(waiting.taken_at)
    return known.captured_at == taken_at


def _waiting(
    source: PictureSource, ready: ReadyInspection, done: Mapping[str, JudgedPicture]
) -> tuple[Iterator[WaitingPicture], int | None]:
    """What is to be judged, and how much that is; a video does not tell."""
    if not done or source.count is None:
        return (item for item in source if not _is_done(item, ready, done)), source.count
    remaining = [item for item in source if not _is_done(item, ready, done)]
    return iter(remaining), len(remaining)
