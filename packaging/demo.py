"""What `make demo` shows: a batch over drawn parts, then the live line, in a window if it can be.

.venv/bin/python packaging/demo.py
"""

import os
import subprocess
import sys
from pathlib import Path

from inspector.demo_line import write_demo_station
from inspector.exit_codes import ExitCode
from ui.display import has_display

FOLDER = Path("demo")
N_PARTS = 25  # five seconds of the line, where nobody can close a window
JUDGED = (ExitCode.DONE, ExitCode.HAS_FAIL, ExitCode.HAS_ERROR)


def main() -> int:
    """Run it; gives the exit code."""
    code = _run("inspector", "demo", "--out", str(FOLDER))
    if code not in JUDGED:
        return code
    if has_display(os.environ):
        sys.stdout.write("\nThe same part on a live line: the window opens, already running.\n")
        sys.stdout.flush()
        return _run("inspector-gui", "--demo")
    station = write_demo_station(FOLDER / "line")
    sys.stdout.write(
        "\nThe same part on a live line. There is no display here, so it runs without the window:\n"
        f"inspector run --station {station} --parts {N_PARTS}\n"
    )
    sys.stdout.flush()
    code = _run("inspector", "run", "--station", str(station), "--parts", str(N_PARTS))
    return ExitCode.DONE if code in JUDGED else code


def _run(name: str, *arguments: str) -> int:
    """One of our programs, of the environment that this one runs in."""
    command = [str(Path(sys.executable).with_name(name)), *arguments]
    return subprocess.run(command, check=False).returncode  # noqa: S603  (ours)


if __name__ == "__main__":
    sys.exit(main())
