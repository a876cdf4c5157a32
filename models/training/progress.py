"""Shows how a training goes, on a terminal as one line, in a log as a few."""

import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from inspector.clock import Clock

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochReport:
    """One epoch as a person wants to hear of it.

    Attributes:
        epoch: Counted from 1, over all networks that are fitted.
        left_s: Estimate, s.
    """

    epoch: int
    n_epochs: int
    loss: float
    left_s: float


class Listener(Protocol):
    """Hears how a training goes, from its own thread."""

    def epoch_done(self, report: EpochReport) -> None:
        """One more epoch is finished and its state is kept."""
        ...


class ProgressLines:
    """Writes a line per epoch; on a terminal it replaces the one before. See `Listener`."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()

    def epoch_done(self, report: EpochReport) -> None:
        """See `Listener.epoch_done`."""
        text = (
            f"epoch {report.epoch}/{report.n_epochs}  loss {report.loss:.4f}  "
            f"{time_left(report.left_s)} left"
        )
        if not self._is_terminal:
            _log.info("%s", text)
            return
        end = "\n" if report.epoch == report.n_epochs else ""
        sys.stderr.write(f"\r{text}\x1b[K{end}")
        sys.stderr.flush()


class Workload:
    """How much of a training is done that fits several networks in turn, and how long it may take.

    The first batch of a fit comes seconds later than the others: the step is built then, or the
    network before is being measured; so it counts by itself.

    Args:
        n_batches: Of one round, by fit.
        n_rounds: Of each fit.
    """

    def __init__(
        self, n_batches: Sequence[int], n_rounds: int, clock: Clock, listener: Listener
    ) -> None:
        self._left = [n_rounds * count for count in n_batches]
        self._n_rounds = n_rounds * len(n_batches)
        self._clock = clock
        self._listener = listener
        self._n_rounds_done = 0
        self._fit = -1
        self._at_ns = clock.monotonic_ns()
        self._is_first = True
        self._first_s: list[float] = []
        self._others_s, self._n_others = 0.0, 0

    def begin(self, *, n_batches_done: int, n_rounds_done: int) -> None:
        """The next fit begins, or goes on where it was."""
        self._fit += 1
        self._left[self._fit] -= n_batches_done
        self._n_rounds_done += n_rounds_done
        self._is_first = True

    def batch_done(self) -> None:
        """One more batch was learnt from."""
        now_ns = self._clock.monotonic_ns()
        took_s = (now_ns - self._at_ns) / 1e9
        self._at_ns = now_ns
        self._left[self._fit] -= 1
        if self._is_first:
            self._first_s.append(took_s)
            self._is_first = False
            return
        self._others_s += took_s
        self._n_others += 1

    def round_done(self, loss: float) -> None:
        """One more round is finished, and its state is kept."""
        self._n_rounds_done += 1
        self._listener.epoch_done(
            EpochReport(
                epoch=self._n_rounds_done,
                n_epochs=self._n_rounds,
                loss=loss,
                left_s=self._left_s(),
            )
        )

    def _left_s(self) -> float:
        to_begin = sum(left > 0 for left in self._left[self._fit + 1 :])
        each_s = self._others_s / self._n_others if self._n_others else self._first_s[-1]
        first_s = sum(self._first_s) / len(self._first_s)
        return each_s * sum(self._left) + first_s * to_begin


def time_left(seconds: float) -> str:
    """A duration as people say it: "45 s", "12 min", "1 h 05 min"."""
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
