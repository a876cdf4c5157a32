"""A Debian that holds nothing but its base and the package, made by debootstrap as root."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from build import OUT
from environment import ROOT

WORK = ROOT / "build" / "package-test"
SUITE = "bookworm"
MIRROR = "http://deb.debian.org/debian"


@dataclass(frozen=True)
class CleanRoot:
    """The system's root folder, and what is done in it."""

    path: Path

    def run(self, *command: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run a command inside, with an environment of its own; what it printed."""
        done = subprocess.run(
            ["chroot", str(self.path), *command],
            env={
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": "/root",
                "DEBIAN_FRONTEND": "noninteractive",
            },
            capture_output=True,
            text=True,
        )
        assert done.returncode in codes, (command, done.returncode, done.stdout, done.stderr)
        return done.stdout

    def selftest(self) -> dict[str, Any]:
        """What the product says of itself there."""
        said: dict[str, Any] = json.loads(self.run("inspector", "selftest", "--json"))
        return said


@pytest.fixture(scope="session")
def package() -> Path:
    """What `make package` made."""
    found = sorted(OUT.glob("inspector_*.deb"))
    assert len(found) == 1, "run `make package` first"
    return found[0]


@pytest.fixture(scope="session")
def clean_root(package: Path) -> Iterator[CleanRoot]:
    """Made anew from an archive that is kept; the package lies in it, but is not installed."""
    assert os.geteuid() == 0, "a system is made as root"
    root = WORK / "root"
    unpack_debian(root)
    shutil.copyfile(package, root / "tmp/inspector.deb")
    with mounted_proc(root):
        yield CleanRoot(root)


def unpack_debian(root: Path) -> None:
    """Make a folder anew that holds Debian's base, which can reach a mirror."""
    archive = WORK / f"{SUITE}.tar"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    if archive.exists():
        subprocess.run(["tar", "-C", root, "-xf", archive], check=True)
    else:
        subprocess.run(
            ["debootstrap", "--variant=minbase", SUITE, root, MIRROR],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        subprocess.run(["tar", "-C", root, "-cf", archive, "."], check=True)
    shutil.copyfile("/etc/resolv.conf", root / "etc/resolv.conf")
    for settings in Path("/etc/apt/apt.conf.d").iterdir():
        if "Acquire::" in settings.read_text():  # how this machine reaches a mirror
            shutil.copyfile(settings, root / "etc/apt/apt.conf.d" / settings.name)


@contextmanager
def mounted_proc(root: Path) -> Iterator[None]:
    """What packages ask of the system while they are installed."""
    subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", root / "proc"], check=True)


@pytest.fixture(scope="session")
def unpacked(clean_root: CleanRoot) -> Path:
    """The package as a folder."""
    folder = WORK / "unpacked"
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["dpkg-deb", "-R", clean_root.path / "tmp/inspector.deb", folder], check=True)
    return folder


@pytest.fixture(scope="session")
def older_package(clean_root: CleanRoot, unpacked: Path) -> Path:
    """The version before: another number, its own folder of files, its own programs."""
    older = WORK / "older"
    shutil.rmtree(older, ignore_errors=True)
    shutil.copytree(unpacked, older, symlinks=True)
    control = older / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*$", "Version: 0.0.1", control.read_text()))
    (contents,) = (older / "usr/lib/inspector").glob("_internal-*")
    other = contents.with_name("_internal-01d01d01")  # of the same length
    for program in ("inspector", "inspector-gui"):
        path = contents.with_name(program)
        data = path.read_bytes()
        assert data.count(contents.name.encode()) == 1
        path.write_bytes(data.replace(contents.name.encode(), other.name.encode()))
    contents.rename(other)
    (other / "of_the_old_version").write_bytes(b"")
    package = clean_root.path / "tmp/older.deb"
    subprocess.run(["dpkg-deb", "-Znone", "-b", older, package], check=True, capture_output=True)
    return package
