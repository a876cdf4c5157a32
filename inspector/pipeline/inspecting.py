"""The one thread that judges, and the views that wait for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from inspector.clock import Clock
from inspector.concurrency.bounded_queue import BoundedQueue, Closed
from inspector.errors import Overrun
from inspector.flow import Frame, Stage
from inspector.geometry import PixelRegion
from inspector.pipeline.inspected import Inspected
from inspector.pipeline.inspection import Inspection, PreparedFrame
from inspector.pipeline.judging import Judging

TO_INSPECT = 8  # a quarter of a second at 30 parts/s; what waits longer misses its deadline anyway


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Waiting:
    part_number: int
    camera: str
    ready: PreparedFrame
    inspection: Inspection


class Inspecting:
    """Views in, what was found on them out. `run` is the body of its thread, the rest is for any.

    Args:
        regions: By camera the part of its pictures that is judged; None: all of it.
        is_wanted: Whether a part still waits for a view.
        on_judging: Called with a part's number before one of its views is judged.
        on_inspected: Takes part number, camera, and what came of the view.
    """

    def __init__(
        self,
        judging: Judging,
        clock: Clock,
        *,
        regions: Mapping[str, PixelRegion | None],
        is_wanted: Callable[[int], bool],
        on_judging: Callable[[int], None],
        on_inspected: Callable[[int, str, Inspected], None],
    ) -> None:
        self._judging = judging
        self._clock = clock
        self._regions = regions
        self._is_wanted = is_wanted
        self._on_judging = on_judging
        self._on_inspected = on_inspected
        self._queue = BoundedQueue[_Waiting](TO_INSPECT)

    def wait_for_room(self) -> None:
        """Wait until a picture that is taken in next will have its place. Raises Closed."""
        self._queue.wait_for_room()

    def take(self, part_number: int, camera: str, frame: Frame) -> None:
        """Prepare a picture, in the caller's thread, and let it wait; ERROR where no room is."""
        inspection = self._judging.of(part_number)
        ready = inspection.prepare(frame, self._regions[camera])
        if isinstance(ready, Inspected):
            self._on_inspected(part_number, camera, ready)
            return
        waiting = _Waiting(
            part_number=part_number, camera=camera, ready=ready, inspection=inspection
        )
        try:
            if self._queue.offer(waiting):
                return
        except Closed:  # the run broke; what is left over is settled at the end
            return
        overrun = Overrun(self._queue.capacity)
        self._on_inspected(part_number, camera, inspection.errored(overrun, frame, {}))

    def run(self) -> None:
        """Judge what waits until it is closed."""
        while True:
            try:
                waiting = self._queue.get()
            except Closed:
                return
            with self._judging.work(waiting.inspection):
                self._inspect(waiting)

    def close(self) -> None:
        """Take nothing more; what waits is judged."""
        self._queue.close()

    def discard(self) -> None:
        """Take nothing more, and forget what waits."""
        self._queue.discard()

    def _inspect(self, waiting: _Waiting) -> None:
        if not self._is_wanted(waiting.part_number):
            return  # its deadline passed while it waited: on to one that can be judged
        ready = waiting.ready
        since_arrival_ms = (self._clock.monotonic_ns() - ready.frame.captured_ns) / 1e6
        queue_ms = since_arrival_ms - ready.stage_ms[Stage.PREPROCESS]
        self._on_judging(waiting.part_number)
        inspected = waiting.inspection.decide(ready)
        self._judging.has_judged(waiting.inspection, inspected)
        inspected = replace(inspected, stage_ms={Stage.QUEUE: queue_ms, **inspected.stage_ms})
        self._on_inspected(waiting.part_number, waiting.camera, inspected)
