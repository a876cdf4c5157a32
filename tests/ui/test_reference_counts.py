"""The installed PySide6 keeps Python's reference counts in order."""

import subprocess
import sys

_SCRIPT = """
import sys
from PySide6.QtWidgets import QApplication, QWidget

app = QApplication([])
widget = QWidget()
before = sys.getrefcount(None)
for _ in range(1000):
    widget.update()
print(before - sys.getrefcount(None))
"""


def test_void_calls_lose_no_reference_to_none() -> None:
    """PySide6 6.12.0 below Python 3.12 loses one at each call, and aborts after some thousands."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        env={"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert abs(int(done.stdout)) < 50
