"""A screen of its own for each test: Xvfb, and a window manager that gives windows the focus."""

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from smoke import screen


@pytest.fixture
def display() -> Iterator[str]:
    """The name of a display with nothing on it."""
    missing = [name for name in ("Xvfb", "openbox", "xdotool") if shutil.which(name) is None]
    assert missing == [], f"{missing} are not installed; packaging/prepare.sh does that"
    with screen() as (name, _):
        environment = {**os.environ, "DISPLAY": name}
        with subprocess.Popen(["openbox"], env=environment, stderr=subprocess.DEVNULL) as manager:
            yield name
            manager.terminate()
