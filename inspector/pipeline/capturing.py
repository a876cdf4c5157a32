"""The body of one camera's thread: triggers in, pictures out, and a lost camera found again."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from inspector.capture.source import FrameSource, SourceInfo
from inspector.clock import Clock
from inspector.concurrency.bounded_queue import BoundedQueue, Closed
from inspector.errors import (
    CaptureError,
    CorruptFrame,
    EndOfSource,
    FrameLost,
    GrabTimeout,
    InspectorError,
    SourceUnavailable,
)
from inspector.flow import Frame
from inspector.pipeline.events import CameraSnapshot
from inspector.pipeline.picture_watch import PictureWatch

GRAB_TIMEOUT_S = 0.5  # how long a stop may wait for a camera that gives nothing
LAST_PATIENCE_S = 0.5  # at a stop, with a camera that gave nothing yet
MOST_LAST_PATIENCE_S = 1.5  # for each of the triggers that wait; the run's end has fifteen seconds
SLICE_S = 0.02  # how long the next part may wait for a picture that will not come
SLOW_NS = 50_000_000  # a triggered picture takes some 15 ms; who waits for one is patient first
SILENT_AFTER_S = 2.0  # a free camera that gives no picture so long has a trouble to show
FIRST_BACK_OFF_S = 0.5
LONGEST_BACK_OFF_S = 8.0  # a camera that comes back is seen within the ten seconds people wait
MAX_GAP = 1_000  # pictures; a larger jump is a counter that began anew
MAX_PENDING_TRIGGERS = 8  # per camera; more than that and it cannot keep up


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggered:
    """A part that a camera must take a picture of.

    Attributes:
        triggered_ns: Monotonic, ns.
    """

    part_number: int
    triggered_ns: int


class Intake(Protocol):
    """What a camera's thread hands its pictures to. Called from the threads of all cameras."""

    def begin(self, triggered_ns: int) -> int | None:
        """A part came: its number from now on; None while no part is taken."""
        ...

    def wait_for_room(self) -> None:
        """Wait until a picture that is delivered next will have its place. Raises Closed."""
        ...

    def deliver(self, part_number: int, camera: str, frame: Frame) -> None:
        """The picture of a part; where there is no room for it, the part is an ERROR."""
        ...

    def fail(self, part_number: int, camera: str, error: InspectorError) -> None:
        """There is no picture of this part from this camera."""
        ...


class Capturing:
    """One camera. `run` is the body of its thread; `trigger` and `snapshot` are for any thread.

    Args:
        is_free: Every picture is a part. Else a picture is taken for each `trigger`.
        deadline_s: How long a triggered picture may take; a part's deadline.
        on_open: Called once, when the camera is open for the first time.
        on_end: Called when a free camera has no more pictures.
        on_taking: Called with the number of a triggered part before its picture is taken.
    """

    def __init__(
        self,
        name: str,
        source: FrameSource,
        intake: Intake,
        *,
        is_free: bool,
        deadline_s: float,
        clock: Clock,
        stop: threading.Event,
        on_open: Callable[[], None],
        on_end: Callable[[], None],
        on_taking: Callable[[int], None],
    ) -> None:
        self.name = name
        self._source = source
        self._intake = intake
        self._is_free = is_free
        self._deadline_s = deadline_s
        self._clock = clock
        self._stop = stop
        self._on_open = on_open
        self._on_end = on_end
        self._on_taking = on_taking
        self._triggers = BoundedQueue[Triggered](MAX_PENDING_TRIGGERS)
        self._trigger_times_ns: deque[int] = deque(maxlen=4 * MAX_PENDING_TRIGGERS)
        self._held: Frame | None = None  # a picture that came for a later part
        self._next_frame_id = 0
        self._slowest_ns = SLOW_NS
        self._info: SourceInfo | None = None
        self._trouble = ""
        self._n_frames = 0
        self._n_lost = 0
        self._size_px: tuple[int, int] | None = None
        self._watch = PictureWatch()

    def trigger(self, part: Triggered) -> bool:
        """Ask for the picture of a part; False when the camera is too far behind."""
        self._trigger_times_ns.append(part.triggered_ns)  # before anybody takes a picture for it
        try:
            return self._triggers.offer(part)
        except Closed:
            return False

    def snapshot(self) -> CameraSnapshot:
        """The camera now."""
        info = self._info
        return CameraSnapshot(
            name=self.name,
            is_open=info is not None,
            trouble=self._trouble,
            description="" if info is None else info.description,
            size_px=self._size_px,
            n_frames=self._n_frames,
            n_lost=self._n_lost,
        )

    def finish(self) -> None:
        """Answer the triggers that wait, then end. The stop event must be set before."""
        self._triggers.close()

    def run(self) -> None:
        """Take pictures until the stop.

        Raises:
            SourceUnavailable: It cannot be opened at the start: a station does not begin without
                one of its cameras. Later it is looked for until it is back.
        """
        try:
            self._open()
            self._on_open()
            if self._is_free:
                self._run_free()
            else:
                self._run_triggered()
        finally:
            self._info = None
            self._source.close()

    def _open(self) -> None:
        self._source.open()
        self._held = None
        self._next_frame_id = 0
        self._info = self._source.info()
        self._size_px = self._info.size_px
        self._trouble = ""

    def _run_free(self) -> None:
        silent_since_ns = self._clock.monotonic_ns()
        while not self._stop.is_set():
            try:
                frame = self._source.grab(GRAB_TIMEOUT_S)
            except EndOfSource:
                self._on_end()
                return
            except GrabTimeout as error:
                silent_s = (self._clock.monotonic_ns() - silent_since_ns) / 1e9
                if silent_s > SILENT_AFTER_S:
                    self._trouble = str(error)
                continue
            except CorruptFrame as error:
                self._next_frame_id += 1  # it came, and has its number
                self._fail_part(error)
                continue
            except CaptureError as error:
                self._reopen(error)
                silent_since_ns = self._clock.monotonic_ns()
                continue
            silent_since_ns = frame.captured_ns
            if not self._account_for_gap(frame):
                continue
            try:
                self._check(frame)
            except CorruptFrame as error:
                self._trouble = str(error)
                self._fail_part(error)
                continue
            self._seen(frame)
            try:
                self._take_in(frame)
            except Closed:
                return

    def _take_in(self, frame: Frame) -> None:
        """A free camera's picture is a part. Raises Closed when the run broke."""
        can_wait = self._info is not None and self._info.can_wait
        triggered_ns = frame.captured_ns
        if can_wait:  # nothing goes by meanwhile: the part is there when there is a place for it
            self._intake.wait_for_room()
            triggered_ns = self._clock.monotonic_ns()
        number = self._intake.begin(triggered_ns)
        if number is not None:
            self._intake.deliver(number, self.name, frame)

    def _account_for_gap(self, frame: Frame) -> bool:
        """Every picture that is missing was a part; one that comes twice is none."""
        expected, self._next_frame_id = self._next_frame_id, frame.frame_id + 1
        if frame.frame_id < expected:
            self._next_frame_id = expected
            self._lost(f"picture {frame.frame_id} came a second time")
            return False
        for missing in range(expected, min(frame.frame_id, expected + MAX_GAP)):
            self._lost(f"picture {missing} of {self.name!r} never arrived")
        return True

    def _lost(self, what: str) -> None:
        self._fail_part(FrameLost(what))

    def _fail_part(self, error: CaptureError) -> None:
        """A picture of a free camera was a part, and cannot be judged."""
        self._n_lost += 1
        number = self._intake.begin(self._clock.monotonic_ns())
        if number is not None:
            self._intake.fail(number, self.name, error)

    def _run_triggered(self) -> None:
        while True:
            try:
                part = self._triggers.get()
            except Closed:
                return
            self._on_taking(part.part_number)
            if self._info is None:
                self._look_again(part)
                continue
            try:
                frame = self._picture_of(part)
                self._check(frame)
            except EndOfSource as error:
                self._intake.fail(part.part_number, self.name, error)
                self._on_end()
            except (GrabTimeout, CorruptFrame, FrameLost) as error:
                self._trouble = str(error)
                self._n_lost += 1
                self._intake.fail(part.part_number, self.name, error)
            except CaptureError as error:
                self._intake.fail(part.part_number, self.name, error)
                self._lose(error)
            else:
                self._seen(frame)
                self._intake.deliver(part.part_number, self.name, frame)

    def _picture_of(self, part: Triggered) -> Frame:
        if self._info is None or not self._info.is_triggered:
            return self._fresh_frame(part)
        # It was exposed when it was told, however long it is on its way: the next trigger may come
        # meanwhile. Told after the next trigger, it would show the next part.
        self._refuse_if_next_is_there(part)
        self._source.trigger()
        self._refuse_if_next_is_there(part)  # it may have been busy inside
        return self._new_frame(part)

    def _refuse_if_next_is_there(self, part: Triggered) -> None:
        if self._has_newer_trigger(part, self._clock.monotonic_ns()):
            raise FrameLost(f"camera {self.name!r} was busy until the next trigger")

    def _fresh_frame(self, part: Triggered) -> Frame:
        """The picture that came after this part's trigger and before the next one's.

        An older or a younger one shows another part; a younger one is held for it.
        """
        while True:
            frame, self._held = self._held or self._new_frame(part), None
            if frame.captured_ns < part.triggered_ns:
                continue
            if self._has_newer_trigger(part, frame.captured_ns):
                self._held = frame
                raise FrameLost(f"camera {self.name!r} gave no picture before the next trigger")
            return frame

    def _has_newer_trigger(self, part: Triggered, until_ns: int) -> bool:
        return any(part.triggered_ns < ns <= until_ns for ns in list(self._trigger_times_ns))

    def _new_frame(self, part: Triggered) -> Frame:
        """One that did not come before: what comes twice shows a part that has its result."""
        while True:
            frame = self._grab_for(part)
            if frame.frame_id >= self._next_frame_id:
                self._next_frame_id = frame.frame_id + 1
                return frame

    def _grab_for(self, part: Triggered) -> Frame:
        """Grab in slices, so that no stop and no next part waits long for a silent camera."""
        asked_ns = self._clock.monotonic_ns()
        while True:
            now_ns = self._clock.monotonic_ns()
            left_s = self._deadline_s - (now_ns - part.triggered_ns) / 1e9
            try:
                frame = self._source.grab(max(0.0, min(left_s, SLICE_S)))
            except GrabTimeout:
                if left_s <= SLICE_S or (self._stop.is_set() and self._is_silent(asked_ns)):
                    raise
                if self._is_lost(part, asked_ns):
                    raise FrameLost(
                        f"camera {self.name!r} gave no picture before the next trigger"
                    ) from None
            else:
                self._slowest_ns = max(self._slowest_ns, frame.captured_ns - asked_ns)
                return frame

    def _is_silent(self, asked_ns: int) -> bool:
        """Whether it gave nothing for much longer than it ever took; at a stop parts are finished.

        Its first picture takes longest.
        """
        patience_s = max(LAST_PATIENCE_S, 2 * self._slowest_ns / 1e9)
        waited_s = (self._clock.monotonic_ns() - asked_ns) / 1e9
        return waited_s > min(patience_s, MOST_LAST_PATIENCE_S)

    def _is_lost(self, part: Triggered, asked_ns: int) -> bool:
        """Whether to wait no longer, because the next part waits."""
        now_ns = self._clock.monotonic_ns()
        if not self._has_newer_trigger(part, now_ns):
            return False
        # What comes now from a camera that gives pictures by itself shows the next part already.
        is_triggered = self._info is not None and self._info.is_triggered
        return not is_triggered or now_ns - asked_ns > 2 * self._slowest_ns

    def _check(self, frame: Frame) -> None:
        """Refuse what a camera in order does not give. Raises CorruptFrame."""
        if self._info is not None and not self._info.can_repeat:
            self._watch.check(frame)

    def _seen(self, frame: Frame) -> None:
        self._n_frames += 1
        self._trouble = ""
        self._size_px = (frame.pixels.shape[0], frame.pixels.shape[1])

    def _lose(self, error: CaptureError) -> None:
        self._info = None
        self._trouble = str(error)
        self._source.close()

    def _look_again(self, part: Triggered) -> None:
        """A part came while the camera is lost: it is an ERROR at once, and we try to open."""
        try:
            self._open()
        except CaptureError as error:
            self._trouble = str(error)
            self._intake.fail(part.part_number, self.name, error)
            return
        self._intake.fail(
            part.part_number,
            self.name,
            SourceUnavailable(f"camera {self.name!r} was lost; it is back for the next part"),
        )

    def _reopen(self, error: CaptureError) -> None:
        """Close, and try to open with growing pauses until it is back or the run stops."""
        self._lose(error)
        back_off_s = FIRST_BACK_OFF_S
        while not self._stop.wait(back_off_s):
            try:
                self._open()
            except CaptureError as again:
                self._trouble = str(again)
                back_off_s = min(2 * back_off_s, LONGEST_BACK_OFF_S)
            else:
                return
