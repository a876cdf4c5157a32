"""The environment that the product is frozen from: the line's pinned packages, and nothing else."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from models.dataset.hashes import file_sha256

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


def contents_id(python: Path) -> str:
    """Eight hex digits that change with every file that may be frozen.

    Args:
        python: Of the environment.
    """
    site = site_packages(python)
    version = said(python, "-c", "import sys; print(sys.version)")
    digest = hashlib.sha256(version.encode())
    for path in sorted(site.rglob("*")):
        place = path.relative_to(site)
        # What pip and Python note there differs from machine to machine.
        is_note = place.parts[0].endswith(".dist-info") or "__pycache__" in place.parts
        if path.is_file() and not is_note:
            digest.update(f"{place.as_posix()}\0".encode() + file_sha256(path).encode())
    for path in sorted(Path(__file__).parent.glob("*.spec")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def site_packages(python: Path) -> Path:
    """The environment's packages: in `lib/python3.X` here, in `Lib` on Windows."""
    return next(python.parents[1].glob("[lL]ib/**/site-packages"))


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


def said(*command: str | Path) -> str:
    """What a command prints, without the spaces around it."""
    return subprocess.run(  # noqa: S603
        list(map(str, command)), check=True, capture_output=True, text=True
    ).stdout.strip()


def _pip(python: Path, *arguments: str | Path) -> None:
    _run([python, "-m", "pip", "install", "-qq", "--no-compile", *arguments])


def _run(command: list[str | Path]) -> None:
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run(list(map(str, command)), check=True, env=environment)  # noqa: S603
