"""Carries what the engine tells into the GUI thread."""

import threading
from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from inspector.flow import Decision, Record
from inspector.pipeline.events import RunSnapshot
from inspector.pipeline.parts import PartResult

MAX_RECORDS = 10_000  # a screen that was busy so long may forget: its counts come from the store


class EngineBridge(QObject):
    """The engine's listener. Its methods may be called from any thread; none of them waits.

    However fast the line is, at most one signal of a kind is under way: `news` says that something
    can be taken, and whoever takes gets all there is.
    """

    news = Signal()
    state_changed = Signal(object)  # RunSnapshot
    rejected = Signal(object)  # PartResult that is not a PASS, as long as nobody is behind

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._records: deque[Record] = deque(maxlen=MAX_RECORDS)
        self._is_told = False

    def on_verdict(self, result: PartResult) -> None:
        """See `Listener.on_verdict`."""
        if result.decision is not Decision.PASS:
            self.rejected.emit(result)

    def on_records(self, records: Sequence[Record]) -> None:
        """See `Listener.on_records`."""
        with self._lock:
            self._records.extend(records)
            is_told, self._is_told = self._is_told, True
        if not is_told:
            self.news.emit()

    def on_state(self, snapshot: RunSnapshot) -> None:
        """See `Listener.on_state`."""
        self.state_changed.emit(snapshot)

    def take_records(self) -> list[Record]:
        """All records that came since the last time, oldest first."""
        with self._lock:
            taken = list(self._records)
            self._records.clear()
            self._is_told = False
        return taken
