"""Keeps the pictures of a run's parts in a thread of their own: no verdict waits for one."""

import threading

from inspector.concurrency.bounded_queue import BoundedQueue, Closed
from inspector.keeping import KeepRule
from inspector.pipeline.kept_images import KeptImages
from inspector.pipeline.parts import PartResult

CAPACITY = 8  # parts: 8 of 5 Mpx in colour are 120 MB


class PictureKeeper:
    """The pictures' side of a run. `run` is the body of its thread; the rest is for any thread.

    Args:
        images: None: no pictures are kept.
        rule: Which are, where the recipe does not say otherwise.
    """

    def __init__(self, images: KeptImages | None, rule: KeepRule) -> None:
        self._images = images
        self._rule = rule
        self._queue = BoundedQueue[PartResult](CAPACITY)
        self._lock = threading.Lock()
        self._n_refused = 0

    @property
    def n_skipped(self) -> int:
        """Parts and pictures that were to be kept and were not, for want of time or room."""
        return self._n_refused + (0 if self._images is None else self._images.n_skipped)

    def offer(self, result: PartResult, rule: KeepRule | None) -> None:
        """Let a part's pictures be kept where they are to be; what finds no place is counted.

        Args:
            rule: The recipe's; None: it says nothing.
        """
        wanted = (rule or self._rule).wants(result.part_number, result.decision)
        if self._images is None or not wanted:
            return
        try:
            is_taken = self._queue.offer(result)
        except Closed:
            is_taken = False
        if not is_taken:
            with self._lock:
                self._n_refused += 1

    def close(self) -> None:
        """Keep what waits, then end."""
        self._queue.close()

    def run(self) -> None:
        """Keep what comes until it is closed."""
        while True:
            try:
                result = self._queue.get()
            except Closed:
                return
            for view in result.views:
                frame = view.inspected.frame
                if self._images is not None and frame is not None:
                    self._images.keep(result.part_number, view.camera, frame.pixels)
