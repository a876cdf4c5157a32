"""The folder that a report of the workshop goes to."""

from pathlib import Path

from inspector.batch import STORE_FILE
from inspector.errors import UsageError


def ready_report_folder(folder: Path) -> None:
    """Make the folder where it is not there yet.

    Raises:
        UsageError: It cannot be made, or holds the results of a batch, whose report would go.
    """
    if (folder / STORE_FILE).exists():
        raise UsageError(
            f"--report {str(folder)!r} holds the results of a batch; choose another folder"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--report {str(folder)!r} cannot be made: {error.strerror}") from error
