"""What a person hears who ends a training early."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_log = logging.getLogger(__name__)


@contextmanager
def told_when_interrupted() -> Iterator[None]:
    """Say what became of the bundle when a person interrupts what is inside."""
    try:
        yield
    except KeyboardInterrupt:
        _log.warning(
            "no bundle was written, and one that was there is as it was; the same command goes on "
            "with what is kept of it"
        )
        raise


def tell_ended_early() -> None:
    """Say what a bundle is that was written all the same."""
    _log.warning(
        "ended early: the bundle is the best that there was so far; the same command goes on with "
        "what is kept of it"
    )
