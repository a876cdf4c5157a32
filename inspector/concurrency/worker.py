"""A named thread whose end is always noticed."""

import math
import threading
from collections.abc import Callable

from inspector.errors import InspectorError, WorkerFailed

WAKE_S = 0.5  # Windows hands a Ctrl-C to the main thread only between two waits
_GIVEN_UP: list["Worker"] = []


class Worker:
    """Runs `body` in a thread of its own.

    Whatever escapes the body is kept and handed to `on_failure`, from the worker's own thread: an
    error of ours as it is, anything else as WorkerFailed.

    Args:
        name: Shown in logs and debuggers, such as "inspect:0".
        on_failure: Must make the rest of the run stop; called at most once.

    Attributes:
        failure: What was handed to `on_failure`; None while nothing was.
    """

    def __init__(
        self,
        name: str,
        body: Callable[[], None],
        on_failure: Callable[[InspectorError], None],
    ) -> None:
        self.name = name
        self.failure: InspectorError | None = None
        self._body = body
        self._on_failure = on_failure
        self._thread = threading.Thread(target=self._run, name=name)  # noqa: TID251  (its home)

    def start(self) -> None:
        """Begin. A worker runs once."""
        self._thread.start()

    def join(self, timeout_s: float = math.inf) -> bool:
        """Wait for the end, or as long as is given; whether it has ended."""
        while self._thread.is_alive() and timeout_s > 0:
            self._thread.join(min(WAKE_S, timeout_s))
            timeout_s -= WAKE_S
        return not self._thread.is_alive()

    def give_up(self) -> None:
        """Nobody waits for its end any more, for it may never come; see `is_any_stuck`."""
        _GIVEN_UP.append(self)

    def _run(self) -> None:
        try:
            self._body()
        except InspectorError as error:
            self._fail(error)
        except BaseException as error:  # noqa: BLE001  (the one outer frame: nothing may vanish)
            self._fail(WorkerFailed(self.name, error))

    def _fail(self, error: InspectorError) -> None:
        self.failure = error
        self._on_failure(error)


def is_any_stuck() -> bool:
    """Whether a thread that was given up runs still; Python would wait for it at its exit."""
    _GIVEN_UP[:] = [worker for worker in _GIVEN_UP if not worker.join(0)]
    return bool(_GIVEN_UP)


def raised(error: InspectorError) -> None:
    """The `on_failure` of a worker that nobody supervises: Python says it on stderr.

    Raises:
        InspectorError: The one given.
    """
    raise error
