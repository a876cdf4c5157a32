"""Queues between threads: bounded, closable, and loud about what does not fit."""

import threading
from collections import deque
from typing import Generic, TypeVar

_Item = TypeVar("_Item")
WAKE_S = 0.5  # Windows hands a Ctrl-C to the main thread only between two waits


class Closed(Exception):
    """The queue was closed: by `put` and `offer` at once, by `get` when nothing is left in it."""


class BoundedQueue(Generic[_Item]):
    """First in, first out, at most `capacity` items. May be used from any thread.

    Closing lets readers drain what is in it and then ends them; writers are refused at once.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"capacity {capacity}; at least 1")
        self.capacity = capacity
        self._items: deque[_Item] = deque()
        self._lock = threading.Lock()
        self._not_empty = threading.Condition(self._lock)
        self._not_full = threading.Condition(self._lock)
        self._full_or_closed = threading.Condition(self._lock)
        self._is_closed = False

    def __len__(self) -> int:
        with self._lock:
            return len(self._items)

    def offer(self, item: _Item) -> bool:
        """Put without waiting; False when full, and then the caller must account for the item.

        Raises:
            Closed: The queue was closed.
        """
        with self._lock:
            self._refuse_if_closed()
            if len(self._items) >= self.capacity:
                return False
            self._append(item)
            return True

    def push(self, item: _Item) -> bool:
        """Put without waiting; where full the oldest item goes, and False says so.

        Raises:
            Closed: The queue was closed.
        """
        with self._lock:
            self._refuse_if_closed()
            has_room = len(self._items) < self.capacity
            if not has_room:
                self._items.popleft()
            self._append(item)
            return has_room

    def put(self, item: _Item) -> None:
        """Put, waiting for room as long as it takes.

        Raises:
            Closed: The queue was closed, also while waiting; the item is not in it.
        """
        with self._lock:
            while not self._is_closed and len(self._items) >= self.capacity:
                self._not_full.wait(WAKE_S)
            self._refuse_if_closed()
            self._append(item)

    def wait_for_room(self) -> None:
        """Wait until there is a place. It stays free only where nobody else puts.

        Raises:
            Closed: The queue was closed.
        """
        with self._lock:
            while not self._is_closed and len(self._items) >= self.capacity:
                self._not_full.wait(WAKE_S)
            self._refuse_if_closed()

    def get(self) -> _Item:
        """Take the oldest item, waiting for one as long as it takes.

        Raises:
            Closed: The queue was closed and is empty.
        """
        return self.get_batch(1)[0]

    def get_batch(self, limit: int, *, linger_s: float = 0.0) -> list[_Item]:
        """Take all that is there, at least one and at most `limit`, waiting for the first.

        Args:
            linger_s: How long to let others gather after the first; ends at once when the queue
                is full or closed. Not for several readers at a time.

        Raises:
            Closed: The queue was closed and is empty.
        """
        with self._lock:
            while not self._items and not self._is_closed:
                self._not_empty.wait(WAKE_S)
            if not self._items:
                raise Closed
            if linger_s > 0 and not self._is_closed and len(self._items) < self.capacity:
                self._full_or_closed.wait(linger_s)
            taken = [self._items.popleft() for _ in range(min(limit, len(self._items)))]
            self._not_full.notify(len(taken))
            return taken

    def close(self) -> None:
        """Refuse new items; readers get what is left. Closing twice is allowed."""
        with self._lock:
            self._close()

    def discard(self) -> int:
        """Close, and throw away what is left; returns how many items that were."""
        with self._lock:
            count = len(self._items)
            self._items.clear()
            self._close()
        return count

    def _close(self) -> None:
        self._is_closed = True
        self._not_empty.notify_all()
        self._not_full.notify_all()
        self._full_or_closed.notify_all()

    def _append(self, item: _Item) -> None:
        self._items.append(item)
        self._not_empty.notify()
        if len(self._items) >= self.capacity:
            self._full_or_closed.notify()

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise Closed
