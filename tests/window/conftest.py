"""A screen of its own for each test: Xvfb, and a window manager that gives windows the focus."""

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

SIZE = "1920x1080x24"


@pytest.fixture
def display() -> Iterator[str]:
    """The name of a display with nothing on it."""
    missing = [name for name in ("Xvfb", "openbox", "xdotool") if shutil.which(name) is None]
    assert missing == [], f"{missing} are not installed; packaging/prepare.sh does that"
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", SIZE, "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL) as server:
        os.close(write)
        try:
            with os.fdopen(read) as pipe:
                name = f":{pipe.readline().strip()}"
            environment = {**os.environ, "DISPLAY": name}
            with subprocess.Popen(
                ["openbox"], env=environment, stderr=subprocess.DEVNULL
            ) as manager:
                yield name
                manager.terminate()
        finally:
            server.terminate()
