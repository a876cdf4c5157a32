"""Where this user's system wants files of its programs to be; not every user has such a place.

In a container started as an arbitrary user there is neither an entry in the password file nor HOME.
"""

import os
import sys
from pathlib import Path

SAID = "this user has no home folder: set HOME, or XDG_STATE_HOME and XDG_CACHE_HOME"


def home_folder() -> Path | None:
    """This user's home; None where the system knows of none."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def state_folder() -> Path | None:
    """For what the program remembers; None without a home."""
    return _below("XDG_STATE_HOME", ".local", "state")


def cache_folder() -> Path | None:
    """For what can be made anew; None without a home."""
    return _below("XDG_CACHE_HOME", ".cache")


def _below(variable: str, *in_home: str) -> Path | None:
    if sys.platform == "win32":
        variable, in_home = "LOCALAPPDATA", ("AppData", "Local")
    named = os.environ.get(variable)
    if named:
        return Path(named)
    home = home_folder()
    return None if home is None else home.joinpath(*in_home)
