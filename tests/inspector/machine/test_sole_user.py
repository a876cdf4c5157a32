"""One line at a time uses a camera, and the second is told who does."""

import subprocess
import sys

import pytest

from inspector.errors import SettingsError
from inspector.machine.sole_user import sole_user

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the driver is asked there")
_HOLDER = """
import sys
from inspector.machine.sole_user import sole_user
with sole_user(sys.argv[1], "top"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_second_user_is_told_who_the_first_is_until_that_one_dies() -> None:
    command = [sys.executable, "-c", _HOLDER, "test:1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        refused = pytest.raises(
            SettingsError, match=rf"'side': test:1 is used already by process {holder.pid}: .*"
        )
        with refused, sole_user("test:1", "side"):
            pass
        with sole_user("test:2", "side"):
            pass
        holder.kill()
        holder.wait()
    with sole_user("test:1", "side"):
        pass
