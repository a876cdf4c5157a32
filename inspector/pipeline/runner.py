"""Runs a station: cameras, inspection, store and their threads, from the first part to the last.

    capture:<camera> ... -> [to_inspect] -> inspect -> [to_store] -> store -> Listener.on_records
          ^                                    |  `--> [to_keep] -> images
       trigger (a timer, or a caller)          `-----> Listener.on_verdict, live pictures
    watch: deadlines, free space, snapshots

A number is given to a part before anything else happens to it, and `Parts` sees that it comes to
one result. Every queue is bounded: what does not fit into `to_inspect` is an ERROR part, into
`to_keep` a picture that is counted as not kept, into `to_store` the end of the run.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inspector.clock import Clock
from inspector.concurrency.bounded_queue import BoundedQueue, Closed
from inspector.concurrency.latest_slot import LatestSlot
from inspector.concurrency.worker import Worker
from inspector.errors import InspectorError, Overrun, StoreError
from inspector.flow import Frame, Record, Stage
from inspector.pipeline.capturing import MAX_PENDING_TRIGGERS, Capturing, Triggered
from inspector.pipeline.events import Counts, Listener, Phase, RunSnapshot
from inspector.pipeline.free_space import check_free_space
from inspector.pipeline.inspection import Inspected
from inspector.pipeline.live_figures import FigureWindow
from inspector.pipeline.parts import PartResult, Parts, View
from inspector.pipeline.plan import RunPlan
from inspector.pipeline.record import make_part_record
from inspector.pipeline.storing import Judged, store_all
from inspector.store.schema import Shift
from inspector.store.writer import RecordWriter

SNAPSHOT_EVERY_S = 0.5
WAIT_S = 0.5  # Windows hands a Ctrl-C to the main thread only between two waits
TICK_S = 0.001  # past a deadline, so that it has passed by any clock's steps
TO_INSPECT = 8  # a quarter of a second at 30 parts/s; what waits longer misses its deadline anyway
TO_STORE = 4_096  # two minutes at 30 parts/s while the disk is busy elsewhere; some MB
TO_KEEP = 8  # whole pictures: 8 of 5 Mpx in colour are 120 MB


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Waiting:
    part_number: int
    camera: str
    frame: Frame


class Runner:
    """One run of a station. Used once: `run` in a thread of the caller's, the rest from any thread.

    The phases:

        idle -> starting -> ready -> running -> stopping -> idle
                    |         |         |          |
                    `---------+---------+----------+-----> faulted

    Ready: every camera is open and no part has come yet. A lost camera does not change the phase:
    its parts are ERROR until it is back. Stopping finishes what was taken in. Faulted: the run
    broke, every thread has ended, and what was stored stays.

    Attributes:
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
        self._tell_lock = threading.Lock()  # listeners hear of one result at a time
        self._lock = threading.Lock()  # guards what follows, down to the queues
        names = [camera.name for camera in plan.cameras]
        self._parts = Parts(names, round(plan.deadline_s * 1e9))
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
        self._to_inspect = BoundedQueue[_Waiting](TO_INSPECT)
        self._to_store = BoundedQueue[Judged | Shift](TO_STORE)
        self._to_keep = BoundedQueue[PartResult](TO_KEEP)
        self._regions = {camera.name: camera.region for camera in plan.cameras}
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
                on_open=self._camera_opened,
                on_end=self._source_ended,
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
        inspecting = Worker("inspect", self._inspect_all, self._fail)
        keeping = Worker("images", self._keep_all, self._fail)
        storing = Worker("store", self._store_all, self._store_failed)
        watching = Worker("watch", self._watch, self._fail)
        try:
            for worker in (storing, keeping, inspecting, watching, *capturing, triggering):
                worker.start()
            while not self._stop.wait(WAIT_S):
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
                worker.join()
            self._to_inspect.close()
            inspecting.join()
            self._settle_the_rest()
            self._to_keep.close()
            self._to_store.close()
            keeping.join()
            storing.join()
            self._has_ended.set()
            watching.join()
            self._set_phase(Phase.FAULTED if self._failures else Phase.IDLE)
        if self._failures:
            raise self._failures[0]

    def stop(self, reason: str = "stopped") -> None:
        """Take no more parts, finish what was taken in, and end. Returns at once.

        Args:
            reason: For people; the first one stays.
        """
        with self._lock:
            self._finish_reason = self._finish_reason or reason
        self._stop.set()

    def trigger(self) -> int | None:
        """A part is in its place: every camera takes its picture. Gives the part's number.

        None where no part is taken any more. Not for a free running station.
        """
        if self._plan.is_free:
            raise ValueError("this station runs free: its camera says when a part is there")
        with self._trigger_lock:
            triggered_ns = self._clock.monotonic_ns()
            number = self.begin(triggered_ns)
            if number is None:
                return None
            part = Triggered(part_number=number, triggered_ns=triggered_ns)
            behind = [one.name for one in self._captures if not one.trigger(part)]
        for camera in behind:
            self.fail(number, camera, Overrun(MAX_PENDING_TRIGGERS))
        return number

    def begin_shift(self) -> None:
        """Count anew from the next part on; what is stored stays."""
        with self._lock:
            shift = Shift(first_part=self._next_part, started_at=self._clock.now())
            self._counts = Counts(started_at=shift.started_at, first_part=shift.first_part)
        self._hand_to_store(shift)
        self._tell_state()

    def snapshot(self) -> RunSnapshot:
        """The line now."""
        images = self._plan.store.images
        with self._lock:
            return RunSnapshot(
                phase=self._phase,
                cameras=tuple(capture.snapshot() for capture in self._captures),
                figures=self._figures.figures(self._clock.monotonic_ns()),
                shift=self._counts,
                finish_reason=self._finish_reason,
                failure=self._failures[0] if self._failures else None,
                n_waiting=len(self._parts),
                n_images_skipped=0 if images is None else images.n_skipped,
                n_late=self._parts.n_late,
            )

    # For the cameras' threads, as `Intake`

    def begin(self, triggered_ns: int) -> int | None:
        """See `Intake.begin`."""
        with self._lock:
            if self._stop.is_set():
                return None
            number = self._next_part
            self._next_part += 1
            self._parts.begin(number, triggered_ns)
            is_first = self._phase is Phase.READY
            n_begun = self._next_part - self._plan.store.next_part
        if is_first:
            self._set_phase(Phase.RUNNING)
        if n_begun == self._plan.n_parts:
            self.stop(f"{n_begun} parts were asked for")
        return number

    def deliver(self, part_number: int, camera: str, frame: Frame, *, may_wait: bool) -> None:
        """See `Intake.deliver`."""
        waiting = _Waiting(part_number=part_number, camera=camera, frame=frame)
        try:
            if may_wait:
                self._to_inspect.put(waiting)
                return
            if self._to_inspect.offer(waiting):
                return
        except Closed:  # the run broke; what is left over is settled at the end
            return
        overrun = Overrun(self._to_inspect.capacity)
        self._add(part_number, camera, self._plan.inspection.errored(overrun, frame, {}))

    def fail(self, part_number: int, camera: str, error: InspectorError) -> None:
        """See `Intake.fail`."""
        self._add(part_number, camera, self._plan.inspection.errored(error, None, {}))

    def _camera_opened(self) -> None:
        with self._lock:
            self._n_open += 1
            is_last = self._n_open == len(self._captures)
        if is_last:
            self._set_phase(Phase.READY)
            self._is_open.set()

    def _source_ended(self) -> None:
        self.stop("the pictures came to their end")

    # Bodies of workers

    def _trigger_all(self) -> None:
        every_ms = self._plan.trigger_every_ms
        if every_ms is None:
            return
        while not self._is_open.wait(WAIT_S):
            pass
        due_ns = self._clock.monotonic_ns()
        while not self._stop.wait(max(0, due_ns - self._clock.monotonic_ns()) / 1e9):
            self.trigger()
            # A late pulse shifts the ones after it: two at once would be one part seen twice.
            due_ns = max(due_ns + round(every_ms * 1e6), self._clock.monotonic_ns())

    def _inspect_all(self) -> None:
        while True:
            try:
                waiting = self._to_inspect.get()
            except Closed:
                return
            queue_ms = (self._clock.monotonic_ns() - waiting.frame.captured_ns) / 1e6
            region = self._regions[waiting.camera]
            inspected = self._plan.inspection.inspect(waiting.frame, region)
            inspected = replace(inspected, stage_ms={Stage.QUEUE: queue_ms, **inspected.stage_ms})
            self._add(waiting.part_number, waiting.camera, inspected)

    def _keep_all(self) -> None:
        images = self._plan.store.images
        while True:
            try:
                result = self._to_keep.get()
            except Closed:
                return
            for view in result.views:
                frame = view.inspected.frame
                if images is not None and frame is not None:
                    images.keep(result.part_number, view.camera, frame.pixels)

    def _store_all(self) -> None:
        with RecordWriter(self._plan.store.path, is_checked=True) as writer:
            store_all(self._to_store, writer, self._stored, linger_s=0.0, clock=self._clock)

    def _watch(self) -> None:
        told_ns = self._clock.monotonic_ns()
        while not self._has_ended.wait(self._until_next_deadline_s()):
            self._expire_overdue()
            now_ns = self._clock.monotonic_ns()
            if now_ns - told_ns >= SNAPSHOT_EVERY_S * 1e9:
                told_ns = now_ns
                store = self._plan.store
                check_free_space(store.path.parent, store.free_space_floor_bytes)
                self._tell_state()

    # From views to results

    def _add(self, part_number: int, camera: str, inspected: Inspected) -> None:
        with self._lock:
            now_ns = self._clock.monotonic_ns()
            result = self._parts.add(part_number, camera, inspected, now_ns)
        if result is not None:
            self._finish_part(result)

    def _until_next_deadline_s(self) -> float:
        """How long nothing can become overdue: a part that begins meanwhile is later still."""
        with self._lock:
            deadline_ns = self._parts.next_deadline_ns()
        left_s = self._plan.deadline_s
        if deadline_ns is not None:
            left_s = max(0.0, (deadline_ns - self._clock.monotonic_ns()) / 1e9) + TICK_S
        return min(left_s, SNAPSHOT_EVERY_S)

    def _expire_overdue(self) -> None:
        with self._lock:
            now_ns = self._clock.monotonic_ns()
            late = [self._expire(number, now_ns) for number in self._parts.overdue(now_ns)]
        for result in late:
            self._finish_part(result)

    def _settle_the_rest(self) -> None:
        """Nobody is left who could give these parts a view."""
        with self._lock:
            now_ns = self._clock.monotonic_ns()
            rest = [self._expire(number, now_ns) for number in self._parts.waiting()]
        for result in rest:
            self._finish_part(result)

    def _expire(self, number: int, now_ns: int) -> PartResult:
        cause = self._failures[0] if self._failures else self._parts.missed(number)
        missed = self._plan.inspection.errored(cause, None, {})
        return self._parts.expire(number, missed, now_ns)

    def _finish_part(self, result: PartResult) -> None:
        """A part has its result: on the way to the disk first, then told and shown."""
        record = make_part_record(
            result, judged_at=self._clock.now(), bundle_id=self._plan.bundle_id
        )
        now_ns = self._clock.monotonic_ns()
        self._hand_to_store(Judged(record, now_ns))
        with self._lock:
            self._figures.add(result.stage_ms, now_ns)
        for view in result.views:
            if view.inspected.frame is not None:
                self.live[view.camera].put(view)
        with self._tell_lock:
            self._listener.on_verdict(result)
        self._hand_to_images(result)

    def _hand_to_store(self, item: Judged | Shift) -> None:
        try:
            if self._to_store.offer(item):
                return
        except (
            Closed
        ):  # the store broke, and the run with it: this result is told to nobody as kept
            return
        self._fail(
            StoreError(f"{TO_STORE} results wait for the disk; it is too slow for this line")
        )

    def _hand_to_images(self, result: PartResult) -> None:
        images = self._plan.store.images
        if images is None or result.decision not in self._plan.store.keeps:
            return
        try:
            if self._to_keep.offer(result):
                return
        except Closed:
            pass
        images.skip()

    def _stored(self, records: Sequence[Record]) -> None:
        with self._lock:
            counted = dict(self._counts.decisions)
            for record in records:
                self._figures.add_time(Stage.STORE, record.stage_ms[Stage.STORE])
                if (record.part_number or 0) >= self._counts.first_part:
                    counted[record.verdict.decision] += 1
            self._counts = replace(self._counts, decisions=counted)
        if records:
            self._listener.on_records(records)

    # State

    def _fail(self, failure: InspectorError) -> None:
        """Whatever failed first ends the run: nobody may go on judging what cannot be kept."""
        with self._lock:
            self._failures.append(failure)
        self._to_inspect.discard()
        self.stop("the run broke")

    def _store_failed(self, failure: InspectorError) -> None:
        self._to_store.discard()  # nobody is left who could keep them
        self._fail(failure)

    def _set_phase(self, phase: Phase) -> None:
        with self._lock:
            is_late = phase in (Phase.READY, Phase.RUNNING) and self._stop.is_set()
            if is_late:
                return
            self._phase = phase
        self._tell_state()

    def _tell_state(self) -> None:
        self._listener.on_state(self.snapshot())
