"""Holds the newest of something for a reader who may be slower than its writer, as a screen is."""

import threading
from typing import Generic, TypeVar

_Item = TypeVar("_Item")


class LatestSlot(Generic[_Item]):
    """One place: a new item takes the place of one that nobody has taken. From any thread.

    Neither side ever waits for the other.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._item: _Item | None = None
        self._n_forgotten = 0

    def put(self, item: _Item) -> None:
        """Put the newest; what nobody took is forgotten, and counted."""
        with self._lock:
            self._n_forgotten += self._item is not None
            self._item = item

    def take(self) -> _Item | None:
        """The newest item, once; None where it was taken already or never was."""
        with self._lock:
            item, self._item = self._item, None
            return item

    @property
    def n_forgotten(self) -> int:
        """How many items nobody took."""
        with self._lock:
            return self._n_forgotten
