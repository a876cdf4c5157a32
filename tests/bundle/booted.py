"""A whole Debian with its own init, in which services run as on a line PC."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from tests.bundle.conftest import CleanRoot, mounted_proc, unpack_debian

_BOOT_S = 60.0


@dataclass(frozen=True)
class Booted:
    """A running system.

    Attributes:
        path: Its root folder.
    """

    path: Path
    _init: int
    _container: "subprocess.Popen[bytes]"

    def run(self, command: str, cwd: str = "/root", codes: tuple[int, ...] = (0,)) -> str:
        """Run a line of shell inside, as root; what it printed."""
        done = subprocess.run(
            [
                "nsenter", "--target", str(self._init), "--all", "--",
                "/usr/bin/env", "-i", "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME=/root", "DEBIAN_FRONTEND=noninteractive", "SYSTEMD_PAGER=cat",
                "/bin/sh", "-c", f"cd {cwd} && {command}",
            ],
            capture_output=True,
            text=True,
        )  # fmt: skip
        assert done.returncode in codes, (command, done.returncode, done.stdout, done.stderr)
        return done.stdout

    def wait_until(self, holds: Callable[[], bool], limit_s: float = 30.0) -> float:
        """Ask again and again; the seconds that it took."""
        start = time.perf_counter()
        while not holds():
            assert time.perf_counter() - start < limit_s, "it did not come"
            try:
                self._container.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError("the system went down")
        return time.perf_counter() - start


@contextmanager
def booted_debian(root: Path) -> Iterator[Booted]:
    """Boot it in a container of systemd; down again at the end."""
    unpack_debian(root)
    with mounted_proc(root):
        clean = CleanRoot(root)
        clean.run("apt-get", "update", "-qq")
        wanted = ("systemd", "systemd-sysv", "dbus")
        clean.run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted)
    command = ["systemd-nspawn", "-D", str(root), "--register=no", "--keep-unit", "--boot", "-q"]
    with subprocess.Popen(
        [*command, "--console=pipe"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as container:
        try:
            init = _init_of(container)
            system = Booted(root, init, container)
            state = "systemctl is-system-running"
            system.wait_until(
                lambda: system.run(state, codes=(0, 1)).strip() in ("running", "degraded"), _BOOT_S
            )
            yield system
        finally:
            container.terminate()


def _init_of(container: "subprocess.Popen[bytes]") -> int:
    start = time.perf_counter()
    while time.perf_counter() - start < _BOOT_S:
        for child in psutil.Process(container.pid).children(recursive=True):
            if child.name() == "systemd":
                return int(child.pid)
        try:
            container.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError("the system did not boot")
