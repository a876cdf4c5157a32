"""Says which program it is that holds something."""

from pathlib import Path

_LONGEST = 120  # characters of a command line that people read


def process_text(pid: int) -> str:
    """A process in words: its number, and what was typed to start it where the system tells."""
    try:
        said = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it ended, is another user's, or this system has no such place
        return f"process {pid}"
    words = said.decode("utf-8", "replace").split("\0")
    command = " ".join(" ".join(words).split())
    return f"process {pid}: {command[:_LONGEST]}" if command else f"process {pid}"
