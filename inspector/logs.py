"""Words for people go to stderr through the standard logging tree, set up in one place."""

import logging
import sys

_FORMAT = "%(levelname)s: %(message)s"


def configure_logging(*, verbose: bool) -> None:
    """Send our log records to stderr. Called once, by a program's entry, never on import."""
    root = logging.getLogger()
    root.handlers[:] = [logging.StreamHandler(sys.stderr)]
    root.handlers[0].setFormatter(logging.Formatter(_FORMAT))
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
