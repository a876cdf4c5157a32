"""The line that belongs to the window: started, stopped and looked at from the GUI thread."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from inspector.clock import SystemClock
from inspector.concurrency.worker import Worker
from inspector.errors import InspectorError
from inspector.flow import Record
from inspector.pipeline.events import JudgedBy, Listener
from inspector.settings import StationSettings, Trigger
from inspector.store.reader import RecordReader

if TYPE_CHECKING:
    from inspector.pipeline.parts import View
    from inspector.pipeline.runner import Runner

FIRST_ROWS = 500  # of earlier runs


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInfo:
    """What runs.

    Attributes:
        judged_by: At its start.
        stored: The newest results of earlier runs, oldest first.
    """

    station: str
    judged_by: JudgedBy
    cameras: tuple[str, ...]
    stored: tuple[Record, ...] = ()


class Line(QObject):
    """Runs one station at a time, in a thread of its own. Its methods are for the GUI thread.

    The engine, with OpenCV and ONNX Runtime, is imported in that thread: the window is there first.
    """

    prepared = Signal(object)  # LineInfo: everything is open but the cameras
    ended = Signal(object)  # InspectorError, or None where it was stopped

    def __init__(self, listener: Listener, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._listener = listener
        self._worker: Worker | None = None
        self._lock = threading.Lock()  # guards what follows
        self._runner: Runner | None = None
        self._is_unwanted = False
        self._is_triggered_here = False

    @property
    def is_running(self) -> bool:
        """Whether its thread is at work."""
        return self._worker is not None

    def start(self, settings: StationSettings) -> None:
        """Begin; `prepared` and at last `ended` follow. Not while it runs."""
        if self._worker is not None:
            raise RuntimeError("the line runs already")
        self._is_unwanted = False
        self._is_triggered_here = settings.cameras[0].trigger is Trigger.SOFTWARE
        self._worker = Worker("line", lambda: self._run(settings), self._failed)
        self._worker.start()

    def stop(self) -> None:
        """Finish what was taken in, and end. Returns at once; `ended` follows."""
        with self._lock:
            self._is_unwanted = True
            runner = self._runner
        if runner is not None:
            runner.stop()

    def begin_shift(self) -> None:
        """Count anew; nothing where no line runs."""
        runner = self._runner
        if runner is not None:
            runner.begin_shift()

    def trigger(self) -> None:
        """A part is in place; nothing where no line runs that waits for this."""
        runner = self._runner
        if runner is not None and self._is_triggered_here:
            runner.trigger()

    def newest_views(self) -> "list[View]":
        """What each camera saw last, once; none of those that saw nothing new."""
        runner = self._runner
        slots = () if runner is None else runner.live.values()
        return [view for slot in slots if (view := slot.take()) is not None]

    def join(self) -> None:
        """Wait until its thread has ended. In a slot of `ended` that is at once."""
        if self._worker is not None:
            self._worker.join()
            self._worker = None

    def _run(self, settings: StationSettings) -> None:
        from inspector.station import prepared_run

        with prepared_run(settings, self._listener, SystemClock()) as run:
            self.prepared.emit(
                LineInfo(
                    station=settings.name,
                    judged_by=run.runner.judging.judged_by,
                    cameras=tuple(camera.name for camera in settings.cameras),
                    stored=tuple(_newest(run.store_path)),
                )
            )
            with self._lock:
                self._runner = run.runner
                if self._is_unwanted:
                    run.runner.stop()
            try:
                run.runner.run()
            finally:
                self._runner = None
        self.ended.emit(None)

    def _failed(self, error: InspectorError) -> None:
        self.ended.emit(error)


def _newest(store: Path) -> list[Record]:
    """What the table shows before the first part: read before the line runs, so each once."""
    with RecordReader(store) as reader:
        return reader.newest(FIRST_ROWS)
