"""Users whom the system does not know: no HOME, and no entry in the password file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
VARIABLES = ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
_RUN_UNKNOWN = """
import pwd, runpy, sys
def unknown(uid):
    raise KeyError(uid)
pwd.getpwuid = unknown
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


def take_home_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """For this test, in this process."""
    import pwd

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)


def run_without_home(
    module: str, *arguments: str | Path, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """A program of ours, as such a user starts it; below `cwd`."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return subprocess.run(
        [sys.executable, "-c", _RUN_UNKNOWN, module, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(CHECKOUT), **environment},
        check=False,
    )
