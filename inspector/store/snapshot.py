"""Copies a store, also while its line runs."""

from pathlib import Path

from inspector.store.connection import connect, connect_read_only, converted_errors


def copy_store(source: Path, target: Path) -> None:
    """Make a store that holds what was committed at one moment, in a single file.

    The writer is not held up. See https://www.sqlite.org/backup.html.

    Args:
        target: There must be nothing.

    Raises:
        StoreError: The source cannot be read, or the target cannot be written.
        StoreFull: There is no room for the target.
    """
    original = connect_read_only(source)
    try:
        copy = connect(target)
        try:
            with converted_errors(target):
                original.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # what it needs lies in no other file
        finally:
            copy.close()
    finally:
        original.close()
