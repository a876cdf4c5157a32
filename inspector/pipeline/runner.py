"""Runs a station: cameras, inspection, store and their threads, from the first part to the last.

    capture:<camera> ... -> [to_inspect] -> inspect -> [to_store] -> store -> Listener.on_records
     takes and prepares                       |  `--> [to_keep] -> images
          ^                                   `-----> Listener.on_verdict, live pictures
       trigger (a timer, or a caller)
    watch: deadlines, snapshots
    disk: free space, whether it answers, and how the line itself does

A number is given to a part before anything else happens to it, and `Parts` sees that it comes to
one result. Every queue is bounded: what does not fit into `to_inspect` is an ERROR part, into
`to_keep` a picture that is counted as not kept, into `to_store` the end of the run; before that no
part is begun any more, and it is counted.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from inspector.clock import Clock
from inspector.concurrency.bounded_queue import Closed
from inspector.concurrency.latest_slot import LatestSlot
from inspector.concurrency.worker import WAKE_S, Worker
from inspector.errors import InspectorError, Overrun, StoreError, WorkerFailed
from inspector.flow import Frame, Record, Stage
from inspector.pipeline.capturing import MAX_PENDING_TRIGGERS, Capturing, Triggered
from inspector.pipeline.events import Counts, Listener, Phase, RunSnapshot
from inspector.pipeline.inspected import Inspected
from inspector.pipeline.inspecting import Inspecting
from inspector.pipeline.inspection import Inspection
from inspector.pipeline.judging import Judging
from inspector.pipeline.live_figures import FigureWindow
from inspector.pipeline.parts import PartResult, Parts, View
from inspector.pipeline.picture_keeper import PictureKeeper
from inspector.pipeline.plan import RunPlan
from inspector.pipeline.record import make_part_record
from inspector.pipeline.record_keeper import RecordKeeper
from inspector.pipeline.self_watch import SelfWatch
from inspector.pipeline.storing import Begun, Item, Judged
from inspector.store.schema import Shift

SNAPSHOT_EVERY_S = 0.5
LONGEST_END_S = 15.0  # a network camera that is just being opened takes up to seven
TICK_S = 0.001  # past a deadline, so that it has passed by any clock's steps
_AT_WORK = (Phase.READY, Phase.RUNNING, Phase.BLOCKED)
CROWDED_WAIT_S = 0.05


class Runner:
    """One run of a station. Used once: `run` in a thread of the caller's, the rest from any thread.

    The phases:

                           ,---> blocked <---.
                           v                 v
        idle -> starting -> ready -------> running -> stopping -> idle
                    |         |              |           |
                    `---------+--------------+-----------+-----> faulted

    Ready: every camera is open and no part has come yet. A lost camera does not change the phase:
    its parts are ERROR until it is back. Blocked: no result can be kept, so every part is an ERROR,
    until the disk takes them again. Stopping finishes what was taken in. Faulted: the run broke,
    every thread has ended, and what was stored stays.

    Attributes:
        judging: Which inspection judges which part; another may be given while it runs.
        live: By camera the newest view that was judged, for a screen: it may take or miss it.
    """

    def __init__(self, plan: RunPlan, listener: Listener, clock: Clock) -> None:
        self._plan = plan
        self._listener = listener
        self._clock = clock
        self._stop = threading.Event()
        self._is_open = threading.Event()  # every camera is; or there is nothing to wait for
        self._has_ended = threading.Event()  # for the watch, which outlives the stop
        self._trigger_lock = threading.Lock()  # a trigger reaches all cameras or none
        self._tell_lock = threading.Lock()  # results are taken and told one after the other
        self._lock = threading.Lock()  # guards what follows, down to the queues
        names = [camera.name for camera in plan.cameras]
        self._parts = Parts(names, round(plan.deadline_s * 1e9))
        self.judging = Judging(plan.inspection)
        self._change_trouble: InspectorError | None = None
        self._next_part = plan.store.next_part
        self._phase = Phase.IDLE
        self._finish_reason = ""
        self._failures: list[InspectorError] = []
        self._figures = FigureWindow()
        self._counts = Counts(
            started_at=plan.store.shift.started_at,
            first_part=plan.store.shift.first_part,
            decisions=dict(plan.store.decisions),
        )
        self._n_open = 0
        self._n_not_taken = 0
        self._inspecting = Inspecting(
            self.judging,
            clock,
            regions={camera.name: camera.region for camera in plan.cameras},
            is_wanted=self._is_wanted,
            on_judging=plan.hooks.judging,
            on_inspected=self._add,
        )
        self._keeper = RecordKeeper(
            plan.store,
            clock,
            on_open=self._one_more_is_open,
            on_stored=self._stored,
            on_shift=self._shift_began,
            on_change=self._settle_phase,
            on_writing=plan.hooks.writing,
        )
        self._pictures = PictureKeeper(plan.store.images, plan.store.keeps)
        self._self_watch = SelfWatch(plan.store.path.parent, clock)
        self.live = {name: LatestSlot[View]() for name in names}
        self._captures = [
            Capturing(
                camera.name,
                camera.source,
                self,
                is_free=plan.is_free,
                deadline_s=plan.deadline_s,
                clock=clock,
                stop=self._stop,
                on_open=self._camera_is_open,
                on_end=self._source_ended,
                on_taking=partial(plan.hooks.taking, camera.name),
            )
            for camera in plan.cameras
        ]

    # For whoever runs it

    def run(self) -> None:
        """Run until `stop`, the last part or a failure; every thread has ended when it returns.

        Raises:
            SourceUnavailable: A camera could not be opened at the start.
            StoreError, WorkerFailed: The run broke; what was stored stays.
        """
        self._set_phase(Phase.STARTING)
        capturing = [Worker(f"capture:{one.name}", one.run, self._fail) for one in self._captures]
        triggering = Worker("trigger", self._trigger_all, self._fail)
        inspecting = Worker("inspect", self._inspecting.run, self._fail)
        keeping = Worker("images", self._pictures.run, self._fail)
        storing = Worker("store", self._keeper.run, self._store_failed)
        watching = Worker("watch", self._watch, self._fail)
        looking = Worker("disk", self._look_at_disk, self._fail)
        try:
            for worker in (
                storing, keeping, inspecting, watching, looking, *capturing, triggering,
            ):  # fmt: skip
                worker.start()
            while not self._stop.wait(WAKE_S):
                pass
        finally:
            self._stop.set()
            self._is_open.set()
            self._set_phase(Phase.STOPPING)
            triggering.join()
            with self._trigger_lock:
                for capture in self._captures:
                    capture.finish()
            for worker in capturing:
                self._join(worker)
            self._inspecting.close()
            self._join(inspecting)
            self._has_ended.set()
            self._join(watching)  # it may be about to hand over what was overdue
            self._join(looking)
            self._settle_the_rest()
            self._pictures.close()
            self._keeper.close()
            self._join(keeping)
            self._join(storing)
            if self._failures:  # a disk that answers again must not write beside the next run
                self._keeper.discard()
            self._set_phase(Phase.FAULTED if self._failures else Phase.IDLE)
        if self._failures:
            raise self._failures[0]

    def stop(self, reason: str = "stopped") -> None:
        """Take no more parts, finish what was taken in, and end. Returns at once.

        Args:
            reason: For people; the first one stays.
        """
        self._finish_reason = self._finish_reason or reason
        self._stop.set()

    def trigger(self) -> int | None:
        """A part is in its place: every camera takes its picture. Gives the part's number.

        None where no part is taken any more. Not for a free running station, nor for a listener.
        """
        if self._plan.is_free:
            raise ValueError("this station runs free: its camera says when a part is there")
        with self._trigger_lock:
            triggered_ns = self._clock.monotonic_ns()
            number = self.begin(triggered_ns)
            if number is None:
                return None
            part = Triggered(part_number=number, triggered_ns=triggered_ns)
            for capture in self._captures:
                if not capture.trigger(part):
                    self.fail(number, capture.name, Overrun(MAX_PENDING_TRIGGERS))
        return number

    def begin_shift(self) -> None:
        """Count anew from the next part on; what is stored stays. Nothing where the line stops."""
        with self._lock:  # no part may come between the number and its way to the store
            if self._stop.is_set():
                return
            self._hand_to_store(Shift(first_part=self._next_part, started_at=self._clock.now()))

    def tell_change(self, trouble: InspectorError | None) -> None:
        """Let the listener know why what was to judge does not; None: it does."""
        self._change_trouble = trouble
        self._tell_state()

    def break_off(self, failure: InspectorError) -> None:
        """End the run, for something that it needs broke. Returns at once; `run` raises it."""
        self._fail(failure)

    def snapshot(self) -> RunSnapshot:
        """The line now."""
        with self._lock:
            return RunSnapshot(
                phase=self._phase,
                cameras=tuple(capture.snapshot() for capture in self._captures),
                figures=self._figures.figures(self._clock.monotonic_ns()),
                shift=self._counts,
                finish_reason=self._finish_reason,
                failure=self._failures[0] if self._failures else None,
                store_fault=self._plan.store.fault,
                blocked_by=self._keeper.trouble,
                n_begun=self._next_part - self._plan.store.next_part,
                n_waiting=len(self._parts),
                n_images_skipped=self._pictures.n_skipped,
                n_late=self._parts.n_late,
                n_not_taken=self._n_not_taken,
                growth=self._self_watch.growth,
                judged_by=self.judging.judged_by,
                change_trouble=self._change_trouble,
            )

    # For the cameras' threads, as `Intake`

    def begin(self, triggered_ns: int) -> int | None:
        """See `Intake.begin`."""
        with self._lock:
            if self._stop.is_set():
                return None
            if self._keeper.is_crowded:
                self._n_not_taken += 1
                return None
            number = self._next_part
            self._next_part += 1
            self._parts.begin(number, triggered_ns)
            self.judging.begin(number)
            self._plan.hooks.begun(number)
            self._hand_to_store(Begun(number))
            n_begun = self._next_part - self._plan.store.next_part
        if n_begun == 1:
            self._settle_phase()
        if n_begun == self._plan.n_parts:
            self.stop(f"{n_begun} parts were asked for")
        return number

    def wait_for_room(self) -> None:
        """See `Intake.wait_for_room`."""
        # What loses nothing meanwhile waits for the disk too.
        while not (self._keeper.is_at_ease or self._stop.wait(CROWDED_WAIT_S)):
            pass
        self._inspecting.wait_for_room()

    def deliver(self, part_number: int, camera: str, frame: Frame) -> None:
        """See `Intake.deliver`."""
        if (trouble := self._keeper.trouble) is not None:
            self.fail(part_number, camera, trouble)
            return
        self._inspecting.take(part_number, camera, frame)

    def fail(self, part_number: int, camera: str, error: InspectorError) -> None:
        """See `Intake.fail`."""
        errored = self.judging.of(part_number).errored(error, None, {})
        self._add(part_number, camera, errored)

    def _one_more_is_open(self) -> None:
        """A camera, or the store."""
        with self._lock:
            self._n_open += 1
            is_last = self._n_open == len(self._captures) + 1
        if is_last:
            self._set_phase(Phase.READY)
            self._settle_phase()
            self._is_open.set()

    def _camera_is_open(self) -> None:
        """No part comes before everything is open: nobody could keep it."""
        self._one_more_is_open()
        self._is_open.wait()  # which the end of the run sets too

    def _source_ended(self) -> None:
        self.stop("the pictures came to their end")

    # Bodies of workers

    def _trigger_all(self) -> None:
        every_ms = self._plan.trigger_every_ms
        if every_ms is None:
            return
        while not self._is_open.wait(WAKE_S):
            pass
        due_ns = self._clock.monotonic_ns()
        while not self._stop.wait(max(0, due_ns - self._clock.monotonic_ns()) / 1e9):
            self.trigger()
            due_ns = next_due_ns(due_ns, self._clock.monotonic_ns(), round(every_ms * 1e6))

    def _watch(self) -> None:
        told_ns = self._clock.monotonic_ns()
        while not self._has_ended.wait(self._until_next_deadline_s()):
            self._expire_overdue()
            now_ns = self._clock.monotonic_ns()
            if now_ns - told_ns >= SNAPSHOT_EVERY_S * 1e9:
                told_ns = now_ns
                self._settle_phase()
                self._tell_state()

    def _look_at_disk(self) -> None:
        """In a thread of its own: a disk that does not answer must not hold up the deadlines."""
        while not self._has_ended.wait(SNAPSHOT_EVERY_S):
            self._keeper.check_room()
            if self._self_watch.is_due() and self._keeper.trouble is None:
                with suppress(OSError):  # the disk went away just now, and is told of already
                    look = self._self_watch.look(self.snapshot(), len(self._keeper))
                    self._hand_to_store(look)

    # From views to results

    def _is_wanted(self, part_number: int) -> bool:
        """Whether a view of this part is not too late; one that is counts as late."""
        with self._lock:
            is_wanted = self._parts.is_waiting(part_number)
            self._parts.n_late += not is_wanted
        return is_wanted

    def _add(self, part_number: int, camera: str, inspected: Inspected) -> None:
        with self._tell_lock:
            with self._lock:
                now_ns = self._clock.monotonic_ns()
                result = self._parts.add(part_number, camera, inspected, now_ns)
            if result is not None:
                self._finish_parts([result])

    def _until_next_deadline_s(self) -> float:
        """How long nothing can become overdue: a part that begins meanwhile is later still."""
        with self._lock:
            deadline_ns = self._parts.next_deadline_ns()
        left_s = self._plan.deadline_s
        if deadline_ns is not None:
            left_s = max(0.0, (deadline_ns - self._clock.monotonic_ns()) / 1e9) + TICK_S
        return min(left_s, SNAPSHOT_EVERY_S)

    def _expire_overdue(self) -> None:
        with self._tell_lock:
            with self._lock:
                now_ns = self._clock.monotonic_ns()
                late = [self._expire(number, now_ns) for number in self._parts.overdue(now_ns)]
            self._finish_parts(late)

    def _settle_the_rest(self) -> None:
        """Nobody is left who could give these parts a view."""
        with self._tell_lock:
            with self._lock:
                now_ns = self._clock.monotonic_ns()
                rest = [self._expire(number, now_ns) for number in self._parts.waiting()]
            self._finish_parts(rest)

    def _expire(self, number: int, now_ns: int) -> PartResult:
        cause = self._failures[0] if self._failures else self._parts.missed(number)
        missed = self.judging.of(number).errored(cause, None, {})
        return self._parts.expire(number, missed, now_ns)

    def _finish_parts(self, results: Sequence[PartResult]) -> None:
        """Parts have their results: all on the way to the disk first, then told and shown."""
        judged_by = [self.judging.settle(result.part_number) for result in results]
        judged = [self._judged(*one) for one in zip(results, judged_by, strict=True)]
        are_kept = [self._hand_to_store(one) for one in judged]
        for result, inspection, is_kept in zip(results, judged_by, are_kept, strict=True):
            with self._lock:
                self._figures.add(result.stage_ms, self._clock.monotonic_ns())
            if is_kept:  # nothing is shown that is not on its way to the disk
                for view in result.views:
                    self.live[view.camera].put(view)
                self._pictures.offer(result, inspection.criteria.recipe.keeps)
            self._tell(partial(self._listener.on_verdict, result))

    def _judged(self, result: PartResult, inspection: Inspection) -> Judged:
        record = make_part_record(
            result, judged_at=self._clock.now(), bundle_id=inspection.bundle_id
        )
        due_ns = result.triggered_ns + round(self._plan.deadline_s * 1e9)
        return Judged(record, self._clock.monotonic_ns(), due_ns)

    def _hand_to_store(self, item: Item) -> bool:
        """Whether the store took it."""
        try:
            if self._keeper.offer(item):
                return True
        except Closed:  # the store broke, and the run with it
            if not self._failures:
                self._fail(StoreError("a result came when the store was closed already"))
            return False
        self._fail(StoreError(f"{len(self._keeper)} results wait for the disk: it cannot keep up"))
        return False

    def _stored(self, records: Sequence[Record]) -> None:
        with self._lock:
            counted = dict(self._counts.decisions)
            for record in records:
                self._figures.add_time(Stage.STORE, record.stage_ms[Stage.STORE])
                if (record.part_number or 0) >= self._counts.first_part:
                    counted[record.verdict.decision] += 1
            self._counts = replace(self._counts, decisions=counted)
        self._tell(partial(self._listener.on_records, records))

    def _shift_began(self, shift: Shift) -> None:
        with self._lock:
            self._counts = Counts(started_at=shift.started_at, first_part=shift.first_part)
        self._tell_state()

    # State

    def _fail(self, failure: InspectorError) -> None:
        """Whatever failed first ends the run: nobody may go on judging what cannot be kept."""
        self._failures.append(failure)
        self._inspecting.discard()
        self._finish_reason = self._finish_reason or "the run broke"
        self._stop.set()

    def _join(self, worker: Worker) -> None:
        """Wait for a worker, but not for ever: a driver or a runtime may never return."""
        if not worker.join(LONGEST_END_S):
            worker.give_up()
            cause = TimeoutError(f"it did not end within {LONGEST_END_S:g} s")
            self._fail(WorkerFailed(worker.name, cause))

    def _tell(self, call: Callable[[], None]) -> None:
        """Let the listener hear; what it raises ends the run, but not the thread that told it."""
        try:
            call()
        except Exception as error:  # noqa: BLE001  (foreign code: nothing of it may cross the engine)
            self._fail(WorkerFailed("listener", error))

    def _store_failed(self, failure: InspectorError) -> None:
        self._keeper.discard()  # nobody is left who could keep them
        self._fail(failure)

    def _settle_phase(self) -> None:
        """Of a line at work: blocked, running or ready, by what is so now."""
        with self._lock:
            before, has_begun = self._phase, self._next_part > self._plan.store.next_part
            if before not in _AT_WORK or self._stop.is_set():
                return
            if self._keeper.trouble is not None:
                self._phase = Phase.BLOCKED
            else:
                self._phase = Phase.RUNNING if has_begun else Phase.READY
            has_changed = self._phase is not before
        if has_changed:
            self._tell_state()

    def _set_phase(self, phase: Phase) -> None:
        with self._lock:
            is_late = phase in _AT_WORK and self._stop.is_set()
            if is_late:
                return
            self._phase = phase
        self._tell_state()

    def _tell_state(self) -> None:
        self._tell(partial(self._listener.on_state, self.snapshot()))


def next_due_ns(due_ns: int, now_ns: int, every_ns: int) -> int:
    """When a timer's next pulse is due, after one that was due and came just now.

    In step while that is half a period away at least: two at once would be one part seen twice.
    """
    in_step_ns = due_ns + every_ns
    return in_step_ns if 2 * (in_step_ns - now_ns) >= every_ns else now_ns + every_ns
