"""Without a screen the window says so, instead of being aborted by Qt."""

import os
import subprocess
import sys

import pytest

from tests.support.lots import CHECKOUT
from ui.display import has_display


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({}, "win32", True),
    ],
)
def test_display_is_known_by_the_environment(
    environment: dict[str, str], platform: str, expected: bool
) -> None:
    assert has_display(environment, platform) is expected


def test_program_without_a_display_ends_with_one_sentence() -> None:
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in screens}
    done = subprocess.run(
        [sys.executable, "-m", "ui"], capture_output=True, text=True, env=environment, cwd=CHECKOUT
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert len(done.stderr.splitlines()) == 1
    assert "there is no display to show a window on" in done.stderr


def test_help_answers_without_qt() -> None:
    script = (
        "import sys\nfrom ui.__main__ import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as ended:\n    assert ended.code == 0\n"
        "print([name for name in ('PySide6', 'numpy', 'cv2') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=CHECKOUT
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
