"""Makes the Debian package: the product under /usr/lib, and what a desktop and a service need."""

import gzip
import os
import shutil
import subprocess
from pathlib import Path

from contents import Contents
from environment import said, source_epoch
from inspector import __version__

PARTS = Path(__file__).with_name("debian")
ICON = Path(__file__).with_name("inspector.svg")
_HOME = Path("usr/lib/inspector")


def make_deb(product: Path, contents: Contents, licences: Path, sbom: Path, out: Path) -> Path:
    """Make it; the same product gives the same file.

    Args:
        product: The folder that holds the programs.
        contents: Of that folder; what is in it need not be installed.
        out: The folder that the package comes into.
    """
    root = out / "deb"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(product, root / _HOME, symlinks=True)
    (root / "usr/bin").mkdir(parents=True)
    for program in ("inspector", "inspector-gui"):
        (root / "usr/bin" / program).symlink_to(f"../lib/inspector/{program}")
        _put_compressed(PARTS / f"{program}.1", root / f"usr/share/man/man1/{program}.1.gz")
    _put(ICON, root / "usr/share/icons/hicolor/scalable/apps/inspector.svg")
    _put(PARTS / "inspector.desktop", root / "usr/share/applications/inspector.desktop")
    _put(PARTS / "inspector@.service", root / "usr/lib/systemd/system/inspector@.service")
    _put(PARTS / "kiosk.desktop", root / "usr/share/inspector/kiosk.desktop")
    documents = root / "usr/share/doc/inspector"
    shutil.copytree(licences, documents / "licences")
    _put(sbom, documents / "sbom.cdx.json")
    _put(PARTS / "copyright", documents / "copyright")
    _put_compressed(PARTS.parents[1] / "CHANGELOG.md", documents / "changelog.gz")
    _put(PARTS / "station.toml", root / "usr/share/inspector/station.toml")
    control = root / "DEBIAN"
    control.mkdir()
    for script in ("postinst", "prerm", "postrm"):
        _put(PARTS / script, control / script, mode=0o755)
    _set_modes(root)
    depends = _libraries_of_system(root, contents)
    (control / "control").write_text(
        (PARTS / "control.in")
        .read_text(encoding="utf-8")
        .format(
            version=__version__,
            architecture=said("dpkg", "--print-architecture"),
            depends=depends,
            installed_kb=sum(p.lstat().st_size for p in root.rglob("*")) // 1024,
        ),
        encoding="utf-8",
    )
    package = out / f"inspector_{__version__}_{said('dpkg', '--print-architecture')}.deb"
    subprocess.run(  # noqa: S603
        ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", str(root), str(package)],  # noqa: S607
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(source_epoch())},
    )
    return package


def _libraries_of_system(root: Path, contents: Contents) -> str:
    """What the shipped libraries load and do not bring, as a line of dependencies."""
    home = root / _HOME
    elves = [
        path
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.open("rb").read(4) == b"\x7fELF"
    ]
    work = root.with_name("shlibdeps")
    shutil.rmtree(work, ignore_errors=True)
    (work / "debian").mkdir(parents=True)
    (work / "debian/control").write_text("Source: inspector\n", encoding="ascii")
    folders = sorted({path.parent for path in elves})
    said = subprocess.run(  # noqa: S603
        [  # noqa: S607
            "dpkg-shlibdeps", "-O", "--ignore-missing-info", "--warnings=0",
            *(f"-x{one.name}" for one in contents.components if one.purl.startswith("pkg:deb/")),
            *(f"-l{folder}" for folder in folders),
            *(f"-e{path}" for path in elves),
        ],
        cwd=work,
        capture_output=True,
        text=True,
        check=True,
    ).stdout  # fmt: skip
    return said.strip().removeprefix("shlibs:Depends=")


def _put(source: Path, target: Path, mode: int = 0o644) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)


def _put_compressed(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(source.read_bytes(), mtime=0))


def _set_modes(root: Path) -> None:
    """As any umask would leave them: readable by all, writable by root."""
    for path in root.rglob("*"):
        if path.is_symlink():
            continue
        is_program = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if is_program else 0o644)
