"""Shows how a training goes, on a terminal as one line, in a log as a few."""

import logging
import sys

from models.training.network import EpochReport

_log = logging.getLogger(__name__)


class ProgressLines:
    """Writes a line per epoch; on a terminal it replaces the one before. See `Listener`."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()

    def epoch_done(self, report: EpochReport) -> None:
        """See `Listener.epoch_done`."""
        text = (
            f"epoch {report.epoch}/{report.n_epochs}  loss {report.loss:.4f}  "
            f"held out {report.metric:.4f} (best {report.best_metric:.4f})  "
            f"{time_left(report.left_s)} left"
        )
        if not self._is_terminal:
            _log.info("%s", text)
            return
        end = "\n" if report.epoch == report.n_epochs else ""
        sys.stderr.write(f"\r{text}\x1b[K{end}")
        sys.stderr.flush()


def time_left(seconds: float) -> str:
    """A duration as people say it: "45 s", "12 min", "1 h 05 min"."""
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
