"""The environment that the product is frozen from: the line's pinned packages, and nothing else."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PINS = ROOT / "requirements" / "package.txt"
# The system's own Python where it has one: it was built in no place of this machine, and its fixes
# are the distribution's.
_SYSTEM_PYTHON = Path("/usr/bin/python3")


def line_environment(folder: Path) -> Path:
    """Make it, or take the one that is there if the pins are still the same.

    The product itself is put into it anew each time.

    Returns:
        The path of its Python.
    """
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    base = _SYSTEM_PYTHON if _SYSTEM_PYTHON.exists() else Path(sys.executable)
    wanted = hashlib.sha256(PINS.read_bytes() + str(base).encode()).hexdigest()
    mark = folder / "pins.sha256"
    if not mark.exists() or mark.read_text(encoding="ascii") != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        _run([base, "-m", "venv", folder])
        _pip(python, "--require-hashes", "--only-binary", ":all:", "-r", PINS)
        mark.write_text(wanted, encoding="ascii")
    wheels = folder / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    # By the workshop's environment, which has the pinned build backend.
    command = [sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "--no-build-isolation"]
    _run([*command, ROOT, "-w", wheels])
    _pip(python, "--no-deps", "--force-reinstall", *wheels.glob("*.whl"))
    return python


def source_epoch() -> int:
    """When the newest commit was made, in seconds; what is built gets this date, not today's."""
    said = subprocess.run(
        ["git", "log", "-1", "--format=%ct"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return int(said or os.environ.get("SOURCE_DATE_EPOCH", "0"))


def _pip(python: Path, *arguments: str | Path) -> None:
    _run([python, "-m", "pip", "install", "-qq", "--no-compile", *arguments])


def _run(command: list[str | Path]) -> None:
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run(list(map(str, command)), check=True, env=environment)  # noqa: S603
