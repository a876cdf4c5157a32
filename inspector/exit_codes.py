"""What the programs tell the shell, the same for every command."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit status of a command; for a batch the worst part decides."""

    DONE = 0
    HAS_FAIL = 1
    HAS_ERROR = 2
    WRONG_USAGE = 3
    BROKEN_RUN = 4
    INTERRUPTED = 130  # 128 + SIGINT, what every shell expects
