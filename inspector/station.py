"""From a station file to a line that is ready to run: what `run` and the window both call."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from inspector.assembly import ReadyInspection, build_tuned_inspection, shipped_bundle
from inspector.bundle import open_bundle
from inspector.capture.registry import is_exclusive, make_source
from inspector.clock import Clock
from inspector.concurrency.switching import short_turns
from inspector.concurrency.worker import Worker, is_any_stuck
from inspector.errors import SettingsError, StillRunning, StoreCorrupt, Unfinished
from inspector.files.folder_lock import sole_writer
from inspector.following import StationFollower
from inspector.injection.injector import Injector
from inspector.injection.script import Script
from inspector.machine.sole_user import sole_user
from inspector.pipeline.events import Listener
from inspector.pipeline.free_space import check_free_space
from inspector.pipeline.hooks import Hooks
from inspector.pipeline.kept_images import KeptImages
from inspector.pipeline.plan import CameraPlan, RunPlan, StorePlan
from inspector.pipeline.record import make_unfinished_record
from inspector.pipeline.record_keeper import CAPACITY
from inspector.pipeline.runner import Runner
from inspector.recipe import DEFAULT_RECIPE, load_recipe
from inspector.selftest.selftest import check_at_start
from inspector.settings import UNASKED, StationSettings
from inspector.store.aside import highest_kept, highest_part, set_aside
from inspector.store.reader import RecordReader
from inspector.store.schema import Shift
from inspector.store.writer import RecordWriter
from inspector.verdict import unjudged

STORE_FILE = "records.db"
IMAGES_FOLDER = "images"
STATION_KEY = "station"  # in the store's notes: whose records these are
MB = 1_000_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRun:
    """A line that only waits to be started.

    Attributes:
        in_force: Gives what judges now: what the station's file names may change meanwhile.
        first_part: The number of the first part that this run will see.
        injector: Of the faults that happen in this run; None: nobody asked for any.
    """

    runner: Runner
    in_force: Callable[[], ReadyInspection]
    store_path: Path
    first_part: int
    injector: Injector | None = None


@contextmanager
def prepared_run(
    settings: StationSettings,
    listener: Listener,
    clock: Clock,
    *,
    recipe: Path | None = None,
    n_parts: int | None = None,
    script: Script | None = None,
) -> Iterator[PreparedRun]:
    """Open everything that a station needs but its cameras; a context manager.

    Inside the `with` nobody else writes into the store's folder, and the station's file is
    followed: another bundle or recipe in it judges from the next part on.

    Args:
        recipe: In the place of the one that the settings name; None: that one.
        n_parts: End after so many; None: go on until somebody stops it.
        script: Faults that happen in this run.

    Raises:
        MachineUnfit: This machine does not judge as the product was proven to.
        ConfigurationError: A file of the station is wrong, or another run holds its store.
        StoreError: The store cannot be opened, is damaged, or has no room.
    """
    if is_any_stuck():
        raise StillRunning(
            "the run before has not ended, for a driver or a disk does not answer; end this program"
        )
    check_at_start()
    recipe_file = recipe or settings.recipe
    limits = DEFAULT_RECIPE if recipe_file is None else load_recipe(recipe_file)
    bundle = open_bundle(shipped_bundle() if settings.bundle is None else settings.bundle)
    folder = str(settings.path.parent)
    cameras = tuple(
        CameraPlan(
            name=camera.name,
            source=make_source(
                camera.source,
                camera.options,
                camera.name,
                folder,
                clock,
                max_sample=bundle.manifest.input.max_sample,
                trigger=camera.trigger,
            ),
            region=camera.region,
        )
        for camera in settings.cameras
    )
    deadline_s = settings.deadline_ms / 1e3
    advice = "stop it, or give this station a store folder of its own"
    with ExitStack() as held:
        build = partial(
            build_tuned_inspection,
            clock=clock,
            # Half the deadline: what waits behind a run that hangs can still be judged in time.
            isolation_limit_s=deadline_s / 2 if settings.is_isolated else None,
        )
        ready = build(bundle, limits)
        on_failure = held.enter_context(ExitStack())
        on_failure.callback(ready.close)
        _make_folder(settings.store)
        held.enter_context(sole_writer(settings.store, advice))
        _hold_cameras(settings, held)
        held.enter_context(short_turns())
        store = _open_store(settings, ready, clock)
        is_free = settings.cameras[0].trigger in UNASKED
        injector: Injector | None = None
        hooks = Hooks()
        if script is not None:
            injector = Injector(script, first_part=store.next_part, is_free=is_free, clock=clock)
            hooks = injector.hooks
            cameras = tuple(
                replace(one, source=injector.source(one.name, one.source)) for one in cameras
            )
        plan = RunPlan(
            cameras=cameras,
            is_free=is_free,
            trigger_every_ms=settings.cameras[0].trigger_every_ms,
            deadline_s=deadline_s,
            inspection=ready.inspection,
            store=store,
            n_parts=n_parts,
            hooks=hooks,
        )
        runner = Runner(plan, listener, clock)
        follower = StationFollower(settings, recipe, ready, build, runner)
        on_failure.pop_all()  # from here on the follower closes what judges
        held.callback(follower.close)
        held.enter_context(_following(follower, runner))
        yield PreparedRun(
            runner=runner,
            in_force=follower.in_force,
            store_path=store.path,
            first_part=store.next_part,
            injector=injector,
        )


@contextmanager
def _following(follower: StationFollower, runner: Runner) -> Iterator[None]:
    stop = threading.Event()
    worker = Worker("follow", partial(follower.run, stop), runner.break_off)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


def _hold_cameras(settings: StationSettings, held: ExitStack) -> None:
    """Keep other lines from the cameras that only one can have."""
    names: dict[str, str] = {}
    for camera in settings.cameras:
        if not is_exclusive(camera.source):
            continue
        if camera.source in names:
            raise SettingsError(
                f"station {str(settings.path)!r}: {names[camera.source]!r} and {camera.name!r} are "
                f"both {camera.source}; give each a camera of its own"
            )
        names[camera.source] = camera.name
        held.enter_context(sole_user(camera.source, camera.name))


def _make_folder(store: Path) -> None:
    try:
        store.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"the store folder {str(store)!r} cannot be made: {error.strerror}; choose another in "
            "the station file, or give this user the right to write there"
        ) from error


def _open_store(settings: StationSettings, ready: ReadyInspection, clock: Clock) -> StorePlan:
    criteria, bundle_id = ready.inspection.criteria, ready.bundle.manifest.bundle_id
    path, images_folder = settings.store / STORE_FILE, settings.store / IMAGES_FOLDER
    floor_bytes = settings.images.free_space_floor_mb * MB
    check_free_space(settings.store, floor_bytes)
    fault = _set_aside_where_damaged(path, images_folder, clock)
    with RecordWriter(path, is_checked=True) as writer, RecordReader(path) as reader:
        notes = reader.run()
        if not notes:
            writer.set_run({STATION_KEY: settings.name})
        elif STATION_KEY not in notes:
            raise SettingsError(
                f"{str(path)!r} holds the results of a batch; give the station a store folder of "
                "its own"
            )
        # Killed before it could store; what is farther ahead is no picture of a part of this line.
        kept = highest_kept(images_folder, at_most=writer.begun_to + CAPACITY)
        if kept > writer.begun_to:
            writer.append([], begun_to=kept)
        unfinished = [
            make_unfinished_record(
                number,
                unjudged(Unfinished("the program ended before this part was judged"), criteria),
                judged_at=clock.now(),
                bundle_id=bundle_id,
            )
            for number in reader.unfinished()
        ]
        writer.append(unfinished)
        shift = reader.last_shift()
        if shift is None:
            shift = Shift(first_part=reader.next_part(), started_at=clock.now())
            writer.begin_shift(shift)
        images = KeptImages(
            images_folder,
            quota_bytes=settings.images.quota_mb * MB,
            floor_bytes=floor_bytes,
        )
        return StorePlan(
            path=path,
            next_part=reader.next_part(),
            shift=shift,
            decisions=reader.decisions(shift.first_part),
            images=images,
            keeps=settings.images.rule,
            fault=fault,
            free_space_floor_bytes=floor_bytes,
        )


def _set_aside_where_damaged(path: Path, images: Path, clock: Clock) -> StoreCorrupt | None:
    """A line does not stand still for results that are spoilt: they are kept, and it begins anew.

    Returns:
        What was wrong, and where the old file is; None where nothing is.
    """
    try:
        if not path.exists() and highest_part(path, images) > 0:
            raise StoreCorrupt(f"store {str(path)!r} is gone, though results were stored there")
        with RecordWriter(path) as writer:
            if writer.begun_to or not (begun_to := highest_part(path, images)):
                return None
            # Begun beside one that was set aside, and cut off before its first number.
            writer.begin_at(Shift(first_part=begun_to + 1, started_at=clock.now()))
        fault = StoreCorrupt(
            f"store {str(path)!r} is empty, though parts had numbers up to {begun_to}; it goes on "
            f"with part {begun_to + 1}"
        )
        _log.warning("%s", fault)
        return fault
    except StoreCorrupt as error:
        first_part = highest_part(path, images) + 1
        aside = set_aside(path, clock.now())
        with RecordWriter(path) as writer:
            writer.begin_at(Shift(first_part=first_part, started_at=clock.now()))
        where = f"it was set aside as {aside.name!r}, and " if aside.exists() else ""
        fault = StoreCorrupt(
            f"{str(error).removesuffix('; set the file aside')}; {where}a new store begins with "
            f"part {first_part}"
        )
        _log.warning("%s", fault)
        return fault
